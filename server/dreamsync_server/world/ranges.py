"""What a condition can be, given all the values its facts can have: proofs that it is impossible.

Sound, not complete: what is called impossible is; what is not may still be.
"""

from collections.abc import Mapping
from typing import NamedTuple

from dreamsync_server.limits import INT_EXACT_MAX
from dreamsync_server.world.expr import (
    MIRRORED,
    NEGATED,
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
    walk,
)
from dreamsync_server.world.intervals import (
    Interval,
    absolute,
    arithmetic,
    hull,
    least,
    most,
    negate,
)
from dreamsync_server.world.model import Expr, Type
from dreamsync_server.world.values import Scalar

Domain = Mapping[str, Type | tuple[Scalar, ...]]
"""Per fact (a chorus seat's by its pattern, `citizen.*.mood`) all it can be: a type, or values."""

Known = Interval | frozenset[Scalar] | None
"""All that a node can be: an int in an interval, one of some values, or anything."""

_BOTH: frozenset[Scalar] = frozenset((False, True))


class Possibility(NamedTuple):
    """What a condition can be; `reason` says why it cannot be true, else why it cannot be false."""

    can_be_true: bool
    can_be_false: bool
    reason: str


def possible(expr: Expr, domain: Domain) -> Possibility:
    """Return what a condition can be; facts that are not in `domain` may be all of their type."""
    analysis = _Analysis(expr.source, domain, {})
    against_true = analysis.why_never_at_all(expr.node, True)
    against_false = analysis.why_never_at_all(expr.node, False)
    return Possibility(against_true == "", against_false == "", against_true or against_false)


def all_it_can_be(node: Node, domain: Domain) -> Known:
    """Return all that a part of an expression can be; None where that is not known."""
    return _Analysis("", domain, {}).known(node)


