"""Why, why not and what if: exactly the failing leaves, who changed what, and the way out."""

import pytest
from support.packs import night_for_two, starter

from dreamsync_server.story.guide import Guide
from dreamsync_server.story.why import explain, last_changes, near_misses, what_if

GUIDE = Guide(starter())


def test_why_not_names_the_failing_leaves_and_changing_them_lets_the_beat_come() -> None:
    play = night_for_two()
    beat = play.pack.beats["footsteps"]
    why = explain(GUIDE, play.state, beat)
    assert [leaf.text for leaf in why.failing] == ['attic.door == "open"']
    assert "law unlocking" in why.failing[0].changers
    for _ in range(4):
        play.act("a", "comfort", who="ben")
        play.act("b", "comfort", who="ada")
        play.pass_ms(10_000)
    again = explain(GUIDE, play.state, beat)
    assert (again.code, again.failing) == ("ok", ())


def test_a_leaf_tells_when_and_by_whom_it_last_changed() -> None:
    play = night_for_two()
    play.pass_ms(5_000)
    play.act("a", "snuff_lamp")
    beat = play.pack.beats["chime"]
    assert beat.when is not None
    history = last_changes(reversed(play.commits), beat.when.reads)
    [leaf] = explain(GUIDE, play.state, beat, history).leaves
    assert leaf.changed is not None
    assert (leaf.changed.world_ms, leaf.changed.by) == (5_000, "a: snuff_lamp")


def test_what_if_is_a_copy() -> None:
    play = night_for_two()
    other = what_if(play.state, {"house.hush": "6", "attic.door": "open", "ada.mood": "calm"})
    assert explain(GUIDE, other, play.pack.beats["chime"]).code == "ok"
    assert explain(GUIDE, play.state, play.pack.beats["chime"]).code == "condition"


@pytest.mark.parametrize(
    ("fact", "value", "says"),
    [
        ("house.hash", 1, "no fact"),
        ("house.hush", 11, "from 0 to 10"),
        ("attic.door", "ajar", "one of locked, open"),
        ("music_box.wound", 3, "true or false"),
        ("keepsakes", "apple", "cannot be supposed"),
    ],
)
def test_what_cannot_be_supposed_says_why(fact: str, value: int | str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        what_if(night_for_two().state, {fact: value})


def test_near_misses_are_those_of_now_the_nearest_first() -> None:
    found = near_misses(starter(), night_for_two().facts)
    assert found[0].failing == 1
    assert "blossoming" not in [near.beat for near in found]
    assert [near[1:] for near in found] == sorted(near[1:] for near in found)
