"""One walk over Python's tree of an expression that makes the typed one, or finds its fault."""

import ast
import re
from dataclasses import replace

from dreamsync_server.limits import EXPR_UNROLLED_MAX
from dreamsync_server.world.evaluate import constant_of
from dreamsync_server.world.expr import (
    And,
    Arith,
    Call,
    Compare,
    CompareOp,
    Const,
    Count,
    ExprError,
    Fact,
    IfElse,
    In,
    Negate,
    Node,
    Not,
    Or,
    Span,
    Spread,
    UnknownNameError,
    Variable,
)
from dreamsync_server.world.grammar import ARITH, BOOLS, CALLS, COMPARE, REFUSED, UNKNOWN
from dreamsync_server.world.intervals import (
    Interval,
    absolute,
    arithmetic,
    least,
    most,
    negate,
)
from dreamsync_server.world.model import Type
from dreamsync_server.world.scope import Scope, closest, merge_types, resolve
from dreamsync_server.world.typing_rules import (
    int_type,
    interval_of,
    kind_name,
    require_comparable,
    require_condition,
    require_kind,
    type_of,
    unknown_choice,
    with_role,
)
from dreamsync_server.world.values import Scalar

_ID = re.compile(r"[a-z][a-z0-9_]*")


class Reader:
    """Makes typed nodes in one scope; every fault is an ExprError at its place in the source."""

    def __init__(self, source: str, start: int, scope: Scope) -> None:
        """`start` is where in `source` the text begins that Python has parsed."""
        self.start = start
        self._source = source
        self._scope = scope
        self._bound: dict[str, Const] = {}
        self._made = 0
        self._refs: dict[tuple[str, tuple[str, ...]], Fact | Spread] = {}
        # Columns of Python's tree count bytes of UTF-8.
        self._is_ascii = source.isascii()
        self._bytes = source[start:].encode()

    def read(self, tree: ast.expr, expected: Type | None = None) -> Node:
        """Return the typed node of a part of Python's tree.

        Where a choice is `expected` a bare word that is one of its choices stands for it.
        """
        self._made += 1
        if self._made > EXPR_UNROLLED_MAX:
            raise ExprError(f"unrolled it is more than {EXPR_UNROLLED_MAX} parts", self.start)
        match tree:
            case ast.Name() | ast.Attribute():
                return self._name(tree, expected)
            case ast.Constant():
                return self._constant(tree)
            case ast.BoolOp():
                items = tuple(self._condition(value) for value in tree.values)
                kind = And if isinstance(tree.op, ast.And) else Or
                return kind(items, self._span(tree))
            case ast.UnaryOp():
                return self._unary(tree)
            case ast.Compare():
                return self._chain(tree)
            case ast.BinOp():
                return self._arithmetic(tree)
            case ast.IfExp():
                return self._if_else(tree, expected)
            case ast.Call():
                return self._call(tree)
            case ast.Tuple() | ast.List():
                return self._list(tree, expected)
            case _:
                raise self._refused(tree, tree)

    def _span(self, tree: ast.expr) -> Span:
        end = tree.end_col_offset or tree.col_offset
        if self._is_ascii:
            return (self.start + tree.col_offset, self.start + end)
        first = len(self._bytes[: tree.col_offset].decode())
        return (self.start + first, self.start + len(self._bytes[:end].decode()))

    def _fault(self, tree: ast.expr, message: str, suggestion: str = "") -> ExprError:
        return ExprError(message, self._span(tree)[0], suggestion)

    def _unknown(self, tree: ast.expr, message: str, suggestion: str) -> ExprError:
        return UnknownNameError(message, self._span(tree)[0], suggestion)

    def _refused(self, what: ast.AST, at: ast.expr) -> ExprError:
        message, suggestion = REFUSED.get(type(what), UNKNOWN)
        return self._fault(at, message, suggestion)

    def _condition(self, tree: ast.expr) -> Node:
        node = self.read(tree)
        require_condition(node, self._source)
        return node

    def _number(self, tree: ast.expr, why: str) -> Node:
        node = self.read(tree)
        require_kind(node, "int", why)
        return node

    # --- names and literals

    def _path(self, tree: ast.expr) -> str:
        segments: list[str] = []
        at = tree
        while isinstance(at, ast.Attribute):
            segments.append(at.attr)
            at = at.value
        if not isinstance(at, ast.Name):
            raise self._fault(tree, "only a plain dotted name can be read")
        segments.append(at.id)
        return ".".join(reversed(segments))

    def _name(self, tree: ast.Name | ast.Attribute, expected: Type | None) -> Node:
        path = self._path(tree)
        span = self._span(tree)
        if expected is not None and expected.kind == "choice" and path in expected.choices:
            return Const(path, type_of(path), span)
        if path in self._bound:
            return replace(self._bound[path], span=span)
        if path in self._scope.variables:
            return Variable(path, self._scope.variables[path], span)
        if path in BOOLS:
            return Const(BOOLS[path], Type("bool"), span)
        return self._fact(path, span)

    def _fact(self, path: str, span: Span) -> Fact | Spread:
        bound = {name: str(const.value) for name, const in self._bound.items()}
        key = (path, tuple(bound.values()))
        if key not in self._refs:
            ref = resolve(path, self._scope, span, bound)
            if isinstance(ref, Spread):
                self._made += len(ref.table) // 16
            self._refs[key] = ref
        return replace(self._refs[key], span=span)

    def _constant(self, tree: ast.Constant) -> Const:
        value = tree.value
        span = self._span(tree)
        if isinstance(value, float | complex):
            raise self._fault(tree, "only whole numbers are known here")
        if isinstance(value, str | bool):
            return Const(value, type_of(value), span)
        if isinstance(value, int):
            return Const(value, int_type(Interval(value, value), span[0]), span)
        raise self._refused(tree, tree)

    def _list(self, tree: ast.Tuple | ast.List, expected: Type | None) -> Const:
        of = expected.item if expected is not None else None
        values: list[Scalar] = []
        types: list[Type] = []
        for one in tree.elts:
            node = self.read(one, of)
            value = constant_of(node)
            if value is None or isinstance(value, tuple):
                raise self._fault(one, "a list holds only literals")
            values.append(value)
            types.append(node.type)
        item = merge_types(types)
        if values and item is None:
            raise self._fault(tree, "the list holds values of different kinds")
        type_ = Type("list", size_max=len(values), item=item)
        return Const(tuple(values), type_, self._span(tree))

    # --- operators

    def _unary(self, tree: ast.UnaryOp) -> Node:
        span = self._span(tree)
        if isinstance(tree.op, ast.Not):
            return Not(self._condition(tree.operand), span)
        if isinstance(tree.op, ast.USub):
            of = self._number(tree.operand, "`-` wants a number")
            return Negate(of, int_type(negate(interval_of(of)), span[0]), span)
        raise self._refused(tree.op, tree)

    def _arithmetic(self, tree: ast.BinOp) -> Arith:
        op = ARITH.get(type(tree.op))
        if op is None:
            message, suggestion = REFUSED.get(type(tree.op), UNKNOWN)
            between = self._source[self._span(tree.left)[1] :]
            gap = len(between) - len(between.lstrip(" )"))
            raise ExprError(message, self._span(tree.left)[1] + gap, suggestion)
        left = self._number(tree.left, f"`{op}` wants numbers")
        right = self._number(tree.right, f"`{op}` wants numbers")
        span = self._span(tree)
        interval = arithmetic(op, interval_of(left), interval_of(right))
        return Arith(op, left, right, int_type(interval, span[0]), span)

    def _chain(self, tree: ast.Compare) -> Node:
        operands = [tree.left, *tree.comparators]
        # A set on the right of `in` is looked up there: it is no value.
        nodes = [self.read(tree.left)]
        links: list[Node] = []
        for op, right in zip(tree.ops, operands[1:], strict=True):
            if isinstance(op, ast.In | ast.NotIn):
                nodes.append(self._collection(right, "`in` wants a list or a set on its right"))
                links.append(self._among(op, nodes[-2], nodes[-1], right))
                continue
            name = COMPARE.get(type(op))
            if name is None:
                raise self._refused(op, right)
            nodes.append(self.read(right))
            links.append(self._compare(name, nodes[-2], nodes[-1]))
        if len(links) == 1:
            return replace(links[0], span=self._span(tree))
        return And(tuple(links), self._span(tree))

    def _compare(self, op: CompareOp, left: Node, right: Node) -> Compare:
        if op not in ("==", "!="):
            require_kind(left, "int", f"`{op}` compares numbers")
            require_kind(right, "int", f"`{op}` compares numbers")
        require_comparable(left, right)
        chorus = tuple(self._scope.seats)
        if isinstance(right, Const):
            left = with_role(left, _members(right), chorus)
        elif isinstance(left, Const):
            right = with_role(right, _members(left), chorus)
        return Compare(op, left, right, (left.span[0], right.span[1]))

    def _collection(self, tree: ast.expr, why: str) -> Node:
        if isinstance(tree, ast.Name | ast.Attribute):
            path = self._path(tree)
            if path in self._scope.sets:
                return self._set(path, self._span(tree))
        node = self.read(tree)
        require_kind(node, "list", why)
        return node

    def _set(self, path: str, span: Span) -> Const:
        members = self._scope.sets[path]
        item = Type("choice", choices=members)
        return Const(members, Type("list", size_max=len(members), item=item), span)

    def _among(self, op: ast.cmpop, left: Node, right: Node, tree: ast.expr) -> Node:
        item = right.type.item
        span = (left.span[0], right.span[1])
        if item is None:
            raise ExprError("nothing is in an empty list", right.span[0])
        if left.type.kind == "list":
            raise ExprError("a list is never in a list", left.span[0])
        require_comparable(left, replace(right, type=item))
        if isinstance(right, Const):
            # A declared set may hold more than the left side can be; a list written here not.
            written = tree.elts if isinstance(tree, ast.Tuple | ast.List) else ()
            for one, word in zip(written, _members(right), strict=False):
                if left.type.kind == "choice" and word not in left.type.choices:
                    raise unknown_choice(str(word), left.type, self._span(one)[0])
            left = with_role(left, _members(right), tuple(self._scope.seats))
        node = In(left, right, span)
        return node if isinstance(op, ast.In) else Not(node, span)

    def _if_else(self, tree: ast.IfExp, expected: Type | None) -> Node:
        test = self._condition(tree.test)
        then = self.read(tree.body, expected)
        other = self.read(tree.orelse, expected)
        span = self._span(tree)
        type_ = merge_types((then.type, other.type))
        if type_ is None:
            raise self._fault(
                tree.orelse, f"{kind_name(then.type)} before `if`, {kind_name(other.type)} here"
            )
        if type_.kind == "bool":
            return Or(
                (
                    And((test, then), span),
                    And((Not(test, test.span, is_written=False), other), span),
                ),
                span,
            )
        return IfElse(test, then, other, type_, span)

    # --- functions

    def _call(self, tree: ast.Call) -> Node:
        name = self._path(tree.func) if isinstance(tree.func, ast.Name) else ""
        if name not in CALLS:
            raise self._fault(tree, f"the functions are {', '.join(CALLS)}", closest(name, CALLS))
        if tree.keywords or not tree.args:
            raise self._fault(tree, f"{name}() takes plain arguments, at least one")
        if name in ("count", "any", "all"):
            return self._unrolled(name, tree)
        if name in ("cued", "held", "running"):
            return self._asked(name, tree)
        return self._counted(name, tree)

    def _counted(self, name: str, tree: ast.Call) -> Node:
        span = self._span(tree)
        if (len(tree.args) == 1) is not (name in ("abs", "len")):
            wanted = "one argument" if name in ("abs", "len") else "two arguments or more"
            raise self._fault(tree, f"{name}() takes {wanted}")
        if name == "len":
            node = self._collection(tree.args[0], "len() wants a list or a set")
            return Call("len", (node,), Type("int", 0, node.type.size_max), span)
        items = tuple(self._number(item, f"{name}() wants numbers") for item in tree.args)
        intervals = [interval_of(item) for item in items]
        if name == "abs":
            return Call("abs", items, int_type(absolute(intervals[0]), span[0]), span)
        if name == "min":
            return Call("min", items, int_type(least(*intervals), span[0]), span)
        return Call("max", items, int_type(most(*intervals), span[0]), span)

    def _asked(self, name: str, tree: ast.Call) -> Compare:
        span = self._span(tree)
        of = tree.args[0]
        if len(tree.args) != 1 or not isinstance(of, ast.Name | ast.Attribute):
            raise self._fault(tree, f"{name}() takes one name, without quotes")
        path = self._path(of)
        if name == "held":
            held = self._fact(f"{path}.held", self._span(of))
            return Compare("!=", held, Const("nobody", type_of("nobody"), span), span)
        known = self._scope.beats if name == "cued" else self._scope.clocks
        if path not in known:
            what = "beat" if name == "cued" else "clock"
            raise self._unknown(of, f"there is no {what} {path}", closest(path, known))
        prefix = "cued" if name == "cued" else "clock"
        fact = resolve(f"{prefix}.{path}", replace(self._scope, variables={}), self._span(of))
        return Compare(">", fact, Const(0, type_of(0), span), span)

    def _unrolled(self, name: str, tree: ast.Call) -> Node:
        span = self._span(tree)
        over = tree.args[0]
        if len(tree.args) != 1 or not isinstance(over, ast.GeneratorExp):
            raise self._fault(tree, f"{name}() is written `{name}(condition for r in a_set)`")
        if len(over.generators) != 1:
            raise self._fault(tree, f"{name}() takes one `for`; write another {name}() within it")
        loop = over.generators[0]
        variable, members = self._loop(loop)
        items: list[Node] = []
        for member in members.value if isinstance(members.value, tuple) else ():
            self._bound[variable] = Const(member, members.type.item or members.type, span)
            items.extend(self._element(name, over.elt, loop.ifs))
        self._bound.pop(variable, None)
        if name == "count":
            return Count(tuple(items), Type("int", 0, len(items)), span)
        return (Or if name == "any" else And)(tuple(items), span)

    def _loop(self, loop: ast.comprehension) -> tuple[str, Const]:
        if loop.is_async or not isinstance(loop.target, ast.Name):
            raise self._fault(loop.target, "`for` takes one plain name")
        variable = loop.target.id
        if not _ID.fullmatch(variable):
            raise self._fault(loop.target, f"{variable} is not a name: small letters, digits, _")
        if variable in self._bound or variable in self._scope.variables or variable in BOOLS:
            raise self._fault(loop.target, f"{variable} means something else here already")
        path = self._path(loop.iter)
        if path not in self._scope.sets:
            near = closest(path, self._scope.sets)
            raise self._unknown(loop.iter, f"there is no set {path}", near)
        return variable, self._set(path, self._span(loop.iter))

    def _element(self, name: str, body: ast.expr, filters: list[ast.expr]) -> list[Node]:
        """Return the condition of one member; none where a filter leaves it out for good."""
        kept: list[Node] = []
        for one in filters:
            condition = self._condition(one)
            constant = constant_of(condition)
            if constant is False:
                return []
            if constant is None:
                kept.append(condition)
        node = self._condition(body)
        if not kept:
            return [node]
        if name == "all":
            return [Or((*(Not(one, one.span, is_written=False) for one in kept), node), node.span)]
        return [And((*kept, node), node.span)]


def _members(const: Const) -> tuple[Scalar, ...]:
    return const.value if isinstance(const.value, tuple) else (const.value,)
