"""Poses at their pace."""

from dreamsync.pacing import INTERVAL_MS, LatestOnly


def test_the_first_goes_at_once_and_the_next_at_its_time() -> None:
    held = LatestOnly()
    assert (held.due(0), held.wake_at_ms) == ([], None)
    held.put({"x": 1})
    assert held.due(1000) == [{"x": 1}]
    held.put({"x": 2})
    held.put({"x": 3})
    assert held.wake_at_ms == 1000 + INTERVAL_MS
    assert held.due(1000 + INTERVAL_MS - 1) == []
    assert held.due(1000 + INTERVAL_MS) == [{"x": 3}]


def test_what_is_dropped_is_not_sent() -> None:
    held = LatestOnly()
    held.put({"x": 1})
    held.drop()
    assert held.due(0) == []
