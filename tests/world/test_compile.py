"""The compiled function gives what the tree means, at the cost of a look-up."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from support.expressions import (
    BOOL,
    NAMES,
    SCOPE,
    FactsAt,
    condition,
    condition_sources,
    expression,
    facts_of_scope,
    names_of_scope,
    some_facts,
)

from dreamsync_server.limits import DRIFT_UNIT
from dreamsync_server.world.evaluate import evaluate
from dreamsync_server.world.model import Type
from dreamsync_server.world.scope import Scope, Slot
from dreamsync_server.world.values import Drift


@given(condition_sources(), facts_of_scope(), names_of_scope())
@settings(deadline=None)
def test_it_gives_the_value_of_the_tree(source: str, facts: FactsAt, names: dict[str, Any]) -> None:
    expr = condition(source)
    value = expr.run(facts, names)
    assert value is evaluate(expr.node, facts, names)
    assert type(value) is bool


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("crowd >= 40 and leo.scene == 'hall.stage'", True),
        ("1 <= fragment < 2", False),
        ("crowd // (night.heat - 2)", 0),
        ("crowd % (night.heat - 2)", 0),
        ("-7 // 2", -4),
        ("-7 % 3", 2),
        ("bond.who.me", 2),
        ("bond.mia.leo", 2),
        ("who.scene", "home.kitchen"),
        ("count(r.warmth > 2 for r in family)", 2),
        ("count(r.warmth > 2 for r in family if r != 'leo')", 1),
        ("any(r.mood == 'angry' for r in family)", True),
        ("all(r.scene == 'hall.stage' for r in family)", False),
        ("held(leo) and not held(mia)", True),
        ("held(who)", False),
        ("cued(expo.fall) and not running(bed)", True),
        ("'scan' in evidence.kinds", False),
        ("'calm' if night.dark else 'angry'", "calm"),
        ("tape.holder in family", True),
        ("max(crowd, 60) - min(1, 2, 3) + abs(-4)", 63),
        ("len(evidence.kinds) + len(family)", 3),
        ("night.dark == true", True),
        ("not night.dark", False),
    ],
)
def test_an_expression_has_its_value(source: str, value: object) -> None:
    assert expression(source).run(some_facts(), NAMES) == value


def test_a_chorus_seat_reads_its_own_facts_and_those_of_its_role() -> None:
    facts = some_facts(citizen__17__mood="calm", citizen__rage=9)
    assert expression("anyone.mood").run(facts, {"anyone": "citizen.17"}) == "calm"
    chorus_only = condition("me.rage == 9", _scope_of_citizens())
    assert chorus_only.run(facts, {"me": "citizen.17"}) is True
    assert chorus_only.reads == {"citizen.rage"}


def test_a_seat_is_one_of_its_role_but_not_another_seat() -> None:
    scope = _scope_of_citizens()
    names = {"me": "citizen.17", "other": "citizen.18"}
    assert condition("me == 'citizen'", scope).run({}, names) is True
    assert condition("other in ('citizen', 'leo')", scope).run({}, names) is True
    assert condition("me == other", scope).run({}, names) is False


def test_somebody_paired_with_itself_reads_as_nothing() -> None:
    expr = expression("bond.me.who")
    assert expr.run(some_facts(), {"me": "leo", "who": "leo"}) == 0
    assert expr.run(some_facts(), {"me": "mia", "who": "leo"}) == 2


def test_a_drifting_fact_reads_as_it_is_now_and_an_int_as_it_is() -> None:
    expr = condition("leo.warmth >= 5")
    drift = Drift(4 * DRIFT_UNIT, DRIFT_UNIT, 1_000, 0, 10)
    assert expr.run(some_facts(1_000, leo__warmth=drift), {}) is False
    assert expr.run(some_facts(1_001, leo__warmth=drift), {}) is True
    assert expr.run(some_facts(1_000, leo__warmth=5), {}) is True


def test_a_fact_that_cannot_drift_is_one_look_up() -> None:
    plain: Any = condition("crowd >= 40 and leo.scene == 'hall.stage'").run
    drifting: Any = condition("leo.warmth >= 4").run
    assert plain.__code__.co_names == ()  # no function is called
    assert drifting.__code__.co_names == ("R",)


def test_the_code_can_reach_nothing_but_what_it_needs() -> None:
    run: Any = condition("count(r.warmth > 2 for r in family) >= 1 and bond.me.who > 0").run
    assert run.__globals__["__builtins__"] == {}
    assert set(run.__code__.co_names) <= {"S", "N", "R", "divide", "modulo"} | {
        name for name in run.__globals__ if name.startswith("C")
    }


def test_hundreds_of_members_are_counted_without_a_deep_tree() -> None:
    roles = tuple(f"r{k}" for k in range(900))
    facts = {f"{role}.ready": Slot(BOOL) for role in roles}
    scope = replace(SCOPE, facts=facts, sets={"all_of_them": roles}, variables={})
    expr = expression("count(r.ready for r in all_of_them)", scope)
    assert expr.run(dict.fromkeys(facts, True), {}) == 900


def _scope_of_citizens() -> Scope:
    citizens = Type("choice", choices=("citizen",))
    leo_too = Type("choice", choices=("citizen", "leo"))
    return SCOPE.binding({"me": citizens, "other": leo_too})
