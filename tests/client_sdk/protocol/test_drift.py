"""A drifting fact reads on the wire as it reads in the world."""

import json
import pathlib

from hypothesis import example, given
from hypothesis import strategies as st

from dreamsync.protocol import bounds, drift
from dreamsync.protocol.values import WireDrift
from dreamsync_server import limits
from dreamsync_server.world.values import Drift

VECTORS = pathlib.Path(__file__).parents[2] / "vectors" / "drift.json"
whole = st.integers(-limits.FACT_INT_MAX, limits.FACT_INT_MAX)
rates = st.integers(-limits.DRIFT_RATE_MAX, limits.DRIFT_RATE_MAX)
times = st.integers(0, 2**45)


def test_the_unit_is_the_world_s_unit() -> None:
    assert drift.UNIT == limits.DRIFT_UNIT


@given(ends=st.tuples(whole, whole), share=st.integers(0, 1000), rate=rates, since=times, now=times)
@example(ends=(0, 10), share=700, rate=-4, since=0, now=900_000)
@example(ends=(0, 10), share=0, rate=-4, since=0, now=1)
def test_it_reads_the_same_as_the_server_reads_it(
    ends: tuple[int, int], share: int, rate: int, since: int, now: int
) -> None:
    low, high = sorted(ends)
    fine = low * drift.UNIT + (high - low) * drift.UNIT * share // 1000
    wire = WireDrift(fine=fine, rate=rate, since=since, low=low, high=high)
    world = Drift(fine, rate, since, low, high)
    assert drift.fine_at(wire, now) == world.fine_at(now)
    assert drift.value_at(wire, now) == world.at(now)
    assert abs(drift.fine_at(wire, now)) <= bounds.INT_EXACT_MAX


def test_it_falls_by_its_rate_and_shows_the_last_whole_value_it_came_through() -> None:
    warmth = WireDrift(fine=7 * drift.UNIT, rate=-4, since=0, low=0, high=10)
    assert [drift.value_at(warmth, ms) for ms in (0, 1, 900_000, 900_001, 10**9)] == [7, 7, 6, 6, 0]


def test_every_vector_is_met() -> None:
    vectors = json.loads(VECTORS.read_text("utf-8"))
    assert len(vectors) > 20
    for one in vectors:
        wire = WireDrift(
            fine=one["fine"],
            rate=one["rate"],
            since=one["since_ms"],
            low=one["low"],
            high=one["high"],
        )
        read = [[ms, drift.fine_at(wire, ms), drift.value_at(wire, ms)] for ms, _, _ in one["at"]]
        assert read == one["at"]
