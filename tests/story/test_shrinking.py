"""Shrinking: fewer steps, the same goal, and a rehearsal that comes out again."""

from support.packs import starter

from dreamsync_server.story.goals import Goal
from dreamsync_server.story.rehearsing import rerun
from dreamsync_server.story.shrinking import play_again, rehearsal_of, shrink
from dreamsync_server.story.trial import play_trial

GOAL = Goal("ending", "morning")


def found_by_chance():
    for number in range(20):
        for found in play_trial(starter(), 1, number, wanted=(GOAL,))[1]:
            return found
    raise AssertionError("morning comes in most runs")


def test_a_run_of_hundreds_of_steps_becomes_a_few_that_reach_the_same() -> None:
    found = found_by_chance()
    short = shrink(starter(), found)
    assert found.count > 50
    assert short.count <= 12
    assert play_again(starter(), short, slack_ms=7_200_000).ending == "morning"
    fewer = [step for step in short.steps if step.kind != "join"]
    assert fewer, "somebody has to do something"


def test_a_shrunk_run_is_a_rehearsal_that_comes_out_as_recorded() -> None:
    rehearsal = rehearsal_of(starter(), shrink(starter(), found_by_chance()), "By chance.")
    again = rerun(starter(), rehearsal)
    assert (again.mismatches, again.digest, rehearsal.ends) == ((), rehearsal.digest, "morning")


def test_where_nothing_may_be_left_out_nothing_is() -> None:
    found = found_by_chance()
    assert shrink(starter(), found, tries=0).goal == GOAL
