"""The client session, joined to a fake server by a fake wire."""

import random

import pytest
from support.fake_server import FakeWorld
from support.fake_wire import FakeWire

from dreamsync.entry import Greeting
from dreamsync.errors import (
    BusyError,
    ClosedError,
    ProtocolFaultError,
    RefusedError,
    SessionLostError,
    UnknownOutcomeError,
    UsageError,
)
from dreamsync.notices import Broken, Failed, Jumped, Live, Matched, Notice, Over, Replied
from dreamsync.protocol.server_messages import Bye, Error, Quiet, View
from dreamsync.session import RESYNCS_MAX, ClientSession, State


def failures(told: list[Notice]) -> list[tuple[int, type[Exception]]]:
    return [(one.ticket, type(one.error)) for one in told if isinstance(one, Failed)]


def test_it_greets_enters_and_mirrors_the_world() -> None:
    wire = FakeWire(FakeWorld()).up()
    assert [plain["type"] for plain in wire.world.received] == ["hello", "enter"]
    assert wire.session.state is State.LIVE
    assert Live(is_first=True) in wire.told
    assert wire.session.mirror is not None
    assert wire.session.mirror.read("expo.crowd", 0) == 0
    assert wire.session.limits == {"a": 1}


def test_a_lobby_is_live_without_a_world_and_can_ask() -> None:
    world = FakeWorld()
    wire = FakeWire(world)
    wire.session = ClientSession(Greeting("test", "en"), None)
    wire.up()
    ticket = wire.session.ask({"type": "list"})
    wire.carry()
    assert [one.ticket for one in wire.told if isinstance(one, Replied)] == [ticket]


def test_a_proposal_gets_its_number_and_its_outcome() -> None:
    wire = FakeWire(FakeWorld()).up()
    first, second = wire.add(2), wire.session.propose({"type": "act", "action": "fly"})
    wire.carry()
    assert wire.outcomes() == [(first, "ok"), (second, "condition")]
    assert wire.events() == ["now 2"]
    assert wire.session.mirror is not None
    assert wire.session.mirror.facts["expo.crowd"] == 2
    assert wire.session.mismatches == 0


def test_what_the_program_does_wrong_is_said_before_it_is_sent() -> None:
    wire = FakeWire(FakeWorld()).up()
    with pytest.raises(UsageError, match=r"params\.text"):
        wire.session.propose({"type": "act", "action": "say", "params": {"text": "x" * 501}})
    with pytest.raises(UsageError, match="facing"):
        wire.session.pose(0, 0, 400)
    with pytest.raises(UsageError):
        wire.session.propose({"type": "act", "action": "x", "params": {"by": 1.5}})
    wire.carry()
    assert [plain["type"] for plain in wire.world.received] == ["hello", "enter"]


def test_what_was_not_acked_is_sent_again_and_done_once() -> None:
    wire = FakeWire(FakeWorld()).up()
    lost_on_the_way = wire.add()
    wire.session.outgoing(0)
    wire.cut().up()
    assert wire.outcomes() == [(lost_on_the_way, "ok")]
    ack_lost = wire.add()
    wire.to_server()
    wire.cut().up()
    assert wire.outcomes() == [(lost_on_the_way, "ok"), (ack_lost, "ok")]
    assert [plain["n"] for plain in wire.world.acted] == [1, 2]
    assert wire.world.facts["expo.crowd"] == 2


def test_a_resumed_session_has_every_event_once() -> None:
    wire = FakeWire(FakeWorld()).up()
    wire.world.commit({}, "one")
    wire.to_client()
    wire.world.commit({}, "two")  # on the line when it is cut
    wire.cut()
    wire.world.commit({"expo.crowd": 9}, "three")
    wire.up()
    wire.world.commit({}, "four")
    wire.carry()
    assert wire.events() == ["one", "two", "three", "four"]
    assert wire.session.resets == 0
    assert wire.session.mirror is not None
    assert wire.session.mirror.facts["expo.crowd"] == 9


