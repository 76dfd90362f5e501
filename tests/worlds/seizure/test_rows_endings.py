"""Row A-E: each of the nine endings is reached by a recorded run, with a role missing too."""

import functools

import pytest
from worlds.rerecord import recorded
from worlds.seizure.nights import CAST, seizure

from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.story.rehearsing import rerun

RUNS = {name: run for name, run in recorded("seizure").items() if run.ends}
ENDINGS = tuple(beat.id for beat in seizure().beats.values() if beat.is_ending)


@functools.cache
def ended(name: str) -> Playthrough:
    """Return a recorded run, decided again: as it was, to its ending, which everybody reads."""
    again = rerun(seizure(), RUNS[name])
    assert again.mismatches == ()
    assert again.play.ending == RUNS[name].ends == name.partition("_without_")[0]
    assert again.digest == RUNS[name].digest
    assert told(again.play, f"ending.{again.play.ending}.text") == [("all",)]
    return again.play


def told(play: Playthrough, key: str) -> list[tuple[str, ...]]:
    """Return who was told a text, each time."""
    return [e.to for commit in play.commits for e in commit.events if e.key == key]


def identity(play: Playthrough) -> list[str]:
    """Return who each of the cast has become."""
    return [play.facts[f"{role}.identity"] for role in CAST]


def test_A_E_there_are_nine_and_each_has_a_run_and_one_with_a_role_missing() -> None:
    assert len(ENDINGS) == 9
    assert {run.ends for run in RUNS.values() if not run.absent} == set(ENDINGS)
    assert {run.ends for run in RUNS.values() if run.absent} == set(ENDINGS)


@pytest.mark.parametrize("name", RUNS)
def test_A_E_each_recorded_run_comes_out_as_it_was(name: str) -> None:
    assert ended(name).ending in ENDINGS


def test_A_E_mia_rests_unfiltered() -> None:
    play = ended("unfiltered_rest")
    assert play.facts["mia.left"]
    assert (play.facts["mia.identity"], play.facts["mia.watched_over"]) == ("rested", True)
    assert told(play, "coda.mia") == [("role:mia",)]


def test_A_E_terras_campaign_carries_the_city() -> None:
    play = ended("campaign")
    assert play.facts["pledges"] >= 45
    assert play.facts["terra.identity"] in ("wakeful", "rested")
    assert (play.facts["spent"], told(play, "coda.unbought")) == (0, [("all",)])


def test_A_E_kane_traps_again() -> None:
    play = ended("re_trapped")
    assert play.facts["trapped"] in CAST
    assert play.facts[f"{play.facts['trapped']}.scene"] == "dream.stratum"
    assert play.facts["kane.identity"] != "rested"


def test_A_E_leos_script_is_played() -> None:
    play = ended("scripted")
    assert play.facts["script.fault"] == "sound"
    assert play.facts["leo.identity"] != "synced"
    assert told(play, "script.played") == [("all",)]
    assert len(told(play, "script.no_waker")) == 1  # and it was told why, before


def test_A_E_the_night_is_seized_and_lost() -> None:
    play = ended("seized_and_lost")
    assert play.facts["seized"]
    assert play.facts["independence"] < 4
    assert "synced" in identity(play)


def test_A_E_the_city_collapses() -> None:
    play = ended("collapse")
    assert play.facts["collapse"] >= 11
    assert "synced" in identity(play)


def test_A_E_the_merge_is_complete() -> None:
    play = ended("merge_complete")
    assert play.facts["merge"] == 8
    assert "synced" in identity(play)


def test_A_E_the_fabric_is_breached() -> None:
    play = ended("breach")
    assert play.facts["fabric"] == 0
    assert set(identity(play)) != {"rested"}


def test_A_E_bonds_are_mended() -> None:
    play = ended("mended_bonds")
    assert play.facts["bonds_mended"] >= 3
    assert identity(play).count("rested") >= 2
    assert told(play, "coda.invitation") == [("all",)]
