"""Interval arithmetic: between which ints the result of an operation lies, given its operands'."""

from typing import NamedTuple

from dreamsync_server.world.expr import ArithOp


class Interval(NamedTuple):
    """All ints from `low` to `high`, both included; empty where low > high."""

    low: int
    high: int


def hull(first: Interval, *others: Interval) -> Interval:
    """Return the least interval that holds all of them."""
    every = (first, *others)
    return Interval(min(one.low for one in every), max(one.high for one in every))


def negate(a: Interval) -> Interval:
    """Return the interval of `-a`."""
    return Interval(-a.high, -a.low)


def absolute(a: Interval) -> Interval:
    """Return the interval of `abs(a)`."""
    far = max(abs(a.low), abs(a.high))
    near = 0 if a.low <= 0 <= a.high else min(abs(a.low), abs(a.high))
    return Interval(near, far)


def least(*items: Interval) -> Interval:
    """Return the interval of `min(...)`."""
    return Interval(min(one.low for one in items), min(one.high for one in items))


def most(*items: Interval) -> Interval:
    """Return the interval of `max(...)`."""
    return Interval(max(one.low for one in items), max(one.high for one in items))


def arithmetic(op: ArithOp, a: Interval, b: Interval) -> Interval:
    """Return the interval of `a op b`; division by zero gives 0."""
    match op:
        case "+":
            return Interval(a.low + b.low, a.high + b.high)
        case "-":
            return Interval(a.low - b.high, a.high - b.low)
        case "*":
            corners = [x * y for x in a for y in b]
            return Interval(min(corners), max(corners))
        case "//":
            return _floor_divide(a, b)
        case "%":
            return _modulo(a, b)


def _floor_divide(a: Interval, b: Interval) -> Interval:
    # Between two corners of one sign of the divisor the quotient is monotone in each operand.
    results = [0] if b.low <= 0 <= b.high else []
    for part in _signed_parts(b):
        results += [x // y for x in a for y in part]
    return Interval(min(results), max(results))


def _modulo(a: Interval, b: Interval) -> Interval:
    # The result has the divisor's sign and is smaller than it.
    results = [0] if b.low <= 0 <= b.high else []
    for part in _signed_parts(b):
        if part.low > 0:
            results += [0, min(part.high - 1, a.high) if a.low >= 0 else part.high - 1]
        else:
            results += [0, max(part.low + 1, a.low) if a.high <= 0 else part.low + 1]
    return Interval(min(results), max(results))


def _signed_parts(b: Interval) -> list[Interval]:
    parts = [Interval(max(b.low, 1), b.high), Interval(b.low, min(b.high, -1))]
    return [part for part in parts if part.low <= part.high]
