"""Row B-E: every ending is reached by a run that people could play, and says what came of it."""

from support.evenings import Evening
from support.expo_runs import RUNS, Run
from support.packs import expo


def ended(name: str) -> Evening:
    """Return a recorded run's story, played to its end by its script."""
    run: Run = RUNS[name]
    evening = run.played()
    text = evening.heard(f"ending.{run.ending}.text")
    assert len(text) == 1
    assert text[0].to == ("all",)
    return evening


def test_B_E_every_ending_has_a_run_that_comes_to_it() -> None:
    endings = {beat.id for beat in expo().beats.values() if beat.is_ending}
    assert {run.ending for run in RUNS.values() if not run.absent} == endings


def test_B_E_ellis_steps_back_with_what_he_knew_on_record() -> None:
    evening = ended("ellis_steps_back")
    assert (evening["ellis.stepped"], evening["ellis.statement"]) == (True, "whole")
    assert evening["sealed.taper"] == "confessed"


def test_B_E_ellis_steps_back_although_nobody_plays_him() -> None:
    evening = ended("ellis_steps_back_without_ellis")
    assert evening["ellis.held"] == "nobody"
    assert len(evening.heard("step.letter")) == 1


def test_B_E_bedtime_is_reclaimed_by_the_household_that_kept_its_evenings() -> None:
    evening = ended("reclaimed_bedtime")
    assert (evening["halos"], evening["cycle"]) == ("unplugged", 1)
    assert evening["ritual.streak"] >= 4


def test_B_E_the_city_meets_in_workshops() -> None:
    evening = ended("workshops_city")
    assert evening["workshop.held"] >= 7
    assert evening["city.curiosity"] >= 75
    assert evening["city.addiction"] <= 20


def test_B_E_scrutiny_alone_reconciles_nobody() -> None:
    evening = ended("scrutiny_alone")
    assert evening["scrutiny"] >= 50
    assert (evening["halos"], evening["ritual.streak"]) == ("plugged", 0)


def test_B_E_dreamsync_triumphs_where_nothing_was_shown() -> None:
    evening = ended("dreamsync_triumphs")
    assert (evening["evidence.shown"], evening["household.score"]) == (0, 100)


def test_B_E_leo_is_captured_where_nobody_comes_for_him() -> None:
    evening = ended("leo_captured")
    assert evening["leo.captured"]
    assert evening["leo.scene"] == "dream.corridor"


def test_B_E_the_expo_collapses_in_chaos() -> None:
    evening = ended("expo_in_chaos")
    assert evening["expo.chaos"] == 100
    assert evening["scrutiny"] < 45


def test_B_E_ellis_spins_it() -> None:
    evening = ended("ellis_spins_it")
    assert evening["evidence.shown"] >= 4
    assert evening["scrutiny"] < 35
    assert not evening["ellis.stepped"]
