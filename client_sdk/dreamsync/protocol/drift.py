"""How a drifting fact reads at a moment: whole numbers, the same in every language.

A drifting fact is a line through world time: at `since` its fine value is `fine`, and it moves by
`rate` fine units a millisecond until it reaches `low` or `high`. A fine unit is 1/3,600,000 of a
whole one, so `rate` is also whole units an hour. All products stay below 2**53.
"""

from typing import Final

from dreamsync.protocol.values import WireDrift

UNIT: Final = 3_600_000  # fine units a whole unit has: one hour in milliseconds


def fine_at(drift: WireDrift, world_ms: int) -> int:
    """Return the fine value at `world_ms`. Before `since` it stands still.

    The elapsed time is compared with the time to the end of the range before it is multiplied,
    so that no product leaves 53 bits. `ceil(a / b)` for whole a >= 0, b > 0 is
    `(a + b - 1 - (a + b - 1) % b) / b` where a language has no whole division.
    """
    elapsed_ms = world_ms - drift.since
    if drift.rate == 0 or elapsed_ms <= 0:
        return drift.fine
    end = (drift.high if drift.rate > 0 else drift.low) * UNIT
    elapsed_end_ms = -(-abs(end - drift.fine) // abs(drift.rate))
    if elapsed_ms >= elapsed_end_ms:
        return end
    return drift.fine + drift.rate * elapsed_ms


def value_at(drift: WireDrift, world_ms: int) -> int:
    """Return the whole value at `world_ms`: the last whole one it came through.

    A rising fact is rounded down, a falling one (rate < 0) up, one that stands still down; down
    is toward minus infinity.
    """
    fine = fine_at(drift, world_ms)
    return -(-fine // UNIT) if drift.rate < 0 else fine // UNIT
