"""A population, counted."""

import pytest
from support.packs import starter

from dreamsync_server.story.population import (
    entropy_bits,
    summary_of,
)
from dreamsync_server.story.trial import Trial, play_trial


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


def test_entropy_is_none_where_all_is_one() -> None:
    assert entropy_bits({"a": 0.5, "b": 0.5}) == 1.0
    assert entropy_bits({"a": 1.0}) == 0.0


def test_tension_is_what_was_measured_beside_what_was_wanted() -> None:
    runs = [
        Trial(0, 0, {}, ended_ms=90_000, tension=[[0, 10, 20], [30, 30, 40], [60, 50, 60]]),
        Trial(1, 1, {}, ended_ms=50_000, tension=[[0, 20, 20], [30, 40, 40]]),
    ]
    found = summary_of(starter(), runs)
    first, second = found["minutes"]
    assert (first["tension"], first["low"], first["high"], first["wanted"]) == (2.5, 1, 4, 3)
    assert (second["tension"], second["wanted"], second["going"]) == (5, 6, 0.5)
    assert found["tension_error"] == 0.6


def test_gaps_and_dead_ends_are_told_with_the_chapter_they_lie_in() -> None:
    runs = [
        Trial(0, 0, {}, "morning", 900_000, gap_ms=200_000, gap_from_ms=650_000,
              chapters={"night": 0, "dream": 600_000}),
        Trial(1, 1, {}, "", 900_000, beats={"chime": 240_000}, moments=[240_000, 250_000],
              chapters={"night": 0}, gap_ms=650_000, gap_from_ms=250_000),
    ]  # fmt: skip
    found = summary_of(starter(), runs)
    assert found["gaps"] == [
        {"chapter": "night", "runs": 1, "ms": 650_000},
        {"chapter": "dream", "runs": 1, "ms": 200_000},
    ]
    assert found["stuck"] == [
        {"trial": 1, "chapter": "night", "last_beat": "chime", "last_ms": 250_000}
    ]


def test_runs_with_a_role_late_or_missing_are_told_apart() -> None:
    late = Trial(0, 0, {}, "morning", spotlight={"ada": 1, "ben": 1}, late={"ada": 300})
    alone = Trial(1, 1, {}, "", spotlight={"ada": 1, "ben": 0}, absent=["ben"])
    found = summary_of(starter(), [late], [alone])
    assert found["runs"] == 1
    assert [(g["role"], g["how"], g["endings"], g["dead_ends"]) for g in found["groups"]] == [
        ("ada", "late", {"morning": 1}, 0), ("ben", "missing", {}, 1),
    ]  # fmt: skip


def test_hints_are_summed_over_the_runs() -> None:
    runs = [Trial(n, n, {}, hints={"draught": [2, n]}) for n in range(2)]
    assert summary_of(starter(), runs)["hints"] == {"draught": {"given": 4, "helped": 1}}
