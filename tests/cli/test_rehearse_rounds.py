"""Rounds: the same whatever the number of jobs, and gone on with where they were left."""

import dataclasses
from pathlib import Path

import pytest
from support.packs import WORLDS, starter

from dreamsync_server.cli.rehearse_rounds import (
    Plan,
    Results,
    as_plain,
    load_results,
    rehearse_rounds,
    save_results,
)
from dreamsync_server.cli.rehearse_work import Crew, Part, SeekPart, TrialPart
from dreamsync_server.errors import OperatorError
from dreamsync_server.story.goals import Goal, goals_of

GOALS = goals_of(starter())
PLAN = Plan(WORLDS / "starter", starter(), GOALS, trials_max=9, attempts_max=2)


class Counted(Crew):
    """A crew that stops after so many parts, as a budget would."""

    def __init__(self, most: int) -> None:
        self.left = most
        super().__init__(1, self.left_s)

    def left_s(self) -> float:
        self.left -= 1
        return float(self.left >= 0)


def run(crew: Crew, results: Results | None = None, plan: Plan = PLAN) -> Results:
    results = Results(3, ()) if results is None else results
    rehearse_rounds(plan, results, crew, lambda *_: None, lambda _: None)
    crew.close()
    return results


def test_the_first_round_is_trials_and_later_ones_search_for_what_is_open() -> None:
    results = Results(3, ())
    first = PLAN.round(results)
    assert [type(part) for part in first] == [TrialPart] * 9
    assert [part.absent for part in first] == [()] * 8 + [("ada",)]
    results.rounds = 1
    searched: list[Part] = [part for part in PLAN.round(results) if isinstance(part, SeekPart)]
    assert len(searched) == len(GOALS)
    results.rounds = 3
    without: list[tuple[str, ...]] = [
        part.absent for part in PLAN.round(results) if isinstance(part, SeekPart)
    ]
    assert without == []  # no more attempts than planned, and no more trials
    more = dataclasses.replace(PLAN, attempts_max=9)
    assert {part.absent for part in more.round(results)} == {("ada",)}


def test_without_trials_the_search_begins_at_once() -> None:
    parts = dataclasses.replace(PLAN, trials_max=0).round(Results(3, ()))
    assert [(type(part), part.attempt) for part in parts if isinstance(part, SeekPart)] == [
        (SeekPart, 0)
    ] * len(GOALS)


def test_all_of_the_starter_is_found_and_the_rehearsal_knows_that_it_is_done() -> None:
    results = run(Crew(1, lambda: 300.0))
    assert results.is_whole
    assert set(results.found) == set(GOALS)
    assert len(results.trials) == 9


def test_it_comes_out_the_same_with_two_jobs_and_after_breaks(tmp_path: Path) -> None:
    alone = as_plain(starter(), run(Crew(1, lambda: 300.0)))
    assert as_plain(starter(), run(Crew(2, lambda: 300.0))) == alone
    file = tmp_path / "state.json"
    results = run(Counted(5))
    assert not results.is_whole
    for most in (9, 100):
        save_results(file, starter(), results)
        results = run(Counted(most), load_results(file, starter(), 3, ()))
    assert as_plain(starter(), results) == alone
    assert [run["absent"] for run in alone["missing"]] == [["ada"], ["ben"]]


@pytest.mark.parametrize(("seed", "absent"), [(4, ()), (3, ("ada",))])
def test_a_state_of_another_rehearsal_is_refused(tmp_path: Path, seed, absent) -> None:
    file = tmp_path / "state.json"
    save_results(file, starter(), Results(3, ()))
    with pytest.raises(OperatorError, match="another rehearsal"):
        load_results(file, starter(), seed, absent)
    file.write_text("{}")
    with pytest.raises(OperatorError, match="no rehearsal"):
        load_results(file, starter(), 3, ())


def test_the_nearest_miss_is_kept() -> None:
    goal = Goal("ending", "morning")
    plan = dataclasses.replace(PLAN, goals=(goal,), trials_max=0)
    part = SeekPart(plan.folder, 1, goal, 0, (), frozenset(), turns=2)
    results = Results(1, ())
    for done in Crew(1, lambda: 9.0).do([part]):
        results.take(done)
    assert results.misses[goal].leaves == ('chose.waking == "wake"',)
