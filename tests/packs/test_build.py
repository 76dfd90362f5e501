"""The parts joined: indexes, aliases, sets, what effects may change."""

import pytest
from support.packs import starter
from support.sample import check_with

from dreamsync_server.packs import load
from dreamsync_server.packs.sample import SAMPLE


def test_laws_are_found_by_the_facts_they_read() -> None:
    pack = starter()
    assert pack.laws_reading == {
        "trust.ada.ben": ("unlocking",),
        "chapter": ("falling_asleep",),
        "house.hush": ("falling_asleep",),
    }
    assert pack.drift_laws == ("falling_asleep",)


def test_every_expression_of_the_starter_runs_on_its_starting_facts() -> None:
    pack = starter()
    facts = {name: fact.start for name, fact in pack.facts.items()}
    assert [law.when.run(facts, {}) for law in pack.laws.values()] == [False, False]
    tea = pack.actions["comfort"].when
    assert tea is not None
    assert tea.run(facts, {"me": "ada", "who": "ben"}) is True


def test_the_same_files_are_the_same_pack_and_hash() -> None:
    assert load(SAMPLE) == load(dict(reversed(SAMPLE.items())))


@pytest.mark.parametrize(
    ("fact", "how"),
    [
        ("ada.scene", "'move'"), ("lamp.holder", "'give'"), ("chapter", "'chapter'"),
        ("ending", "'end'"), ("clock.bell", "'start'"), ("choice.stay", "'offer'"),
        ("chose.stay", "answer"), ("ada.held", "the world itself"), ("cued.noon", "the world"),
    ],
)  # fmt: skip
def test_a_built_in_fact_says_what_changes_it(fact: str, how: str) -> None:
    more = f"laws: {{a: {{when: calm > 1, do: [set: {{{fact}: 1}}]}}}}"
    (fault,) = check_with(more).faults
    assert fault.code == "not_settable"
    assert how in fault.what
