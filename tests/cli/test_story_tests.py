"""What authors may assert, and what a failed assertion says."""

import pytest

from dreamsync_server.cli.story_tests import Story

STORY = Story("starter")


def test_what_can_be_reached_is_and_what_cannot_says_why() -> None:
    assert STORY.reaches("ending.morning").goal.id == "morning"
    assert STORY.reaches("orchard_keeps", without="ben").absent == ("ben",)
    with pytest.raises(AssertionError, match=r"ending\.morning is impossible: .*chose\.waking"):
        STORY.reaches("ending.morning", without="ada")
    with pytest.raises(AssertionError, match="not yet witnessed"):
        STORY.reaches("ending.orchard_keeps", attempts=0)


def test_never_is_only_what_is_proved() -> None:
    STORY.never_reaches("ending.morning", without="ada")
    with pytest.raises(AssertionError, match="is not proved impossible"):
        STORY.never_reaches("ending.morning")


def test_what_a_role_sees_is_found_in_the_runs() -> None:
    STORY.never_sees("ada", "ben.knows_song", runs=4)  # Ben's alone
    STORY.never_sees("ada", "night.falls", before="chime", runs=4)
    with pytest.raises(AssertionError, match=r"ada sees night\.falls at \d+:\d\d of trial"):
        STORY.never_sees("ada", "night.falls", runs=4)
    with pytest.raises(AssertionError, match=r"ben sees attic\.door"):
        STORY.never_sees("ben", "attic.door", runs=8)


def test_what_does_not_exist_is_said() -> None:
    with pytest.raises(ValueError, match="did you mean 'morning'"):
        STORY.reaches("ending.mornin")
    with pytest.raises(ValueError, match="no role 'bem'"):
        STORY.reaches("morning", without="bem")
    with pytest.raises(ValueError, match="no fact and no text"):
        STORY.never_sees("ada", "no.such")
