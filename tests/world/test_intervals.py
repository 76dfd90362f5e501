"""An interval holds every result there is, and its ends are reached where that is promised."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamsync_server.world import evaluate, intervals
from dreamsync_server.world.expr import ArithOp
from dreamsync_server.world.intervals import Interval

SMALL = st.tuples(st.integers(-6, 6), st.integers(-6, 6)).map(lambda p: Interval(min(p), max(p)))


def every(interval: Interval) -> range:
    """Return all ints of an interval."""
    return range(interval.low, interval.high + 1)


@given(SMALL, SMALL)
@pytest.mark.parametrize("op", ["+", "-", "*", "//"])
def test_the_interval_of_an_operation_is_the_least_there_is(
    op: ArithOp, a: Interval, b: Interval
) -> None:
    results = [evaluate.arithmetic(op, x, y) for x, y in product(every(a), every(b))]
    assert intervals.arithmetic(op, a, b) == Interval(min(results), max(results))


@given(SMALL, SMALL)
def test_the_interval_of_a_remainder_holds_every_result(a: Interval, b: Interval) -> None:
    held = intervals.arithmetic("%", a, b)
    for x, y in product(every(a), every(b)):
        assert held.low <= evaluate.arithmetic("%", x, y) <= held.high


@given(SMALL, SMALL)
def test_the_interval_of_a_function_is_the_least_there_is(a: Interval, b: Interval) -> None:
    pairs = list(product(every(a), every(b)))
    assert intervals.negate(a) == _least(-x for x in every(a))
    assert intervals.absolute(a) == _least(abs(x) for x in every(a))
    assert intervals.least(a, b) == _least(min(pair) for pair in pairs)
    assert intervals.most(a, b) == _least(max(pair) for pair in pairs)
    assert intervals.hull(a, b) == _least([*every(a), *every(b)])


def _least(results: object) -> Interval:
    held = sorted(results)  # type: ignore[call-overload]
    return Interval(held[0], held[-1])
