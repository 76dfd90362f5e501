"""A typed tree as a Python function: the only place that calls Python's compile and eval.

The code is built node by node from the typed tree; no text of an author reaches it except as
constants. A fact that cannot drift is one look-up, `S["expo.crowd"]`.
"""

import ast
from collections.abc import Callable, Mapping
from typing import Any, cast

from dreamsync_server.world.evaluate import divide, modulo, read_drift
from dreamsync_server.world.expr import (
    And,
    Arith,
    Call,
    Compare,
    CompareOp,
    Const,
    Count,
    Fact,
    IfElse,
    In,
    Negate,
    Node,
    Not,
    Or,
    RoleOf,
    Spread,
    Variable,
    role_of,
)

Run = Callable[[Any, Mapping[str, Any]], Any]

_COMPARE: dict[CompareOp, ast.cmpop] = {
    "==": ast.Eq(), "!=": ast.NotEq(), "<": ast.Lt(),
    "<=": ast.LtE(), ">": ast.Gt(), ">=": ast.GtE(),
}  # fmt: skip
_PLAIN_ARITH: dict[str, ast.operator] = {
    "+": ast.Add(), "-": ast.Sub(), "*": ast.Mult(), "//": ast.FloorDiv(), "%": ast.Mod(),
}  # fmt: skip
_LOAD = ast.Load()
_FACTS = ast.Name("S", _LOAD)
_NAMES = ast.Name("N", _LOAD)


def compile_node(node: Node) -> Run:
    """Return `run(facts, names)` for a tree.

    `facts` is a mapping of full names to values with the world time in its attribute `ms`; a
    fact that can drift may be an int or a Drift. `names` holds a value for every variable.
    """
    writer = _Writer()
    body = writer.write(node)
    arguments = ast.arguments(
        posonlyargs=[],
        args=[ast.arg("S"), ast.arg("N")],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    tree = ast.fix_missing_locations(ast.Expression(ast.Lambda(arguments, body)))
    run: Run = eval(compile(tree, "<expression>", "eval"), writer.constants)
    return run


class _Writer:
    """Builds Python's tree; `constants` are the globals that it needs."""

    def __init__(self) -> None:
        self.constants: dict[str, Any] = {
            "__builtins__": {},
            "R": read_drift,
            "divide": divide,
            "modulo": modulo,
            "min": min,
            "max": max,
            "abs": abs,
            "len": len,
        }

    def write(self, node: Node) -> ast.expr:
        match node:
            case Const():
                # The stubs do not know that a constant may be a tuple.
                return ast.Constant(cast("str", node.value))
            case Fact():
                return _read(ast.Constant(node.name), node.can_drift)
            case Spread():
                return self._spread(node)
            case Variable():
                return _item(_NAMES, ast.Constant(node.name))
            case RoleOf():
                chorus = node.chorus
                return self._apply(lambda value: role_of(value, chorus), [self.write(node.of)])
            case Not():
                return ast.UnaryOp(ast.Not(), self.write(node.of))
            case Negate():
                return ast.UnaryOp(ast.USub(), self.write(node.of))
            case And() | Or():
                return self._junction(node)
            case Compare():
                op: ast.cmpop = _COMPARE[node.op]
                return ast.Compare(self.write(node.left), [op], [self.write(node.right)])
            case In():
                return ast.Compare(self.write(node.left), [ast.In()], [self.write(node.right)])
            case Arith():
                return self._arith(node)
            case Call():
                return _call(node.name, [self.write(item) for item in node.items])
            case Count():
                return self._count(node)
            case IfElse():
                return ast.IfExp(
                    self.write(node.test), self.write(node.then), self.write(node.other)
                )

    def _junction(self, node: And | Or) -> ast.expr:
        items = [self.write(item) for item in node.items]
        if not items:
            return ast.Constant(isinstance(node, And))
        if len(items) == 1:
            return items[0]
        return ast.BoolOp(ast.And() if isinstance(node, And) else ast.Or(), items)

    def _arith(self, node: Arith) -> ast.expr:
        left, right = self.write(node.left), self.write(node.right)
        may_be_zero = node.right.type.low <= 0 <= node.right.type.high
        if node.op == "//" and may_be_zero:
            return _call("divide", [left, right])
        if node.op == "%" and may_be_zero:
            return _call("modulo", [left, right])
        return ast.BinOp(left, _PLAIN_ARITH[node.op], right)

    def _count(self, node: Count) -> ast.expr:
        # As balanced halves: a chain of hundreds of additions is too deep for Python's compiler.
        terms = [self.write(item) for item in node.items] or [ast.Constant(0)]
        while len(terms) > 1:
            pairs = [terms[at : at + 2] for at in range(0, len(terms), 2)]
            terms = [
                ast.BinOp(pair[0], ast.Add(), pair[1]) if len(pair) > 1 else pair[0]
                for pair in pairs
            ]
        # A single condition is turned into an int as well.
        return ast.BinOp(ast.Constant(0), ast.Add(), terms[0])

    def _spread(self, node: Spread) -> ast.expr:
        values = [_item(_NAMES, ast.Constant(variable)) for variable in node.variables]
        if not node.is_total:
            return self._apply(_partial_reader(node), [_FACTS, _NAMES])
        if len(values) == 1:
            table = self._constant({key[0]: name for key, name in node.table.items()})
            return _read(_item(table, values[0]), node.can_drift)
        table = self._constant(dict(node.table))
        return _read(_item(table, ast.Tuple(list(values), _LOAD)), node.can_drift)

    def _constant(self, value: object) -> ast.expr:
        name = f"C{len(self.constants)}"
        self.constants[name] = value
        return ast.Name(name, _LOAD)

    def _apply(self, function: Callable[..., object], arguments: list[ast.expr]) -> ast.expr:
        return ast.Call(self._constant(function), arguments, [])


def _partial_reader(node: Spread) -> Run:
    default = node.default

    def read(facts: Any, names: Mapping[str, Any]) -> Any:
        name = node.name_at(names)
        return default if name is None else read_drift(facts, name)

    return read


def _read(name: ast.expr, can_drift: bool) -> ast.expr:
    return _call("R", [_FACTS, name]) if can_drift else _item(_FACTS, name)


def _item(of: ast.expr, key: ast.expr) -> ast.expr:
    return ast.Subscript(of, key, _LOAD)


def _call(name: str, arguments: list[ast.expr]) -> ast.expr:
    return ast.Call(ast.Name(name, _LOAD), arguments, [])
