"""Bearing: whether a change of a fact helps a part of a condition to be what is wanted."""

from typing import Literal

from dreamsync_server.story.ways import Way
from dreamsync_server.world.evaluate import compare
from dreamsync_server.world.expr import (
    MIRRORED,
    NEGATED,
    Call,
    Compare,
    CompareOp,
    Const,
    Fact,
    In,
    Node,
    reads_of,
)
from dreamsync_server.world.intervals import Interval
from dreamsync_server.world.ranges import all_it_can_be

Bearing = Literal["no", "once", "step", "maybe"]
"""`once` makes it so at one stroke, `step` brings it nearer, `maybe` hangs on values of then."""

_UP = frozenset((">", ">="))
_DOWN = frozenset(("<", "<="))


def bearing(leaf: Node, wanted: bool, way: Way) -> Bearing:
    """Return how a way bears on a leaf of a condition."""
    match leaf:
        case Fact() if leaf.name == way.target:
            return _on_equality("==", wanted, way)
        case Compare():
            return _on_comparison(leaf, wanted, way)
        case In():
            return _on_membership(leaf, wanted, way)
        case _:
            return "maybe" if way.target in reads_of(leaf) else "no"


def _on_comparison(leaf: Compare, wanted: bool, way: Way) -> Bearing:
    op = leaf.op if wanted else NEGATED[leaf.op]
    for one, own_op, other in ((leaf.left, op, leaf.right), (leaf.right, MIRRORED[op], leaf.left)):
        if isinstance(one, Fact) and one.name == way.target:
            if one.type.kind == "int":
                return _on_int(own_op, other, way)
            if isinstance(other, Const):
                return _on_equality(own_op, other.value, way)
            return "maybe"
        if isinstance(one, Call) and one.name == "len" and way.target in reads_of(one):
            return _on_length(own_op, way)
    return "maybe" if way.target in reads_of(leaf) else "no"


def _on_equality(op: CompareOp, value: object, way: Way) -> Bearing:
    if way.kind != "set" or way.value is None:
        return "maybe"
    if isinstance(way.value, Const):
        return "once" if compare(op, way.value.value, value) else "no"
    known = all_it_can_be(way.value, {})
    if op == "==" and isinstance(known, frozenset) and value not in known:
        return "no"
    return "maybe"


def _on_int(op: CompareOp, other: Node, way: Way) -> Bearing:
    match way.kind:
        case "run" | "open":
            return "once" if op == "!=" else "no" if op == "==" else "maybe"
        case "set" if isinstance(way.value, Const) and isinstance(other, Const):
            return "once" if compare(op, way.value.value, other.value) else "no"
        case "add" | "rate" if way.value is not None:
            known = all_it_can_be(way.value, {})
            if not isinstance(known, Interval):
                return "maybe"
            if op in _UP:
                return "step" if known.high > 0 else "no"
            if op in _DOWN:
                return "step" if known.low < 0 else "no"
            return "step"
        case _:
            return "maybe"


def _on_length(op: CompareOp, way: Way) -> Bearing:
    if way.kind == "append":
        return "no" if op in _DOWN else "step"
    if way.kind == "remove":
        return "no" if op in _UP else "step"
    return "maybe"


def _on_membership(leaf: In, wanted: bool, way: Way) -> Bearing:
    left, right = leaf.left, leaf.right
    if isinstance(left, Fact) and left.name == way.target and isinstance(right, Const):
        among = right.value if isinstance(right.value, tuple) else ()
        if way.kind == "set" and isinstance(way.value, Const):
            return "once" if (way.value.value in among) is wanted else "no"
        return "step" if way.kind == "add" else "maybe"
    if isinstance(right, Fact) and right.name == way.target and way.kind in ("append", "remove"):
        if (way.kind == "append") is not wanted:
            return "no"
        if isinstance(left, Const) and isinstance(way.value, Const):
            return "once" if left.value == way.value.value else "no"
        return "maybe"
    return "maybe" if way.target in reads_of(leaf) else "no"
