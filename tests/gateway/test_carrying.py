"""Poses across nodes: who hears of them, what is believed, and what costs nothing."""

import msgpack
import pytest
from support.stage import Client, Stage, two_in_the_kitchen

from dreamsync.protocol import server_messages as wire
from dreamsync_server.gateway.carrying import Carrying
from dreamsync_server.gateway.room import Room
from dreamsync_server.limits import POSES_ASKED_S, POSES_WHOLE_S
from dreamsync_server.world.commit import Proposal

HERE, FAR = "a", "b"


class Pair:
    """Ada is at this node, Ben at the other one, as the log says; `said` is what this one said."""

    def __init__(self) -> None:
        self.said: list[bytes] = []
        self.stage, self.ada, self.ben = two_in_the_kitchen()
        self.stage.room = self.room = rebuilt(self.stage, self.said)
        for client in (self.ada, self.ben):
            self.stage.admit(client, None)
        self.at("a", HERE)
        self.at("b", HERE)

    def at(self, session: str, node: str) -> None:
        """Let the log say at which node a session is."""
        self.stage.play.propose(Proposal("back", "player", session, arguments={"gateway": node}))
        self.stage.hand_over()

    def hear(self, *standings: tuple[object, ...], node: str = FAR) -> None:
        self.room.hear_poses(msgpack.packb([node, standings]))
        self.stage.pass_ms(60)
        self.room.pump_poses()

    def shown(self, client: Client) -> list[tuple[object, ...]]:
        """Return the last poses a client was shown."""
        client.read()
        frames = [m for m in client.seen if isinstance(m, wire.Poses)]
        return list(frames[-1].poses) if frames else []

    def told(self) -> list[object]:
        return [msgpack.unpackb(said)[1] for said in self.said]


def rebuilt(stage: Stage, said: list[bytes]) -> Room:
    """Return a room of node `HERE` in place of the stage's own."""
    card = stage.room.card
    return Room(
        stage.follower, card, stage.clock.mono_s, stage.wakes.append, node=HERE,
        say_poses=said.append,
    )  # fmt: skip


def move(pair: Pair, client: Client, x: int) -> None:
    assert client.member is not None
    pair.room.pose(client.member, x, 20, 30)
    pair.stage.pass_ms(60)
    pair.room.pump_poses()


def test_nothing_is_said_while_nobody_is_at_another_node() -> None:
    pair = Pair()
    move(pair, pair.ada, 10)
    pair.stage.clock.advance(10_000)
    pair.room.beat()

    assert pair.said == []


def test_what_this_node_said_itself_is_nobody_who_asks() -> None:
    pair = Pair()
    pair.room.hear_poses(msgpack.packb([HERE, None]))
    move(pair, pair.ada, 10)

    assert pair.said == []


def test_one_of_a_chorus_who_has_not_moved_yet_is_believed_to_stand_where_it_began() -> None:
    pair = Pair()
    guests = [pair.stage.enter(name, role="guest") for name in ("g1", "g2")]
    pair.at("g1", FAR)
    pair.at("g2", HERE)
    pair.hear(("guest.1", "dream.orchard", 1, 2, 3))

    assert pair.shown(guests[1]) == [("guest.1", 1, 2, 3)]
    assert pair.shown(pair.ada) == []


def test_who_comes_at_another_node_makes_all_be_said_and_then_each_move() -> None:
    pair = Pair()
    move(pair, pair.ada, 10)
    pair.at("b", FAR)
    pair.stage.pass_ms(60)
    pair.room.pump_poses()
    move(pair, pair.ada, 11)

    assert pair.told() == [
        [["ada", "house.kitchen", 10, 20, 30]],
        [["ada", "house.kitchen", 11, 20, 30]],
    ]


def test_moves_within_one_interval_are_said_once_the_latest() -> None:
    pair = Pair()
    pair.at("b", FAR)
    assert pair.ada.member is not None
    move(pair, pair.ada, 10)
    for x in (11, 12, 13):
        pair.room.pose(pair.ada.member, x, 20, 30)
    pair.stage.pass_ms(60)
    pair.room.pump_poses()

    xs = [standing[2] for note in pair.told() for standing in note]  # type: ignore[attr-defined]
    assert xs == [10, 11, 13]


