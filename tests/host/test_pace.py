"""World time follows the machine's clock at the world's speed, stands still, never runs back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamsync_server.host.pace import Pace


def test_world_time_runs_at_the_speed_of_the_world() -> None:
    assert Pace(500, 10.0, 1000, True).at(12.5) == 3_000
    assert Pace(500, 10.0, 250, True).at(14.0) == 1_500


def test_world_time_stands_while_the_world_does_not_run() -> None:
    pace = Pace(500, 10.0, 1000, False)
    assert pace.at(99.0) == 500
    assert pace.mono_of(501) == math.inf


def test_a_clock_that_is_behind_its_start_does_not_turn_time_back() -> None:
    assert Pace(500, 10.0, 1000, True).at(9.0) == 500


def test_a_commit_that_stops_the_world_sets_its_time_and_one_that_starts_it_goes_on_there() -> None:
    pace = Pace(0, 0.0, 1000, True)
    pace.follow(4_000, 5.0, is_running=False)
    assert pace.at(50.0) == 4_000
    pace.follow(4_000, 60.0, is_running=True)
    assert pace.at(61.0) == 5_000


def test_a_commit_in_between_changes_nothing() -> None:
    pace = Pace(0, 0.0, 1000, True)
    pace.follow(3_999, 4.0, is_running=True)
    assert pace.at(5.0) == 5_000


def test_lateness_is_counted_in_real_time() -> None:
    assert Pace(0, 0.0, 2000, True).lateness_ms(1_000, 2.0) == 1_500
    assert Pace(0, 0.0, 2000, True).lateness_ms(9_000, 2.0) == 0
    assert Pace(0, 0.0, 2000, False).lateness_ms(0, 2.0) == 0


@pytest.mark.parametrize(("lost_s", "expected_ms"), [(3.0, 7_000), (-3.0, 10_000), (0.0, 10_000)])
def test_lost_time_is_left_out(lost_s: float, expected_ms: int) -> None:
    pace = Pace(0, 0.0, 1000, True)
    pace.skip(lost_s)
    assert pace.at(10.0) == expected_ms


@given(
    start_ms=st.integers(0, 10**12),
    mono_s=st.floats(0, 10**7),
    speed=st.integers(1, 60_000),
    ahead_ms=st.integers(0, 10**9),
)
def test_a_timer_is_due_when_it_was_said_to_be(
    start_ms: int, mono_s: float, speed: int, ahead_ms: int
) -> None:
    pace = Pace(start_ms, mono_s, speed, True)
    due_ms = start_ms + ahead_ms
    assert pace.at(pace.mono_of(due_ms)) >= due_ms