def test_a_repeated_event_is_told_once() -> None:
    wire = FakeWire(FakeWorld()).up()
    wire.world.commit({}, "one")
    wire.to_client()
    repeated = wire.world.log[0][1]
    wire.line.view({}, repeated, [])
    wire.carry()
    assert wire.events() == ["one"]


def test_a_snapshot_in_place_of_events_is_said_plainly() -> None:
    wire = FakeWire(FakeWorld()).up().cut()
    wire.world.commit({"expo.crowd": 4}, "missed")
    wire.world.has_forgotten = True
    wire.up()
    wire.world.commit({}, "after")
    wire.carry()
    assert [one for one in wire.told if isinstance(one, Jumped)] == [
        Jumped("trimmed", ("It was night.",))
    ]
    assert wire.events() == ["after"]
    assert wire.session.resets == 1


def test_after_a_repaired_log_numbers_go_on_from_what_the_world_knows() -> None:
    wire = FakeWire(FakeWorld()).up()
    wire.add()
    wire.carry()
    wire.cut()
    session = wire.world.sessions["s_1"]
    session.decided.clear()
    wire.world.has_forgotten = True
    again = wire.add()
    wire.up()
    assert (again, "ok") in wire.outcomes()
    assert list(session.decided) == [1]


def test_a_proposal_that_was_not_taken_for_now_goes_again_in_order() -> None:
    wire = FakeWire(FakeWorld()).up()
    wire.world.not_taken = [("rate", 200)]
    tickets = [wire.add(), wire.add(), wire.add()]
    wire.carry()
    assert wire.outcomes() == []
    assert wire.session.wake_at_ms == 200
    wire.now_ms = 200
    wire.carry()
    assert wire.outcomes() == [(ticket, "ok") for ticket in tickets]
    assert [plain["n"] for plain in wire.world.acted] == [1, 2, 3]


def test_nothing_wakes_a_session_that_is_not_in_since_it_may_send_nothing() -> None:
    wire = FakeWire(FakeWorld()).up()
    wire.world.not_taken = [("busy", 200)]
    wire.add()
    wire.carry()
    assert wire.session.wake_at_ms == 200
    wire.cut()
    assert wire.session.wake_at_ms is None
    wire.session.line_up()
    assert wire.session.wake_at_ms is None


def test_a_proposal_that_is_refused_for_good_leaves_its_number_to_the_next() -> None:
    wire = FakeWire(FakeWorld()).up()
    wire.world.not_taken = [("not_allowed", None)]
    first, second, third = wire.add(5), wire.add(7), wire.add(9)
    wire.carry()
    wire.now_ms = 1000
    wire.carry()
    assert failures(wire.told) == [(first, RefusedError)]
    assert wire.outcomes() == [(second, "ok"), (third, "ok")]
    assert [(plain["n"], plain["params"]["by"]) for plain in wire.world.acted] == [(1, 7), (2, 9)]


def test_a_world_that_does_not_know_the_session_any_more_ends_it() -> None:
    wire = FakeWire(FakeWorld()).up().cut()
    asked, sent = wire.session.ask({"type": "people"}), wire.add()
    wire.world.entry_errors = [{"code": "no_session", "text": "Gone."}]
    wire.up()
    over = [one.error for one in wire.told if isinstance(one, Over)]
    assert [type(error) for error in over] == [SessionLostError]
    assert failures(wire.told) == [(sent, SessionLostError), (asked, SessionLostError)]
    with pytest.raises(ClosedError):
        wire.add()


def test_an_entry_that_is_refused_ends_it_and_one_put_off_breaks_the_line_only() -> None:
    wire = FakeWire(FakeWorld())
    wire.world.entry_errors = [
        {"code": "starting", "text": "Wait.", "retry_ms": 70},
        {"code": "taken", "text": "Ari holds it."},
    ]
    wire.up()
    broken = [one for one in wire.told if isinstance(one, Broken)]
    assert [(type(one.error), one.retry_ms) for one in broken] == [(BusyError, 70)]
    assert wire.session.state is not State.OVER
    wire.cut().up()
    assert wire.session.state is State.OVER
    over = [one.error for one in wire.told if isinstance(one, Over)]
    assert [(type(error), str(getattr(error, "fault", ""))) for error in over] == [
        (RefusedError, "person")
    ]


