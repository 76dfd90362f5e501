"""Expressions in their place: where faults are told, what is kept apart."""

import pytest
from support.sample import check_with, told

from dreamsync_server.packs.context import distinct_in
from dreamsync_server.world.model import Place, Type
from dreamsync_server.world.parse import parse_condition
from dreamsync_server.world.scope import Scope


def test_the_fault_of_an_expression_is_told_within_quotes_and_over_lines() -> None:
    more = (
        "laws:\n"
        "  a: {when: 'calm > 1 and clam > 2', do: []}\n"
        '  b: {when: "ada.mood == \\"lowd\\"", do: []}\n'
        "  c:\n    when: >-\n      calm > 1\n      and clam > 2\n    do: []\n"
    )
    assert told(check_with(more)) == [
        "expression more.yaml:2:27",
        "expression more.yaml:3:26",
        "expression more.yaml:7:11",
    ]


def test_a_suggestion_comes_from_the_pack() -> None:
    (fault,) = check_with("laws: {a: {when: clam > 1, do: []}}").faults
    assert str(fault) == "more.yaml:1:18: there is no fact clam; did you mean 'calm'?"


@pytest.mark.parametrize(
    ("guard", "is_apart"),
    [
        ("who != me", True), ("me != who", True), ("not (who == me)", True),
        ("calm > 1 and who != me", True), ("who != me or calm > 1", False), ("calm > 1", False),
        ('who != "ada"', False),
    ],
)  # fmt: skip
def test_a_pair_with_itself_is_kept_out_by_a_condition(guard: str, is_apart: bool) -> None:
    more = (
        f"actions: {{a: {{by: family, params: {{who: {{role: family, when: '{guard}'}}}},"
        " do: [add: {bond.me.who: 1}]}}"
    )
    codes = [fault.code for fault in check_with(more, text="action.a.label: A\n").faults]
    assert codes == ([] if is_apart else ["not_apart"])


def test_a_pair_with_a_named_role_is_kept_out_too() -> None:
    more = "actions: {a: {by: family, do: [if: me != 'ben', then: [add: {bond.me.ben: 1}]]}}"
    more = more.replace("[if: me != 'ben', then: [add: {bond.me.ben: 1}]]",
                        "[{if: \"me != 'ben'\", then: [add: {bond.me.ben: 1}]}]")  # fmt: skip
    assert told(check_with(more, text="action.a.label: A\n")) == []


def test_the_pairs_of_a_condition_are_those_of_all_its_conjuncts() -> None:
    roles = Type("choice", choices=("ada", "ben"))
    scope = Scope(facts={}, variables={"me": roles, "who": roles})
    node = parse_condition('me != who and me != "ben"', Place("a", 1, 1), scope).node
    assert distinct_in(node) == {frozenset({"$me", "$who"}), frozenset({"$me", "ben"})}


def test_a_word_that_is_neither_a_choice_nor_a_fact_is_told_with_the_choices() -> None:
    (fault,) = check_with("laws: {a: {when: calm > 2, do: [set: {ada.mood: lowd}]}}").faults
    said = "'lowd' is none of quiet, loud, and no fact; did you mean 'loud'?"
    assert str(fault) == f"more.yaml:1:49: {said}"
