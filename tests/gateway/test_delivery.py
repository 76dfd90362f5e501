"""Frames for one member: whole views, and tails that are longer than one frame."""

from support.stage import Client, Stage

from dreamsync.protocol import server_messages as wire
from dreamsync_server.gateway.delivery import can_act
from dreamsync_server.limits import TAIL_EVENTS_MAX


def test_a_long_tail_comes_in_several_frames_without_a_gap() -> None:
    stage = Stage()
    ada = stage.enter("a", role="ada")
    start = stage.play.state.position
    for i in range(TAIL_EVENTS_MAX + 150):
        stage.play.act("a", "talk", words=f"line {i}")
    stage.hand_over()
    ada.read()
    twin = Client("a", "player")
    stage.admit(twin, start)
    assert [type(m) for m in twin.seen] == [wire.Entered, wire.View]
    assert [len(m.events) for m in twin.seen] == [TAIL_EVENTS_MAX, 150]
    said = [text for kind, _, text in twin.happened.values() if kind == "said"]
    assert said == [f"line {i}" for i in range(TAIL_EVENTS_MAX + 150)]
    assert twin.facts == stage.truth(twin)


def test_each_frame_of_a_long_tail_but_the_last_says_that_more_follows() -> None:
    stage = Stage()
    stage.enter("a", role="ada")
    start = stage.play.state.position
    for i in range(2 * TAIL_EVENTS_MAX + 1):
        stage.play.act("a", "talk", words=f"line {i}")
    stage.hand_over()
    twin = Client("a", "player")
    stage.admit(twin, start)
    assert [m.more for m in twin.seen] == [True, True, False]


def test_a_whole_view_has_the_number_that_was_decided_last() -> None:
    stage = Stage()
    ada = stage.enter("a", role="ada")
    stage.play.act("a", "make_tea")
    stage.hand_over()
    assert ada.member is not None
    whole = stage.room.sender.whole(ada.member, [])
    assert (whole["n"], whole["seat"], whole["role"], whole["speed"]) == (1, "ada", "ada", 1000)


def test_nobody_acts_in_a_story_that_has_ended_or_without_a_role() -> None:
    stage = Stage()
    ada, other = stage.enter("a", role="ada"), stage.enter("x")
    assert ada.member is not None
    assert other.member is not None
    facts = stage.follower.state.facts
    assert can_act(ada.member.viewer, facts)
    assert not can_act(other.member.viewer, facts)
    facts["ending"] = "morning"
    assert not can_act(ada.member.viewer, facts)


def test_who_plays_no_role_has_no_recap() -> None:
    stage = Stage()
    other = stage.enter("x")
    assert other.member is not None
    assert stage.room.sender.recap(other.member) == []
