"""The next crossing is the very millisecond at which a brute-force walk sees the truth turn."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.expressions import FactsAt, condition, condition_sources, expression, some_facts

from dreamsync_server.limits import DRIFT_UNIT
from dreamsync_server.world.crossing import next_crossing, step_ms
from dreamsync_server.world.values import Drift

HORIZON_MS = 400


def drifts(low: int, high: int) -> st.SearchStrategy[Drift]:
    """Draw drifts fast enough to be watched from one ms to the next."""
    return st.builds(
        Drift,
        fine=st.integers(low * DRIFT_UNIT, high * DRIFT_UNIT),
        rate=st.one_of(
            st.integers(-DRIFT_UNIT, DRIFT_UNIT), st.sampled_from([0, -DRIFT_UNIT, 90_000, -7])
        ),
        since_ms=st.integers(0, 50),
        low=st.just(low),
        high=st.just(high),
    )


def walked(expr: Any, facts: FactsAt, names: dict[str, Any], after_ms: int) -> int | None:
    """Return the first ms behind `after_ms` at which the value differs, by looking at each."""
    before = value_at(expr, facts, names, after_ms)
    for ms in range(after_ms + 1, after_ms + HORIZON_MS):
        if value_at(expr, facts, names, ms) != before:
            return ms
    return None


def value_at(expr: Any, facts: FactsAt, names: dict[str, Any], ms: int) -> Any:
    """Return an expression's value at a world time."""
    return expr.run(FactsAt(facts, ms), names)


@given(
    drifts(0, 10),
    st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
    st.integers(-2, 12),
    st.booleans(),
    st.integers(0, 200),
)
@settings(deadline=None, max_examples=300)
def test_a_threshold_is_crossed_at_its_very_millisecond(
    drift: Drift, op: str, threshold: int, is_mirrored: bool, after_ms: int
) -> None:
    source = f"{threshold} {op} leo.warmth" if is_mirrored else f"leo.warmth {op} {threshold}"
    expr = condition(source)
    facts = some_facts(leo__warmth=drift)
    found = next_crossing(expr, facts, {}, after_ms)
    seen = walked(expr, facts, {}, after_ms)
    if seen is not None:
        assert found == seen
    else:
        assert found is None or found >= after_ms + HORIZON_MS


@given(
    condition_sources(),
    drifts(0, 10),
    drifts(0, 8),
    st.sampled_from([{"me": "leo", "who": "mia"}, {"me": "mia", "who": "mia"}]),
    st.integers(0, 100),
)
@settings(deadline=None, max_examples=150)
def test_nothing_changes_before_the_crossing(
    source: str, leo: Drift, mia: Drift, seats: dict[str, str], after_ms: int
) -> None:
    expr = condition(source)
    facts = some_facts(leo__warmth=leo, mia__warmth=mia)
    names = {**seats, "anyone": "citizen.17", "fragment": 2, "line": ""}
    found = next_crossing(expr, facts, names, after_ms)
    seen = walked(expr, facts, names, after_ms)
    assert found is None or found > after_ms
    if seen is not None:
        assert found is not None
        assert found <= seen


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("leo.warmth >= 5", 1_000 + 2 * 3_600_000),
        ("leo.warmth + 0 >= 9", 1_000 + 1 * 3_600_000),
        ("leo.warmth in (7, 9)", 1_000 + 1 * 3_600_000),
        ("leo.warmth < 3 or not (leo.warmth == 3 and night.dark)", 1_000 + 3_600_000),
        ("leo.warmth >= mia.warmth", 1_000 + 4 * 3_600_000),
        ("count(r.warmth >= 6 for r in family) == 1", 1_000 + 3 * 3_600_000),
        ("crowd > 3", None),
        ("mia.warmth > 3", None),
        ("leo.warmth > 10", None),
    ],
)
def test_it_waits_for_what_drifts_alone(source: str, expected: int | None) -> None:
    drift = Drift(3 * DRIFT_UNIT, 1, 1_000, 0, 10)
    facts = some_facts(leo__warmth=drift)
    assert next_crossing(condition(source), facts, {}, 0) == expected


def test_a_number_can_change_with_every_step() -> None:
    drift = Drift(3 * DRIFT_UNIT, -2, 0, 0, 10)
    facts = some_facts(leo__warmth=drift)
    assert next_crossing(expression("leo.warmth * 2"), facts, {}, 0) == 1_800_000
    assert next_crossing(expression("leo.warmth * 2"), facts, {}, 1_800_000) == 3_600_000


def test_a_value_is_reached_from_its_own_side_alone() -> None:
    rising = Drift(3 * DRIFT_UNIT, 1, 0, 0, 4)
    assert step_ms(rising, 4, 0) == 3_600_000
    assert step_ms(rising, 2, 0) is None
    assert step_ms(rising, 5, 0) is None
