"""Clocks: the machine's go on, the manual one only when told to."""

from dreamsync_server.clock import ManualClock, SystemClock


def test_the_machines_clocks_go_on_and_never_back() -> None:
    clock = SystemClock()
    first, second = clock.mono_s(), clock.mono_s()
    assert second >= first
    assert clock.now_ms() > 1_700_000_000_000


def test_a_manual_clock_moves_both_its_hands_when_told() -> None:
    clock = ManualClock(5_000)
    clock.advance(1_500)
    assert (clock.now_ms(), clock.mono_s()) == (6_500, 1.5)