def test_what_was_lost_is_said_again_once_and_then_no_more() -> None:
    pair = Pair()
    pair.at("b", FAR)
    move(pair, pair.ada, 10)
    pair.said.clear()
    for _ in range(5):
        pair.stage.clock.advance(int(POSES_WHOLE_S * 1000))
        pair.room.beat()
        pair.room.pump_poses()

    assert pair.told() == [[["ada", "house.kitchen", 10, 20, 30]]]


def test_a_far_avatar_is_shown_to_who_sees_it() -> None:
    pair = Pair()
    guest = pair.stage.enter("g1", role="guest")
    pair.at("b", FAR)
    pair.hear(("ben", "house.kitchen", 100, 200, 90))

    assert pair.shown(pair.ada) == [("ben", 100, 200, 90)]
    assert pair.shown(guest) == []


@pytest.mark.parametrize(
    "standing",
    [
        ("ada", "house.kitchen", 1, 1, 0),  # she is here
        ("guest.1", "house.kitchen", 1, 1, 0),  # nobody holds it
        ("nobody", "house.kitchen", 1, 1, 0),
        ("ben", "house.attic", 1, 1, 0),  # he is not there
        ("ben", "house.kitchen", 10**7, 1, 0),
        ("ben", "house.kitchen", "1", 1, 0),
        ("ben", "house.kitchen"),
        (),
    ],
)
def test_what_the_log_contradicts_is_not_shown(standing: tuple[object, ...]) -> None:
    pair = Pair()
    pair.at("b", FAR)
    pair.hear(standing)

    assert pair.shown(pair.ada) == []


@pytest.mark.parametrize("said", [b"", b"\xc1", b"\x01", msgpack.packb(["b", 7]), bytes(10**6)])
def test_what_cannot_be_made_out_is_passed_over(said: bytes) -> None:
    pair = Pair()
    pair.at("b", FAR)
    pair.room.hear_poses(said)

    assert pair.shown(pair.ada) == []


def test_a_pose_that_comes_before_its_commit_waits_for_it() -> None:
    pair = Pair()
    pair.hear(("ben", "house.kitchen", 5, 5, 5))
    assert pair.shown(pair.ada) == []
    pair.at("b", FAR)
    pair.stage.pass_ms(60)
    pair.room.pump_poses()

    assert pair.shown(pair.ada) == [("ben", 5, 5, 5)]


def test_a_pose_that_waited_too_long_is_forgotten() -> None:
    pair = Pair()
    pair.hear(("ben", "house.kitchen", 5, 5, 5))
    for _ in range(4):
        pair.stage.clock.advance(1_000)
        pair.room.beat()
    pair.at("b", FAR)
    pair.stage.pass_ms(60)
    pair.room.pump_poses()

    assert pair.shown(pair.ada) == []


def test_a_far_avatar_falls_away_with_its_player() -> None:
    pair = Pair()
    pair.at("b", FAR)
    pair.hear(("ben", "house.kitchen", 100, 200, 90))
    pair.stage.play.propose(Proposal("absent", "player", "b"))
    pair.stage.hand_over()
    pair.stage.pass_ms(60)
    pair.room.pump_poses()

    assert pair.shown(pair.ada) == []


def test_spectators_alone_ask_now_and_then_and_are_answered_with_all() -> None:
    stage, ada, ben = two_in_the_kitchen()
    pair = Pair()
    asked: list[bytes] = []
    looking = Carrying(stage.follower, pair.room.posing, FAR, asked.append)
    for session in ("a", "b"):
        back = Proposal("back", "player", session, arguments={"gateway": HERE})
        stage.play.propose(back)
    stage.hand_over()
    looking.reload()
    for second in range(int(2 * POSES_ASKED_S)):
        looking.beat(float(second), has_watchers=True)
    assert len(asked) == 2

    move(pair, pair.ada, 10)
    assert pair.said == []
    pair.room.hear_poses(asked[0])
    pair.stage.pass_ms(60)
    pair.room.pump_poses()
    assert pair.told() == [[["ada", "house.kitchen", 10, 20, 30]]]
    assert ada is not ben
