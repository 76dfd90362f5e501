"""What is read off a tree alone: its parts, the facts it reads, how specific it is."""

import dataclasses

import pytest
from support.expressions import KINDS, MOOD, condition, expression

from dreamsync_server.world.expr import (
    And,
    Compare,
    Const,
    ExprError,
    Fact,
    Spread,
    children,
    reads_of,
    role_of,
    specificity_of,
    variables_of,
    walk,
    zero_of,
)
from dreamsync_server.world.model import Type


@pytest.mark.parametrize(
    ("source", "specificity"),
    [
        ("night.dark", 1),
        ("night.dark and crowd > 3", 2),
        ("night.dark or crowd > 3", 1),
        ("night.dark and (crowd > 3 or night.heat > 1 and crowd < 90)", 2),
        ("not (night.dark or crowd > 3)", 2),
        ("not (night.dark and crowd > 3)", 1),
        ("not not night.dark", 1),
        ("1 < crowd < 9", 2),
        ("all(r.warmth > 1 for r in family)", 2),
        ("any(r.warmth > 1 for r in family)", 1),
        ("count(r.warmth > 1 for r in family) > 1", 1),
        ("held(leo) and cued(expo.fall)", 2),
        ("True", 0),
    ],
)
def test_specificity_counts_the_leaves_of_the_weakest_branch(source: str, specificity: int) -> None:
    assert specificity_of(condition(source).node) == specificity
    assert condition(source).specificity == specificity


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("crowd > night.heat", {"crowd", "night.heat"}),
        ("who.mood == 'calm'", {"leo.mood", "mia.mood"}),
        ("bond.me.who > 1", {"bond.leo.mia"}),
        ("anyone.mood == 'calm'", {"leo.mood", "citizen.*.mood"}),
        ("any(r.warmth > 1 for r in family if r != 'leo')", {"mia.warmth"}),
        ("held(me) and cued(expo.fall) and running(bed)",
         {"leo.held", "mia.held", "cued.expo.fall", "clock.bed"}),
        ("me == 'leo'", set()),
    ],
)  # fmt: skip
def test_it_reads_exactly_what_it_may_read(source: str, reads: set[str]) -> None:
    assert reads_of(condition(source).node) == reads


@pytest.mark.parametrize(
    ("source", "me", "reads"),
    [
        ("crowd > night.heat", "leo", {"crowd", "night.heat"}),
        ("me.mood == 'calm'", "leo", {"leo.mood"}),
        ("who.mood == 'calm'", "mia", {"leo.mood", "mia.mood"}),
        ("bond.me.who > 1", "mia", {"bond.leo.mia"}),
    ],
)
def test_for_a_seat_it_reads_what_is_that_seats(source: str, me: str, reads: set[str]) -> None:
    assert reads_of(condition(source).node, me) == reads


def test_it_needs_exactly_the_variables_that_it_names() -> None:
    assert variables_of(condition("who.mood == 'calm' and fragment > 1").node) == {
        "who",
        "fragment",
    }


def test_a_tree_is_walked_in_the_order_of_its_source() -> None:
    node = condition("night.dark and crowd > 3").node
    assert [type(one) for one in walk(node)] == [And, Fact, Compare, Fact, Const]
    assert [one.span for one in children(node)] == [(0, 10), (15, 24)]


def test_a_node_cannot_be_changed() -> None:
    node = expression("crowd").node
    with pytest.raises(dataclasses.FrozenInstanceError):
        node.name = "other"


def test_a_name_with_variables_is_filled_for_a_role_a_seat_and_a_pair() -> None:
    mood, pair = expression("anyone.mood").node, expression("bond.me.who").node
    assert isinstance(mood, Spread)
    assert isinstance(pair, Spread)
    assert mood.name_at({"anyone": "leo"}) == "leo.mood"
    assert mood.name_at({"anyone": "citizen.17"}) == "citizen.17.mood"
    assert mood.name_at({"anyone": "citizen"}) is None
    assert pair.name_of(("mia", "leo")) == "bond.leo.mia"
    assert pair.name_of(("mia", "mia")) is None


def test_only_a_seat_of_a_chorus_has_another_role() -> None:
    seats = ("citizen.17", "citizen", "home.kitchen")
    assert [role_of(one, ("citizen",)) for one in seats] == ["citizen", "citizen", "home.kitchen"]


def test_what_is_not_there_reads_as_the_zero_of_its_type() -> None:
    types = (Type("int", -5, 5), Type("int", 2, 5), Type("bool"), MOOD, Type("text"), KINDS)
    assert [zero_of(type_) for type_ in types] == [0, 2, False, "calm", "", ()]


def test_a_fault_tells_its_suggestion() -> None:
    assert str(ExprError("there is no fact a", 3, "b")) == "there is no fact a; did you mean b?"
    assert str(ExprError("nothing is written here", 0)) == "nothing is written here"
