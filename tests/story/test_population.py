"""A population, counted."""

import pytest
from support.packs import starter

from dreamsync_server.story.population import (
    entropy_bits,
    jain,
    summary_of,
    tension_at,
    wanted_tension,
)
from dreamsync_server.story.trial import Trial, play_trial
from dreamsync_server.world.model import Chapter, Place


def test_shares_times_and_what_never_happens_come_from_the_trials() -> None:
    trials = [play_trial(starter(), 1, number)[0] for number in range(12)]
    found = summary_of(starter(), trials)
    assert found["runs"] == 12
    shares = [one["share"] for one in found["endings"].values()]
    assert sum(shares) == pytest.approx(1 - found["dead_ends"] / 12, abs=0.001)
    assert sum(found["spotlight"].values()) == pytest.approx(1, abs=0.01)
    assert found["actions"]["never_useful"] == []
    assert found["minutes"][0]["going"] == 1.0
    assert found["gap_ms"]["p50"] <= found["gap_ms"]["p95"]


def test_no_trials_are_no_fault() -> None:
    assert summary_of(starter(), [])["runs"] == 0


def test_an_action_that_was_never_legal_is_told_apart_from_one_never_done() -> None:
    trial = Trial(0, 0, {}, offered=["talk", "pick"], done=["talk"], useful=[])
    found = summary_of(starter(), [trial])["actions"]
    assert (found["never_done"], found["never_useful"]) == (["pick"], ["talk"])
    assert "hum" in found["never_legal"]


def test_fairness_and_entropy_are_what_their_names_say() -> None:
    assert (jain([5, 5, 5]), jain([9, 0, 0]), jain([0, 0])) == (1.0, pytest.approx(1 / 3), 1.0)
    assert entropy_bits({"a": 0.5, "b": 0.5}) == 1.0
    assert entropy_bits({"a": 1.0}) == 0.0


def test_the_wanted_tension_is_read_between_the_points_of_the_chapters() -> None:
    chapter = Chapter("c", ((0, 2), (100, 6)), Place("x", 1, 1))
    assert [tension_at(chapter, s) for s in (0, 50, 100, 500)] == [2, 4, 6, 6]
    trial = Trial(0, 0, {}, chapters={"dream": 600_000})
    assert wanted_tension(starter(), trial, 0) == 1
    assert wanted_tension(starter(), trial, 780_000) == 8
