"""When a condition can next change because facts drift: the moment its timer is set to."""

from collections.abc import Iterator
from typing import Any

from dreamsync_server.limits import DRIFT_UNIT
from dreamsync_server.world.evaluate import Names, compare, evaluate
from dreamsync_server.world.expr import (
    MIRRORED,
    Compare,
    CompareOp,
    Fact,
    Node,
    Spread,
    children,
    walk,
)
from dreamsync_server.world.model import Expr
from dreamsync_server.world.values import Drift


def next_crossing(expr: Expr, facts: Any, names: Names, after_ms: int) -> int | None:
    """Return the least world_ms behind `after_ms` at which drift alone can change an expression.

    Exact for every comparison of a drifting fact with a value that stands still. Any other part
    that reads drift may change at the next whole step of what it reads. None: never.
    """
    return min(_crossings(expr.node, facts, names, after_ms), default=None)


def step_ms(drift: Drift, target: int, after_ms: int) -> int | None:
    """Return when a drift reaches the whole value `target`, which it has not at `after_ms`.

    None where it moves away from it or its range ends before.
    """
    now = drift.at(after_ms)
    if drift.rate == 0 or not drift.low <= target <= drift.high:
        return None
    if (target > now) is not (drift.rate > 0):
        return None
    way = abs(target * DRIFT_UNIT - drift.fine)
    return drift.since_ms - (-way // abs(drift.rate))


def _crossings(node: Node, facts: Any, names: Names, after_ms: int) -> Iterator[int]:
    if isinstance(node, Compare):
        for one, op, other in (
            (node.left, node.op, node.right),
            (node.right, MIRRORED[node.op], node.left),
        ):
            drift = _drift_of(one, facts, names)
            if drift is not None and not _drifts(other, facts, names):
                threshold = evaluate(other, facts, names)
                yield from _at_threshold(drift, op, threshold, after_ms)
                return
    drift = _drift_of(node, facts, names)
    if drift is not None:
        step = 1 if drift.rate > 0 else -1
        at_ms = step_ms(drift, drift.at(after_ms) + step, after_ms)
        if at_ms is not None:
            yield at_ms
    for below in children(node):
        yield from _crossings(below, facts, names, after_ms)


def _at_threshold(drift: Drift, op: CompareOp, threshold: int, after_ms: int) -> Iterator[int]:
    now = drift.at(after_ms)
    truth = compare(op, now, threshold)
    # The first whole value on the way whose truth is another is one of these: before the threshold
    # all are alike.
    step = 1 if drift.rate > 0 else -1
    for target in (threshold, threshold + step):
        if (target - now) * step > 0 and compare(op, target, threshold) is not truth:
            at_ms = step_ms(drift, target, after_ms)
            if at_ms is not None:
                yield at_ms
            return


def _drift_of(node: Node, facts: Any, names: Names) -> Drift | None:
    """Return the drift that a node reads by itself, if it moves."""
    name = node.name if isinstance(node, Fact) and node.can_drift else None
    if isinstance(node, Spread) and node.can_drift:
        name = node.name_at(names)
    if name is None:
        return None
    value = facts[name]
    return value if type(value) is Drift and value.rate != 0 else None


def _drifts(node: Node, facts: Any, names: Names) -> bool:
    return any(_drift_of(one, facts, names) is not None for one in walk(node))
