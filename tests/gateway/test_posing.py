"""Poses on their way: to whom they go, and when they fall away."""

from support.stage import two_in_the_kitchen

from dreamsync.protocol import server_messages as wire
from dreamsync_server.world.commit import Proposal


def test_poses_go_to_those_in_the_scene_and_fall_away_when_one_leaves_it() -> None:
    stage, ada, ben = two_in_the_kitchen()
    guest = stage.enter("g1", role="guest")
    assert ben.member is not None
    stage.room.pose(ben.member, 100, 200, 90)
    stage.pass_ms(60)
    for client in (ada, guest):
        client.read()
    shown = [m for m in ada.seen if isinstance(m, wire.Poses)]
    assert [(m.scene, m.poses) for m in shown] == [("house.kitchen", (("ben", 100, 200, 90),))]
    assert not any(isinstance(m, wire.Poses) for m in guest.seen)
    stage.room.pose(ben.member, 10**6, 0, 0)  # outside of the scene
    stage.pass_ms(60)
    ada.read()
    assert len([m for m in ada.seen if isinstance(m, wire.Poses)]) == 1


def test_those_of_a_chorus_are_seen_where_they_stand_though_no_fact_says_so() -> None:
    stage, ada, _ = two_in_the_kitchen()
    one, other = stage.enter("g1", role="guest"), stage.enter("g2", role="guest")
    desk, watcher = stage.enter("d", kind="desk"), stage.enter("w", kind="watch")
    assert one.member is not None
    assert "guest.1.scene" not in stage.follower.state.facts, "it has not moved yet"
    stage.room.pose(one.member, 100, 200, 90)
    stage.pass_ms(60)
    stage.room.pump()
    for client in (one, other, desk, watcher, ada):
        client.read()
        frames = [m.poses for m in client.seen if isinstance(m, wire.Poses)]
        wanted = [] if client is ada else [(("guest.1", 100, 200, 90),)]
        assert frames == wanted, client.session
    assert "guest.1.scene" not in other.facts


def test_a_pose_falls_away_when_its_seat_leaves_the_scene() -> None:
    stage, ada, ben = two_in_the_kitchen()
    assert ben.member is not None
    stage.room.pose(ben.member, 100, 200, 90)
    for _ in range(2):
        stage.play.act("a", "whisper", who="ben", words="psst")
        stage.play.pass_ms(3_000)
    assert stage.play.act("b", "go", to="house.attic").code == "ok"
    stage.hand_over()
    stage.pass_ms(60)
    stage.room.pump()
    ada.read()
    assert [m.poses for m in ada.seen if isinstance(m, wire.Poses)][-1] == ()


def test_who_comes_is_told_where_everybody_stands_and_nobody_else_is() -> None:
    stage, ada, ben = two_in_the_kitchen()
    assert ben.member is not None
    stage.room.pose(ben.member, 100, 200, 90)
    stage.pass_ms(60)
    stage.room.pump()
    watcher, late = stage.enter("w", kind="watch"), stage.enter("x")
    stage.pass_ms(60)
    stage.room.pump()
    given = Proposal("handover", "player", "a", 1, {"to": "x"})
    assert stage.play.propose(given).outcomes[0].code == "ok"
    stage.hand_over()
    stage.pass_ms(60)
    stage.room.pump()
    for client in (ada, ben, watcher, late):
        client.read()
        frames = [m.poses for m in client.seen if isinstance(m, wire.Poses)]
        assert frames == [(("ben", 100, 200, 90),)], client.session


def test_who_plays_no_role_has_no_pose() -> None:
    stage, _, _ = two_in_the_kitchen()
    nobody = stage.enter("x")
    assert nobody.member is not None
    assert not stage.room.posing.put(nobody.member, 1, 1, 0)
    assert stage.room.posing.due_s() == float("inf")