@pytest.mark.parametrize(
    ("name", "error", "is_over"),
    [
        ("node_draining", None, False),
        ("removed", ClosedError, True),
        ("replaced", ClosedError, True),
        ("world_closed", None, True),
    ],
)
def test_a_bye_says_whether_to_come_back(
    name: str, error: type[Exception] | None, is_over: bool
) -> None:
    wire = FakeWire(FakeWorld()).up()
    wire.session.received(Bye(type="bye", code=name, text="Bye.", retry_ms=40), 0)
    wire.told += wire.session.notices()
    assert (wire.session.state is State.OVER) is is_over
    if is_over:
        over = [one.error for one in wire.told if isinstance(one, Over)]
        assert [type(one) for one in over] == [error or type(None)]
    else:
        assert [one.retry_ms for one in wire.told if isinstance(one, Broken)] == [40]


def test_a_close_code_alone_says_it_too() -> None:
    wire = FakeWire(FakeWorld()).up().cut(4006)
    assert wire.session.state is State.OVER
    assert FakeWire(FakeWorld()).up().cut(4010).session.state is State.OFFLINE


def test_what_was_sent_when_the_session_ended_is_not_known_what_was_not_sent_is_not_done() -> None:
    wire = FakeWire(FakeWorld()).up()
    sent = wire.add()
    wire.session.outgoing(0)
    unsent = wire.add()
    wire.session.end(None)
    wire.told += wire.session.notices()
    assert failures(wire.told) == [(sent, UnknownOutcomeError), (unsent, ClosedError)]


def test_a_leave_that_was_done_ends_the_session_calmly() -> None:
    wire = FakeWire(FakeWorld()).up()
    ticket = wire.session.propose({"type": "leave"})
    wire.carry()
    assert wire.outcomes() == [(ticket, "ok")]
    assert [one.error for one in wire.told if isinstance(one, Over)] == [None]


def test_a_creation_is_never_asked_twice_but_other_requests_are() -> None:
    wire = FakeWire(FakeWorld())
    wire.session = ClientSession(Greeting("test", "en"), None)
    wire.up()
    create = wire.session.ask({"type": "create", "pack": "expo", "private": True})
    listing = wire.session.ask({"type": "list"})
    wire.session.outgoing(0)
    wire.cut().up()
    assert failures(wire.told) == [(create, UnknownOutcomeError)]
    assert [one.ticket for one in wire.told if isinstance(one, Replied)] == [listing]


def test_a_request_that_is_refused_fails_alone() -> None:
    wire = FakeWire(FakeWorld(), "desk").up()
    bad = wire.session.ask({"type": "watch", "id": "w1", "when": "nonsense"})
    good = wire.session.ask({"type": "why", "beat": "expo.opening"})
    wire.carry()
    assert failures(wire.told) == [(bad, UsageError)]
    assert [one.ticket for one in wire.told if isinstance(one, Replied)] == [good]


def test_a_watched_condition_is_told_at_each_turn_and_not_twice_after_a_reconnect() -> None:
    wire = FakeWire(FakeWorld(), "desk").up()
    wire.session.ask({"type": "watch", "id": "w1", "when": "expo.crowd >= 3"})
    wire.carry()
    wire.world.commit({"expo.crowd": 3})
    wire.carry().cut().up()
    wire.cut()
    wire.world.commit({"expo.crowd": 0})
    wire.up()
    hits = [one.hit.holds for one in wire.told if isinstance(one, Matched)]
    assert hits == [True, False]


