"""Seeking: every goal of the starter is found, by the same steps each time, under any hashing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.packs import expo, starter
from support.planted import planted

from dreamsync_server.story.atlas import atlas_of
from dreamsync_server.story.goals import Goal, goals_of
from dreamsync_server.story.seeking import seek
from dreamsync_server.story.shrinking import play_again

ATLAS = atlas_of(starter())


@pytest.mark.parametrize("goal", goals_of(starter()), ids=str)
def test_every_goal_of_the_starter_is_found_and_its_run_reaches_it(goal: Goal) -> None:
    runs = (seek(ATLAS, goal, 5 + k, attempt=k) for k in range(4))
    found = next(f for sought in runs for f in sought.found if f.goal == goal)
    play = play_again(starter(), found)
    name = {"ending": "ending", "beat": f"cued.{goal.id}", "action": f"did.{goal.id}"}[goal.kind]
    assert play.facts[name] == (goal.id if goal.kind == "ending" else 1)


def test_a_hidden_beat_is_found_and_other_wanted_goals_on_the_way() -> None:
    pack = planted()
    sought = seek(atlas_of(pack), Goal("beat", "whispers"), 1, wanted=goals_of(pack))
    assert {Goal("beat", "whispers"), Goal("action", "whisper")} <= {f.goal for f in sought.found}


def test_what_is_not_found_says_how_near_it_came() -> None:
    sought = seek(ATLAS, Goal("ending", "morning"), 1, turns=3)
    assert sought.found == ()
    assert sought.miss is not None
    assert sought.miss.leaves == ('chose.waking == "wake"',)
    assert 0 < sought.miss.cost < 100


def test_the_expos_far_endings_need_a_plan_and_have_one() -> None:
    sought = seek(atlas_of(expo()), Goal("beat", "night.rebellion"), 3)
    assert [str(f.goal) for f in sought.found] == ["beat.night.rebellion"]


SCRIPT = """
from support.packs import starter
from dreamsync_server.story.atlas import atlas_of
from dreamsync_server.story.goals import goals_of
from dreamsync_server.story.seeking import seek
from dreamsync_server.story.shrinking import rehearsal_of, shrink
from dreamsync_server.story.trial import play_trial
atlas = atlas_of(starter())
for goal in goals_of(starter())[:4]:
    found = seek(atlas, goal, 3, attempt=1).found
    print(goal, [f.steps for f in found], [rehearsal_of(starter(), shrink(starter(), f), "").digest
                                           for f in found])
print(play_trial(starter(), 3, 1)[0].as_plain())
"""


def test_all_of_it_comes_out_the_same_under_two_hash_seeds() -> None:
    tests = str(Path(__file__).parents[1])
    told = []
    for seed in ("1", "2"):
        env = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join((tests, *sys.path)),
        }
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, check=True
        )
        told.append(run.stdout)
    assert told[0] == told[1]
    assert "ending.morning" in told[0]


def test_what_these_people_cannot_reach_is_given_up_at_once() -> None:
    more = "beats: {alone: {when: not held(ada) and house.hush >= 2}}"
    pack = planted(more, "beat.alone.title: Alone\nbeat.alone.text: Alone.\n")
    goal = Goal("beat", "alone")
    assert seek(atlas_of(pack), goal, 1).turns == 1
    without = seek(atlas_of(pack, ("ada",)), goal, 1, absent=("ada",))
    assert [found.absent for found in without.found] == [("ada",)]