class _Analysis:
    """The domain of one condition, some facts of it narrowed by other parts that hold beside."""

    def __init__(self, source: str, domain: Domain, narrowed: Mapping[str, Known]) -> None:
        self._source = source
        self._domain = domain
        self._narrowed = narrowed

    # --- truth

    def why_never_at_all(self, node: Node, wanted: bool) -> str:
        """Return why a condition is never `wanted`, each part looked at beside all others."""
        beside = self.narrowed_by(node, wanted)
        return self.why_never(node, wanted) or beside.why_never(node, wanted)

    def why_never(self, node: Node, wanted: bool) -> str:
        """Return why a condition is never `wanted`; "" where it may be."""
        match node:
            case Not():
                return self.why_never(node.of, not wanted)
            case And() | Or() if isinstance(node, And) is wanted:
                return self._why_not_all(node.items, wanted)
            case And() | Or():
                return self._why_not_any(node, wanted)
            case Compare():
                op = node.op if wanted else NEGATED[node.op]
                can = self._can_compare(op, node.left, node.right)
                return "" if can else self._because(node, wanted, (node.left, node.right))
            case In():
                can = self._can_be_in(node, wanted)
                return "" if can else self._because(node, wanted, (node.left, node.right))
            case _:
                known = self.known(node)
                can = not isinstance(known, frozenset) or wanted in known
                return "" if can else self._because(node, wanted, (node,))

    def _why_not_any(self, node: And | Or, wanted: bool) -> str:
        reasons: list[str] = []
        for item in node.items:
            reason = self.why_never(item, wanted)
            if not reason:
                return ""
            reasons.append(reason)
        return "; and ".join(dict.fromkeys(reasons)) or f"`{self._text(node)}` is over nothing"

    def _why_not_all(self, items: tuple[Node, ...], wanted: bool) -> str:
        # Each beside what those before it ask of the same facts.
        beside = self
        for item in items:
            reason = beside.why_never(item, wanted)
            if reason:
                return reason
            beside = beside.narrowed_by(item, wanted)
        return ""

    def _can_compare(self, op: CompareOp, left: Node, right: Node) -> bool:
        a, b = self.known(left), self.known(right)
        if isinstance(a, Interval) and isinstance(b, Interval):
            return _can_intervals(op, a, b)
        if not isinstance(a, frozenset) or not isinstance(b, frozenset):
            return True
        if op == "==":
            return bool(a & b)
        # Two that are each known only as a chorus role may be two seats of it.
        is_exact = left.type.kind == "bool" or isinstance(left, Const) or isinstance(right, Const)
        return not (is_exact and a == b and len(a) <= 1)

    def _can_be_in(self, node: In, wanted: bool) -> bool:
        left = self.known(node.left)
        if not isinstance(node.right, Const) or not isinstance(node.right.value, tuple):
            return not wanted or self._can_be_in_fact(left, node.right)
        items = frozenset(node.right.value)
        if isinstance(left, Interval):
            inside = [item for item in items if left.low <= int(item) <= left.high]
            return bool(inside) if wanted else len(inside) <= left.high - left.low
        if isinstance(left, frozenset):
            return bool(left & items) if wanted else not left <= items
        return True

    def _can_be_in_fact(self, left: Known, right: Node) -> bool:
        of = self._list_type(right)
        if of.item is None:
            return True
        if of.size_max == 0:
            return False
        item = _of_type(of.item)
        if isinstance(left, Interval) and isinstance(item, Interval):
            return _can_intervals("==", left, item)
        if isinstance(left, frozenset) and isinstance(item, frozenset):
            return bool(left & item)
        return True

    # --- values

    def known(self, node: Node) -> Known:
        """Return all that a node can be."""
        match node:
            case Const():
                return None if isinstance(node.value, tuple) else _of_values((node.value,))
            case Fact():
                return self._of_fact(node.name, node.type)
            case Spread():
                return self._of_spread(node)
            case Variable():
                return _of_type(node.type)
            case RoleOf():
                return self.known(node.of)
            case IfElse():
                return _union([self.known(node.then), self.known(node.other)])
            case Negate() | Arith() | Call() | Count():
                return self._interval(node)
            case Not() | And() | Or() | Compare() | In():
                # Looked at as a value only where two conditions are compared: not worth a proof.
                return _BOTH

    def _interval(self, node: Node) -> Interval:
        match node:
            case Negate():
                return negate(self._interval(node.of))
            case Arith():
                return arithmetic(node.op, self._interval(node.left), self._interval(node.right))
            case Call(name="len"):
                return self._length(node.items[0])
            case Call():
                items = [self._interval(item) for item in node.items]
                if node.name == "abs":
                    return absolute(items[0])
                return least(*items) if node.name == "min" else most(*items)
            case Count():
                return self._counted(node)
            case _:
                known = self.known(node)
                if isinstance(known, Interval):
                    return known
                return Interval(node.type.low, node.type.high)

    def _counted(self, node: Count) -> Interval:
        items = [item for item in node.items if not any(type(x) is Count for x in walk(item))]
        must = sum(1 for item in items if self.why_never(item, False))
        never = sum(1 for item in items if self.why_never(item, True))
        return Interval(must, len(node.items) - never)

    def _length(self, of: Node) -> Interval:
        if isinstance(of, Const) and isinstance(of.value, tuple):
            return Interval(len(of.value), len(of.value))
        return Interval(0, self._list_type(of).size_max)

    def _list_type(self, node: Node) -> Type:
        type_ = self._domain.get(node.name) if isinstance(node, Fact) else None
        return type_ if isinstance(type_, Type) else node.type

    def _of_spread(self, node: Spread) -> Known:
        every = [self._of_fact(name, node.type) for name in node.table.values()]
        if not node.is_total and not isinstance(node.default, tuple):
            every.append(_of_values((node.default,)))
        return _union(every)

    def _of_fact(self, name: str, type_: Type) -> Known:
        if name in self._narrowed:
            return self._narrowed[name]
        known = self._domain.get(name, type_)
        return _of_type(known) if isinstance(known, Type) else _of_values(known)

    # --- what one part of a conjunction says of the facts in the others

    def narrowed_by(self, node: Node, wanted: bool) -> "_Analysis":
        """Return the analysis of a world in which a condition is `wanted`."""
        match node:
            case Not():
                return self.narrowed_by(node.of, not wanted)
            case And() | Or() if isinstance(node, And) is wanted:
                beside = self
                for item in node.items:
                    beside = beside.narrowed_by(item, wanted)
                return beside
            case Compare():
                op = node.op if wanted else NEGATED[node.op]
                beside = self._narrowed_side(node.left, op, node.right)
                return beside._narrowed_side(node.right, MIRRORED[op], node.left)
            case In() if wanted and isinstance(node.right, Const):
                items = node.right.value
                return self._with(node.left, _of_values(items)) if type(items) is tuple else self
            case Fact():
                return self._with(node, frozenset((wanted,)))
            case _:
                return self

    def _narrowed_side(self, of: Node, op: CompareOp, other: Node) -> "_Analysis":
        if not isinstance(of, Fact):
            return self
        known = self.known(other)
        if isinstance(known, Interval):
            return self._with(of, _where(op, known))
        if not isinstance(known, frozenset) or not isinstance(other, Const):
            return self
        if op == "==":
            return self._with(of, known)
        before = self.known(of)
        return self._with(of, before - known) if isinstance(before, frozenset) else self

    def _with(self, fact: Node, known: Known) -> "_Analysis":
        before = self.known(fact)
        narrower = _intersection(before, known)
        if not isinstance(fact, Fact) or narrower is None or narrower == before:
            return self
        narrowed = {**self._narrowed, fact.name: narrower}
        return _Analysis(self._source, self._domain, narrowed)

    # --- words

    def _because(self, node: Node, wanted: bool, operands: tuple[Node, ...]) -> str:
        told: dict[str, None] = {}
        for operand in operands:
            for one in walk(operand):
                if isinstance(one, Fact | Spread | Variable):
                    told[f"{self._name(one)} is {self._what(one)}"] = None
        verb = "cannot hold" if wanted else "always holds"
        text = f"`{self._text(node)}` {verb}"
        return f"{text}: {', '.join(told)}" if told else text

    def _what(self, node: Fact | Spread | Variable) -> str:
        known = self.known(node)
        if known is not None or node.type.kind != "list":
            return _words(known)
        of = self._list_type(node)
        item = None if of.item is None else _of_type(of.item)
        return f"a list of at most {of.size_max}: {_words(item)}"

    def _name(self, node: Fact | Spread | Variable) -> str:
        return node.name if isinstance(node, Fact) else self._text(node)

    def _text(self, node: Node) -> str:
        return self._source[slice(*node.span)]


