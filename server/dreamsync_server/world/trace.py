"""Why a condition holds or not: its leaves with what they read, and how far it is from true."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from dreamsync_server.world.evaluate import Names, compare, evaluate, read_drift
from dreamsync_server.world.expr import (
    MIRRORED,
    NEGATED,
    And,
    Compare,
    CompareOp,
    Count,
    Fact,
    In,
    Node,
    Not,
    Or,
    Spread,
    reads_of,
    walk,
)
from dreamsync_server.world.model import Expr
from dreamsync_server.world.values import Value


class Leaf(NamedTuple):
    """One leaf of a condition, as its author wrote it.

    `is_wanted` is the truth that helps the whole condition: False for a leaf below a `not`.
    `facts` are those it reads, with their values, a drifting one as it is now.
    """

    text: str
    is_true: bool
    is_wanted: bool
    facts: tuple[tuple[str, Value], ...]

    @property
    def wish(self) -> str:
        """What the condition wants of it: `crowd > 40`, or `not (crowd > 40)`."""
        return self.text if self.is_wanted else f"not ({self.text})"


@dataclass(frozen=True, slots=True)
class Trace:
    """A condition's truth, and all its leaves in the order of the source."""

    is_true: bool
    leaves: tuple[Leaf, ...]


def trace(expr: Expr, facts: Any, names: Names) -> Trace:
    """Evaluate every leaf of a condition, also those that decide nothing."""
    view = _View(expr.source, facts, names)
    leaves = tuple(view.leaf(node, wanted) for node, wanted in _leaves(expr.node, True))
    return Trace(view.truth(expr.node), leaves)


def failing(expr: Expr, facts: Any, names: Names) -> tuple[Leaf, ...]:
    """Return exactly the leaves that make a condition false; none where it is true."""
    view = _View(expr.source, facts, names)

    def is_against(node: Node, wanted: bool) -> bool:
        return view.truth(node) is not wanted

    return tuple(view.leaf(*found) for found in _leaves(expr.node, True, is_against))


def leaves_of(expr: Expr) -> list[Node]:
    """Return the leaves of a condition, in the order of the source."""
    return [node for node, _ in _leaves(expr.node, True)]


def parts_of_condition(expr: Expr) -> list[Expr]:
    """Return the parts of a condition that must all hold; itself where it is no `and`."""
    if not isinstance(expr.node, And) or not expr.node.items:
        return [expr]
    return [replace(expr, node=item, reads=reads_of(item)) for item in expr.node.items]


def distance(expr: Expr, facts: Any, names: Names) -> int:
    """Return how far a condition is from true; 0 if and only if it is true.

    Ints count how far apart they are, anything else 1; `and` is the sum, `or` the least.
    Source: branch distance of search-based testing (Tracey et al. 1998).
    """
    return _View(expr.source, facts, names).away(expr.node, True)


def _leaves(
    node: Node, wanted: bool, keep: Callable[[Node, bool], bool] | None = None
) -> Iterator[tuple[Node, bool]]:
    if keep is not None and not keep(node, wanted):
        return
    if isinstance(node, Not) and (not node.is_written or isinstance(node.of, Not | And | Or)):
        yield from _leaves(node.of, not wanted, keep)
    elif isinstance(node, And | Or) and node.items:
        for item in node.items:
            yield from _leaves(item, wanted, keep)
    else:
        yield node, wanted


class _View:
    """One state of the facts that a condition is looked at in."""

    def __init__(self, source: str, facts: Any, names: Names) -> None:
        self._source = source
        self._facts = facts
        self._names = names

    def truth(self, node: Node) -> bool:
        return bool(evaluate(node, self._facts, self._names))

    def leaf(self, node: Node, wanted: bool) -> Leaf:
        read: dict[str, Value] = {}
        for one in walk(node):
            name = one.name if isinstance(one, Fact) else None
            if isinstance(one, Spread):
                name = one.name_at(self._names)
            if name is not None:
                read[name] = read_drift(self._facts, name)
        text = self._source[slice(*node.span)]
        return Leaf(text, self.truth(node), wanted, tuple(read.items()))

    def away(self, node: Node, wanted: bool) -> int:
        match node:
            case Not():
                return self.away(node.of, not wanted)
            case And() | Or():
                return self._junction(node, wanted)
            case Compare():
                return self._comparison(node, wanted)
            case In() if wanted and node.left.type.kind == "int":
                value = evaluate(node.left, self._facts, self._names)
                among = evaluate(node.right, self._facts, self._names)
                return min((abs(value - item) for item in among), default=1)
            case _:
                return int(self.truth(node) is not wanted)

    def _junction(self, node: And | Or, wanted: bool) -> int:
        each = [self.away(item, wanted) for item in node.items]
        if isinstance(node, And) is wanted:
            return sum(each)
        return min(each, default=1)

    def _comparison(self, node: Compare, wanted: bool) -> int:
        op = node.op if wanted else NEGATED[node.op]
        left, right = node.left, node.right
        if isinstance(right, Count) and not isinstance(left, Count):
            left, right, op = right, left, MIRRORED[op]
        a = evaluate(left, self._facts, self._names)
        b = evaluate(right, self._facts, self._names)
        if left.type.kind != "int":
            return int(not compare(op, a, b))
        steps = _steps(op, a, b)
        if steps == 0 or not isinstance(left, Count) or op == "!=":
            return steps
        # So many more (or fewer) must hold: those nearest to it.
        more = a < b
        nearest = sorted(self.away(item, more) for item in left.items)
        still = [one for one in nearest if one > 0][:steps]
        return sum(still) + steps - len(still)


def _steps(op: CompareOp, a: int, b: int) -> int:
    match op:
        case "==":
            return abs(a - b)
        case "!=":
            return int(a == b)
        case "<":
            return max(0, a - b + 1)
        case "<=":
            return max(0, a - b)
        case ">":
            return max(0, b - a + 1)
        case ">=":
            return max(0, b - a)
