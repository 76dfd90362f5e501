"""Scoring: the same seeds under both, paired; and what a run is measured by."""

from dataclasses import replace

import pytest
from support.packs import starter

from dreamsync_server.story.bots import Bots, people_of
from dreamsync_server.story.measures import Measures
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.story.scoring import compare, endings_of, entropy, run_once


@pytest.fixture(scope="module")
def runs() -> tuple[list[Measures], list[Measures]]:
    seeds = range(3)
    return (
        [run_once(starter(), seed, "director") for seed in seeds],
        [run_once(starter(), seed, "triggers") for seed in seeds],
    )


def test_a_run_comes_out_the_same_again(runs: tuple[list[Measures], list[Measures]]) -> None:
    assert run_once(starter(), 0, "director") == runs[0][0]


def test_triggers_never_nudge_and_the_director_keeps_to_the_cap(
    runs: tuple[list[Measures], list[Measures]],
) -> None:
    assert [m.nudges for m in runs[1]] == [0, 0, 0]
    assert all(0 < m.nudges <= 0.55 for m in runs[0])
    assert all(m.lead_gap_s <= 181 for m in runs[0])


def test_what_is_the_same_is_even_and_what_is_always_less_is_told() -> None:
    one = run_once(starter(), 0, "triggers")
    same = {row.name: row.verdict for row in compare([one, one], [one, one])}
    assert set(same.values()) == {"even"}
    calmer = [replace(one, tension_error=one.tension_error - 1 - k / 10) for k in range(2)]
    told = {row.name: row for row in compare(calmer, [one, one])}
    assert told["tension error"].verdict == "ahead"


def test_entropy_counts_in_bits() -> None:
    assert entropy(["a", "b", "a", "b"]) == 1.0
    assert entropy([]) == 0.0


def test_endings_are_counted(runs: tuple[list[Measures], list[Measures]]) -> None:
    assert sum(endings_of(runs[0]).values()) == 3


def test_bots_hold_every_open_seat_and_are_the_same_people_for_a_seed() -> None:
    play = Playthrough(starter(), 4)
    bots = Bots(play, 4)
    assert [play.facts[f"{role}.held"] for role in bots.people] == ["player", "player"]
    assert people_of(4, ["ada", "ben"]) == bots.people
