"""Why-not names exactly the leaves at fault, and the distance is zero only where it holds."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.expressions import (
    NAMES,
    FactsAt,
    condition,
    condition_sources,
    facts_of_scope,
    names_of_scope,
    some_facts,
)
from support.packs import night_for_two, starter

from dreamsync_server.limits import DRIFT_UNIT
from dreamsync_server.world.trace import (
    Leaf,
    Trace,
    distance,
    failing,
    parts_of_condition,
    trace,
)
from dreamsync_server.world.values import Drift


@given(condition_sources(), facts_of_scope(), names_of_scope())
@settings(deadline=None)
def test_it_agrees_with_what_the_condition_gives(
    source: str, facts: FactsAt, names: dict[str, Any]
) -> None:
    expr = condition(source)
    is_true = expr.run(facts, names)
    against = failing(expr, facts, names)
    told = trace(expr, facts, names)
    assert told.is_true is is_true
    assert (against == ()) is is_true
    assert all(leaf.is_true is not leaf.is_wanted for leaf in against)
    assert set(against) <= set(told.leaves)
    assert (distance(expr, facts, names) == 0) is is_true
    assert distance(expr, facts, names) >= 0


def test_every_leaf_is_told_with_what_it_read() -> None:
    drift = Drift(6 * DRIFT_UNIT, -DRIFT_UNIT, 0, 0, 10)
    facts = some_facts(1, leo__warmth=drift)
    expr = condition("me.warmth >= 6 and (crowd > 60 or bond.who.me > 1) and not night.dark")
    assert trace(expr, facts, NAMES) == Trace(
        is_true=False,
        leaves=(
            Leaf("me.warmth >= 6", False, True, (("leo.warmth", 5),)),
            Leaf("crowd > 60", False, True, (("crowd", 50),)),
            Leaf("bond.who.me > 1", True, True, (("bond.leo.mia", 2),)),
            Leaf("not night.dark", False, True, (("night.dark", True),)),
        ),
    )


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("crowd > 1 and night.dark", []),
        ("crowd > 60 and night.dark and night.heat > 4", ["crowd > 60", "night.heat > 4"]),
        ("crowd > 60 or night.heat > 4", ["crowd > 60", "night.heat > 4"]),
        ("crowd > 60 or night.dark", []),
        ("not (crowd > 40 and night.dark)", ["crowd > 40", "night.dark"]),
        ("not (crowd > 40 or night.heat > 4)", ["crowd > 40"]),
        ("not not (crowd > 60)", ["not (crowd > 60)"]),
        ("1 <= night.heat < 2", ["night.heat < 2"]),
        ("night.heat not in (1, 2)", ["night.heat not in (1, 2)"]),
        ("held(mia) and cued(expo.fall)", ["held(mia)"]),
        ("all(r.mood == 'calm' for r in family)", ["r.mood == 'calm'"]),
        ("crowd > 60 if night.dark else crowd > 70", ["crowd > 60", "night.dark", "crowd > 70"]),
        ("count(r.warmth > 5 for r in family) == 2", ["count(r.warmth > 5 for r in family) == 2"]),
    ],
)
def test_the_failing_leaves_are_those_at_fault(source: str, texts: list[str]) -> None:
    found = failing(condition(source), some_facts(), NAMES)
    assert [leaf.text for leaf in found] == texts


def test_a_condition_that_chooses_a_branch_is_told_as_it_is_written() -> None:
    leaves = failing(condition("crowd > 60 if night.dark else crowd > 70"), some_facts(), NAMES)
    assert leaves[1] == Leaf("night.dark", True, False, (("night.dark", True),))


def test_a_leaf_says_what_is_wanted_of_it() -> None:
    leaves = failing(condition("not (crowd > 40 and night.dark)"), some_facts(), NAMES)
    assert [leaf.wish for leaf in leaves] == ["not (crowd > 40)", "not (night.dark)"]


def test_a_condition_over_nobody_fails_as_a_whole() -> None:
    source = "any(r.mood == 'calm' for r in family if r not in family)"
    leaves = failing(condition(source), some_facts(), NAMES)
    assert [leaf.text for leaf in leaves] == [source]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("crowd >= 60", 10),
        ("crowd > 60", 11),
        ("crowd < 50", 1),
        ("crowd <= 40", 10),
        ("crowd == 47", 3),
        ("crowd != 50", 1),
        ("not crowd >= 45", 6),
        ("crowd >= 60 and night.heat == 5", 13),
        ("crowd >= 60 or night.heat == 5", 3),
        ("night.heat in (4, 9)", 2),
        ("leo.mood == 'angry'", 1),
        ("leo.mood == 'angry' and not night.dark", 2),
        ("count(r.warmth >= 9 for r in family) >= 2", 8),
        ("count(r.warmth >= 9 for r in family) >= 1", 2),
        ("1 <= count(r.warmth >= 9 for r in family)", 2),
        ("count(r.warmth >= 3 for r in family) == 0", 6),
    ],
)
def test_the_distance_counts_how_far_ints_are(source: str, expected: int) -> None:
    assert distance(condition(source), some_facts(), NAMES) == expected


@given(st.integers(0, 100), st.integers(0, 100))
def test_a_step_nearer_is_a_shorter_distance(crowd: int, threshold: int) -> None:
    expr = condition(f"crowd >= {threshold} and night.dark")
    now = distance(expr, some_facts(crowd=crowd), NAMES)
    nearer = distance(expr, some_facts(crowd=crowd + 1), NAMES)
    assert nearer == max(0, now - 1)


def test_the_parts_of_a_conjunction_are_conditions_with_distances_of_their_own() -> None:
    when = starter().beats["chime"].when
    assert when is not None
    facts = night_for_two().facts
    parts = parts_of_condition(when)
    assert sum(distance(part, facts, {}) for part in parts) == distance(when, facts, {})
    assert frozenset().union(*(part.reads for part in parts)) == when.reads
