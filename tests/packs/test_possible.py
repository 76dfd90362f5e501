"""Conditions that can never be true."""

import pytest
from support.packs import starter
from support.sample import check_with

from dreamsync_server.packs.possible import domain_of


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ("calm > 10", "`calm > 10` cannot hold: calm is 0 to 10"),
        ('chapter == "early" and chapter == "late"', '`chapter == "late"` cannot hold'),
        ('ada.mood == "loud" and not ada.mood == "loud"', "always holds"),
        ("len(seen) > 4", "cannot hold"),
    ],
)
def test_it_is_told_with_the_reason(when: str, reason: str) -> None:
    (fault,) = check_with(f"laws:\n  a:\n    when: {when}\n    do: []\n").faults
    assert (fault.code, fault.line, fault.column) == ("impossible", 3, 11)
    assert reason in fault.what


def test_a_fact_that_nothing_changes_is_its_start() -> None:
    more = "facts: {f: {type: int, range: [0, 9], visible: desk}}\nlaws: {a: {when: f > 0, do: []}}"
    errors = [fault for fault in check_with(more).faults if fault.severity == "error"]
    assert [fault.code for fault in errors] == ["impossible"]


def test_the_domain_is_what_effects_set_and_nothing_where_they_may_do_more() -> None:
    domain = domain_of(starter())
    assert domain["attic.door"] == ("locked", "open")
    assert domain["chapter"] == ("night", "dream")
    assert domain["ben.knows_song"] == (True, False)
    assert "ada.nerve" not in domain
    assert "house.hush" not in domain
    assert "ada.scene" not in domain


def test_a_clock_that_nothing_starts_never_runs() -> None:
    more = "clocks: {c: {length: 9s}}\nlaws: {a: {when: running(c), do: []}}"
    faults = check_with(more, text="clock.c.name: C\n").faults
    assert [fault.code for fault in faults if fault.severity == "error"] == ["impossible"]
