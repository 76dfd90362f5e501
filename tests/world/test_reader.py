"""The walk from Python's tree to the typed one: how what is written becomes few kinds of node."""

import ast
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.expressions import (
    BOOL,
    MOOD,
    SCOPE,
    FactsAt,
    expression,
    facts_of_scope,
    names_of_scope,
    number_sources,
)

from dreamsync_server.limits import EXPR_UNROLLED_MAX
from dreamsync_server.world.expr import (
    And,
    Compare,
    Const,
    Count,
    ExprError,
    Fact,
    In,
    Node,
    Not,
    Or,
    RoleOf,
)
from dreamsync_server.world.reader import Reader
from dreamsync_server.world.scope import Slot


def read(source: str) -> Node:
    """Return the typed tree of a source."""
    return Reader(source, 0, SCOPE).read(ast.parse(source, mode="eval").body)


def test_a_chain_becomes_comparisons_side_by_side() -> None:
    node = read("1 < crowd <= 9")
    assert isinstance(node, And)
    assert [(one.op, one.span) for one in node.items if isinstance(one, Compare)] == [
        ("<", (0, 9)),
        ("<=", (4, 14)),
    ]


def test_questions_become_comparisons_that_keep_their_text() -> None:
    assert read("held(leo)") == Compare(
        "!=",
        Fact("leo.held", SCOPE.facts["leo.held"].type, False, (5, 8)),
        Const("nobody", replace(BOOL, kind="choice", choices=("nobody",), size_max=6), (0, 9)),
        (0, 9),
    )
    node = read("running(bed)")
    assert isinstance(node, Compare)
    assert isinstance(node.left, Fact)
    assert (node.op, node.left.name, node.span) == (">", "clock.bed", (0, 12))


def test_a_loop_is_unrolled_over_its_set() -> None:
    either = read("any(r.mood == 'calm' for r in family)")
    every = read("all(r.mood == 'calm' for r in family if r.warmth > 2)")
    count = read("count(r.mood == 'calm' for r in family if r != 'leo')")
    assert isinstance(either, Or)
    assert isinstance(every, And)
    assert isinstance(count, Count)
    assert [type(one) for one in either.items] == [Compare, Compare]
    assert [type(one) for one in every.items] == [Or, Or]
    assert (len(count.items), count.type.high) == (1, 1)


def test_a_choice_between_conditions_becomes_or_of_and() -> None:
    node = read("night.dark if crowd > 1 else night.heat > 2")
    assert isinstance(node, Or)
    assert [type(one) for one in node.items] == [And, And]
    second = node.items[1]
    assert isinstance(second, And)
    assert isinstance(second.items[0], Not)
    assert not second.items[0].is_written


def test_not_in_and_sets_and_roles() -> None:
    node = read("anyone not in ('leo', 'citizen')")
    assert isinstance(node, Not)
    assert isinstance(node.of, In)
    assert isinstance(node.of.left, RoleOf)
    member = read("tape.holder in family")
    assert isinstance(member, In)
    assert isinstance(member.right, Const)
    assert member.right.value == ("leo", "mia")


@given(number_sources(st.just("night.dark")), facts_of_scope(), names_of_scope())
@settings(deadline=None)
def test_a_number_lies_in_the_interval_of_its_type(
    source: str, facts: FactsAt, names: dict[str, Any]
) -> None:
    expr = expression(source)
    assert expr.type.low <= expr.run(facts, names) <= expr.type.high


def test_a_bare_word_counts_only_where_its_choice_is_expected() -> None:
    tree = ast.parse("calm if night.dark else angry", mode="eval").body
    node = Reader("calm if night.dark else angry", 0, SCOPE).read(tree, MOOD)
    assert node.type.choices == ("calm", "angry")
    with pytest.raises(ExprError, match="in quotes"):
        read("leo.mood == calm")


def test_columns_count_characters_behind_what_is_not_ascii() -> None:
    node = read("motto == 'dé夢🌙' and crowd > 1")
    assert isinstance(node, And)
    assert [one.span for one in node.items] == [(0, 15), (20, 29)]


def test_what_is_unrolled_beyond_all_bounds_is_refused() -> None:
    roles = tuple(f"r{k}" for k in range(60))
    facts = {f"{role}.ready": Slot(BOOL) for role in roles}
    scope = replace(SCOPE, facts=facts, sets={"crew": roles})
    source = "count(count(r.ready or s.ready for s in crew) > 1 for r in crew)"
    with pytest.raises(ExprError, match=str(EXPR_UNROLLED_MAX)):
        Reader(source, 0, scope).read(ast.parse(source, mode="eval").body)
