"""What authors may assert, and what a failed assertion says."""

import pytest

from dreamsync_server.cli.story_tests import Story, brought_by
from dreamsync_server.story.goals import Goal, goal_named

STORY = Story("starter")


def goal(name: str) -> Goal:
    found = goal_named(STORY.pack, name)
    assert found is not None
    return found


def test_what_can_be_reached_is_and_what_cannot_says_why() -> None:
    assert STORY.reaches("ending.morning").goal.id == "morning"
    assert STORY.reaches("orchard_keeps", without="ben").absent == ("ben",)
    with pytest.raises(AssertionError, match=r"ending\.morning is impossible: .*chose\.waking"):
        STORY.reaches("ending.morning", without="ada")
    with pytest.raises(AssertionError) as told:
        STORY.reaches("ending.orchard_keeps", attempts=0)
    assert str(told.value) == (
        "story.yaml:71:3: ending.orchard_keeps: not yet witnessed, and nothing that was tried led"
        " nearer to it\n0 searches from seed 1 did not find a run, which proves nothing: give it"
        " more `attempts`, or look with\n  dreamsync rehearse starter --goal ending.orchard_keeps"
    )


def test_never_is_only_what_is_proved() -> None:
    STORY.never_reaches("ending.morning", without="ada")
    with pytest.raises(AssertionError) as told:
        STORY.never_reaches("ending.morning")
    first, *steps = str(told.value).splitlines()
    assert first.startswith("story.yaml:69:3: ending.morning is not proved impossible: a run of ")
    assert steps[-1].endswith("cue morning(occurrence=0) → ok")


def test_what_a_role_sees_is_found_in_the_runs() -> None:
    STORY.never_sees("ada", "ben.knows_song", runs=4)  # Ben's alone
    STORY.never_sees("ada", "night.falls", before="chime", runs=4)
    with pytest.raises(AssertionError, match=r"ada sees night\.falls at \d+:\d\d of trial"):
        STORY.never_sees("ada", "night.falls", runs=4)
    with pytest.raises(AssertionError) as told:
        STORY.never_sees("ben", "attic.door", before="morning", runs=8)
    first, *steps = str(told.value).splitlines()
    assert first.startswith("ben sees attic.door to be open at ")
    assert first.endswith(", before ending.morning; up to then, last")
    assert len(steps) == 5


def test_what_a_goal_brings_is_in_time_with_it_and_too_early_before_it() -> None:
    STORY.never_sees("ben", "beat.chime.text", before="chime", runs=4)
    STORY.never_sees("ben", before="chime", runs=4)
    assert brought_by(STORY.pack, goal("snuff_lamp"))[1:] == (
        "lamp.out", "did.snuff_lamp", "house.kitchen.lamp",
    )  # fmt: skip
    assert "box.plays" in brought_by(STORY.pack, goal("wind_box"))
    assert "waking.wakes" not in brought_by(STORY.pack, goal("blossoming"))
    with pytest.raises(AssertionError, match=r"ben sees ben\.nerve to be .*, before beat"):
        STORY.never_sees("ben", "ben.nerve", before="blossoming", runs=8)
    with pytest.raises(ValueError, match="say what is not to be seen"):
        STORY.never_sees("ben")


def test_what_does_not_exist_is_said() -> None:
    with pytest.raises(ValueError, match="did you mean 'morning'"):
        STORY.reaches("ending.mornin")
    with pytest.raises(ValueError, match="no role 'bem'; did you mean 'ben'"):
        STORY.reaches("morning", without="bem")
    with pytest.raises(ValueError, match=r"no fact and no text 'attic.dor'; .*'attic.door'"):
        STORY.never_sees("ada", "attic.dor")
    with pytest.raises(ValueError, match="no role 'adda'"):
        STORY.never_sees("adda", "attic.door")
    with pytest.raises(ValueError, match="no fact and no text"):
        STORY.never_sees("ada", "no.such")
