"""What a dotted name means, with and without variables in it."""

from dataclasses import replace

import pytest
from support.expressions import KINDS, MOOD, SCOPE

from dreamsync_server.world.expr import ExprError, Fact, Spread
from dreamsync_server.world.model import Type
from dreamsync_server.world.scope import Scope, Slot, closest, merge_types, resolve

SPAN = (4, 9)


def test_a_plain_name_is_a_fact_and_an_alias_its_other_name() -> None:
    assert resolve("leo.mood", SCOPE, SPAN) == Fact("leo.mood", MOOD, False, SPAN)
    assert resolve("bond.mia.leo", SCOPE, SPAN).type == Type("int", -5, 5)
    assert resolve("bond.mia.leo", SCOPE, SPAN) == resolve("bond.leo.mia", SCOPE, SPAN)


def test_a_variable_spreads_a_name_over_its_choices() -> None:
    warmth = resolve("who.warmth", SCOPE, SPAN)
    assert isinstance(warmth, Spread)
    assert dict(warmth.table) == {("leo",): "leo.warmth", ("mia",): "mia.warmth"}
    assert warmth.is_total
    assert warmth.can_drift
    assert warmth.type == Type("int", 0, 10)


def test_a_pair_leaves_out_those_who_would_be_alone() -> None:
    pair = resolve("bond.me.who", SCOPE, SPAN)
    assert isinstance(pair, Spread)
    assert sorted(pair.table) == [("leo", "mia"), ("mia", "leo")]
    assert not pair.is_total


def test_only_a_variable_that_is_an_id_stands_for_a_part_of_a_name() -> None:
    scope = replace(SCOPE.binding({"mood": Type("text", size_max=9)}))
    assert resolve("leo.mood", scope, SPAN) == Fact("leo.mood", MOOD, False, SPAN)


def test_a_bound_loop_variable_makes_a_plain_name() -> None:
    assert resolve("r.mood", SCOPE, SPAN, {"r": "mia"}) == Fact("mia.mood", MOOD, False, SPAN)


@pytest.mark.parametrize(
    ("path", "message", "suggestion"),
    [
        ("leo.mod", "there is no fact leo.mod", "leo.mood"),
        ("who.warmt", "there is no fact leo.warmt, where who is leo", "who.warmth"),
        ("anyone.held", "there is no fact citizen.held, where anyone is citizen", ""),
        ("anyone.scen", "there is no fact leo.scen, where anyone is leo", "anyone.scene"),
        ("citizen.mood", "mood is a fact of each seat of citizen, not of the role", ""),
        ("hall.stage", "hall.stage is no fact; a word is written in quotes", '"hall.stage"'),
        ("famly", "there is no fact famly", "family"),
    ],
)
def test_an_unknown_name_is_told_with_what_comes_near(
    path: str, message: str, suggestion: str
) -> None:
    with pytest.raises(ExprError) as caught:
        resolve(path, SCOPE, SPAN)
    fault = caught.value
    assert (fault.message, fault.offset, fault.suggestion) == (message, 4, suggestion)


def test_facts_of_different_kinds_are_no_one_fact() -> None:
    facts = {"leo.x": Slot(Type("int", 0, 1)), "mia.x": Slot(Type("bool"))}
    with pytest.raises(ExprError, match="different kinds"):
        resolve("who.x", Scope(facts, variables=SCOPE.variables), SPAN)


def test_a_name_that_may_mean_too_many_facts_is_refused() -> None:
    many = Type("choice", choices=tuple(f"r{k}" for k in range(64)))
    scope = SCOPE.binding({"x": many, "y": many, "z": many})
    with pytest.raises(ExprError, match="more than"):
        resolve("bond.x.y.z", scope, SPAN)


def test_merged_types_hold_both() -> None:
    assert merge_types([Type("int", 0, 3), Type("int", -1, 2)]) == Type("int", -1, 3)
    both = merge_types([MOOD, Type("choice", choices=("calm", "sad"))])
    assert both == Type("choice", choices=("calm", "angry", "sad"))
    assert merge_types([MOOD, Type("text", size_max=9)]) == Type("text", size_max=9)
    assert merge_types([MOOD, Type("bool")]) is None
    assert merge_types([KINDS, Type("list", item=Type("int", 0, 1))]) is None
    assert merge_types([]) is None


def test_the_closest_word_is_offered_only_where_one_is_near() -> None:
    assert closest("warmht", ["cold", "warmth"]) == "warmth"
    assert closest("zzz", ["cold", "warmth"]) == ""