def test_a_wrong_digest_asks_for_the_whole_view_a_few_times_only() -> None:
    wire = FakeWire(FakeWorld()).up()
    wire.world.is_lying = True
    for _ in range(RESYNCS_MAX + 3):
        wire.world.commit({"expo.crowd": 1})
        wire.carry()
    asked = [plain for plain in wire.world.received if plain["type"] == "resync"]
    assert wire.session.mismatches == RESYNCS_MAX + 3
    assert len(asked) == RESYNCS_MAX + 3  # each reset agreed again
    assert wire.session.resets == 0


def test_a_reset_that_does_not_agree_either_is_not_asked_for_without_end() -> None:
    wire = FakeWire(FakeWorld()).up()
    wire.world.is_lying = True
    for _ in range(RESYNCS_MAX + 3):
        wire.world.commit({})
        wire.to_client()
        wire.to_server()
        for plain in wire.line.out:
            if plain["type"] == "reset":
                plain["digest"] = "f" * 16
        wire.to_client()
    asked = [plain for plain in wire.world.received if plain["type"] == "resync"]
    assert len(asked) == RESYNCS_MAX


def test_poses_go_out_at_their_pace_and_only_the_latest() -> None:
    wire = FakeWire(FakeWorld()).up()
    for x in (1, 2):
        wire.session.pose(x, 0, 0)
    wire.carry()
    wire.session.pose(3, 0, 0)
    wire.session.pose(4, 0, 0)
    wire.carry()
    assert wire.session.wake_at_ms == 50
    wire.now_ms = 50
    wire.carry()
    assert [p["x"] for p in wire.world.received if p["type"] == "pose"] == [2, 4]


@pytest.mark.parametrize(
    "message",
    [
        View(type="view", pos=(1, 0), ms=0, digest="0" * 16),
        Quiet(type="quiet", pos=(1, 0), ms=0),
    ],
)
def test_what_may_not_come_now_is_the_server_s_fault(message: View | Quiet) -> None:
    wire = FakeWire(FakeWorld())
    wire.session.line_up()
    with pytest.raises(ProtocolFaultError) as caught:
        wire.session.received(message, 0)
    assert caught.value.fault == "server"


def test_a_view_of_the_past_is_the_server_s_fault() -> None:
    wire = FakeWire(FakeWorld())
    wire.world.commit({})
    wire.up()
    with pytest.raises(ProtocolFaultError):
        wire.session.received(View(type="view", pos=(1, 0), ms=0, digest="0" * 16), 0)


def test_an_error_that_answers_nothing_changes_nothing() -> None:
    wire = FakeWire(FakeWorld()).up()
    wire.session.received(Error(type="error", code="bad_message", text="?"), 0)
    assert wire.session.notices() == []
    assert wire.session.state is State.LIVE


@pytest.mark.parametrize("seed", range(40))
def test_however_often_the_line_is_cut_all_is_done_once_and_told_once(seed: int) -> None:
    dice = random.Random(seed)
    wire = FakeWire(FakeWorld()).up()
    tickets = []
    for step in range(60):
        match dice.randrange(6):
            case 0 | 1:
                tickets.append(wire.add())
            case 2:
                wire.to_server()
            case 3:
                wire.to_client()
            case 4:
                wire.world.commit({}, f"by itself {step}")
            case _:
                if dice.random() < 0.4:
                    wire.world.not_taken.append((dice.choice(["rate", "busy"]), 10))
                wire.now_ms += 20
                wire.cut()
                wire.session.line_up()
                wire.line = type(wire.line)(wire.world)
    for _ in range(20):
        wire.now_ms += 1000
        wire.carry()
    assert sorted(wire.outcomes()) == [(ticket, "ok") for ticket in tickets]
    assert [plain["n"] for plain in wire.world.acted] == list(range(1, len(tickets) + 1))
    texts = [event["text"] for _, events in wire.world.log for event in events]
    assert wire.events() == texts
    assert wire.session.resets == wire.session.mismatches == 0
    assert wire.session.mirror is not None
    assert wire.session.mirror.digest == wire.world.digest