def _can_intervals(op: CompareOp, a: Interval, b: Interval) -> bool:
    match op:
        case "==":
            return a.low <= b.high and b.low <= a.high
        case "!=":
            return not a.low == a.high == b.low == b.high
        case "<":
            return a.low < b.high
        case "<=":
            return a.low <= b.high
        case ">":
            return a.high > b.low
        case ">=":
            return a.high >= b.low


def _where(op: CompareOp, other: Interval) -> Interval | None:
    match op:
        case "==":
            return other
        case "<" | "<=":
            return Interval(-INT_EXACT_MAX, other.high - (op == "<"))
        case ">" | ">=":
            return Interval(other.low + (op == ">"), INT_EXACT_MAX)
        case "!=":
            return None


def _of_type(type_: Type) -> Known:
    match type_.kind:
        case "int":
            return Interval(type_.low, type_.high)
        case "bool":
            return _BOTH
        case "choice":
            return frozenset(type_.choices)
        case "text" | "list":
            return None


def _of_values(values: tuple[Scalar, ...]) -> Known:
    ints = [value for value in values if type(value) is int]
    if ints:
        return Interval(min(ints), max(ints))
    return frozenset(values)


def _union(every: list[Known]) -> Known:
    intervals = [one for one in every if isinstance(one, Interval)]
    sets = [one for one in every if isinstance(one, frozenset)]
    if intervals and len(intervals) == len(every):
        return hull(*intervals)
    if sets and len(sets) == len(every):
        return frozenset().union(*sets)
    return None


def _intersection(a: Known, b: Known) -> Known:
    """Return what is in both; None where that is nothing, or not known."""
    if isinstance(a, Interval) and isinstance(b, Interval):
        both = Interval(max(a.low, b.low), min(a.high, b.high))
        return both if both.low <= both.high else None
    if isinstance(a, frozenset) and isinstance(b, frozenset):
        return a & b or None
    return None


def _words(known: Known) -> str:
    if known is None:
        return "anything"
    if isinstance(known, Interval):
        return str(known.low) if known.low == known.high else f"{known.low} to {known.high}"
    return " or ".join(sorted(map(_word, known)))


def _word(value: Scalar) -> str:
    """Return a value as an author writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) or '""'
