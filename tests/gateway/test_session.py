"""A conversation without a socket: what is legal when, and what becomes of it."""

from typing import Any, get_args

import pytest

from dreamsync.protocol import client_messages as wire
from dreamsync.protocol.messages import client_message
from dreamsync_server.gateway.session import (
    IN_WORLD,
    LEGAL,
    Ask,
    Close,
    Phase,
    Posed,
    Propose,
    Send,
    Session,
)
from dreamsync_server.limits import (
    MESSAGES_BURST,
    MESSAGES_DROPPED_MAX,
    PENDING_PROPOSALS_MAX,
)
from dreamsync_server.world.authority import MAY_PROPOSE
from dreamsync_server.world.commit import Proposal

FREE = {"talk": frozenset(("words",))}
EXAMPLES: dict[str, dict[str, Any]] = {
    "hello": {"v": 1, "client": "test", "lang": "en"},
    "create": {"q": 1, "pack": "starter", "private": False},
    "list": {"q": 1}, "card": {"q": 1, "pack": "starter"},
    "enter": {"q": 1, "world": "w", "as": "player"},
    "resume": {"q": 1, "world": "w", "session": "s", "secret": "x", "epoch": 1, "seq": 1},
    "act": {"n": 1, "action": "hum"}, "choose": {"n": 1, "choice": "c", "option": "o"},
    "claim": {"n": 1, "role": "ada"}, "release": {"n": 1}, "handover": {"n": 1, "to": "s"},
    "leave": {"n": 1}, "pose": {"x": 1, "y": 1, "facing": 1}, "pause": {"n": 1},
    "unpause": {"n": 1}, "close": {"n": 1}, "cue": {"n": 1, "beat": "b"},
    "hold": {"n": 1, "beat": "b"},
    "unhold": {"n": 1, "beat": "b"}, "skip": {"n": 1, "beat": "b"},
    "whisper": {"n": 1, "to": "ada", "text": "psst"}, "remove": {"n": 1, "session": "s"},
    "seat": {"n": 1, "role": "ada", "to": "nobody"},
    "nudge": {"n": 1, "means": "hurry", "target": "cockcrow", "ms": 500},
    "direct": {"n": 1, "standby": True}, "veto": {"n": 1, "target": "b"},
    "undo": {"n": 1, "target": "b"},
    "background": {"n": 1}, "report": {"n": 1, "seq": 3, "i": 0},
    "history": {"q": 1}, "look": {"q": 1, "seq": 2}, "branch": {"q": 1, "seq": 2},
    "erase": {"q": 1, "session": "s"},
    "mute": {"n": 1, "session": "s"}, "graph": {"q": 1}, "tension": {"q": 1}, "reports": {"q": 1},
    "why": {"q": 1, "beat": "b"}, "watch": {"q": 1, "id": "i", "when": "a"},
    "unwatch": {"q": 1, "id": "i"}, "lang": {"q": 1, "lang": "en"}, "people": {"q": 1},
    "resync": {"q": 1, "digest": "0" * 16},
}  # fmt: skip


def message(type_: str, **fields: Any) -> Any:
    return client_message({"type": type_, **EXAMPLES[type_], **fields})


def session_in(phase: Phase, n: int = 0) -> Session:
    session = Session(0.0)
    if phase is Phase.HELLO:
        return session
    session.receive(message("hello"), 0.0)
    if phase is Phase.LOBBY:
        return session
    session.receive(message("enter"), 0.0)
    if phase is not Phase.ENTERING:
        session.entered(phase.value, "s", n, FREE)
    return session


@pytest.mark.parametrize("phase", [p for p in Phase if p is not Phase.CLOSED])
@pytest.mark.parametrize("type_", sorted(EXAMPLES))
def test_what_is_legal_is_done_and_all_else_is_answered(phase: Phase, type_: str) -> None:
    todos = session_in(phase).receive(message(type_), 0.0, "salt")
    assert len(todos) == 1
    is_error = isinstance(todos[0], Send) and todos[0].message["type"] == "error"
    is_refused = is_error or (phase is Phase.HELLO and isinstance(todos[0], Close))
    assert is_refused is not (type_ in LEGAL[phase])


def test_nothing_is_said_once_it_is_closed() -> None:
    session = session_in(Phase.LOBBY)
    assert session.close("node_draining") != []
    assert session.close("node_draining") == []
    assert session.receive(message("list"), 0.0) == []
    assert session.unreadable("bad_message", "", 0.0) == []


def test_a_hello_is_answered_with_the_bounds() -> None:
    [todo] = Session(0.0).receive(message("hello"), 0.0)
    assert isinstance(todo, Send)
    assert (todo.message["type"], todo.message["limits"]["messages_per_s"]) == ("welcome", 40)


@pytest.mark.parametrize(
    ("todo_of", "number"),
    [
        (lambda s: s.receive(message("list"), 0.0), 4000),
        (lambda s: s.receive(message("hello", v=2), 0.0), 4002),
        (lambda s: s.unreadable("bad_message", "no", 0.0), 4000),
        (lambda s: s.close("hello_timeout"), 4004),
    ],
    ids=["no hello", "another version", "unreadable", "late"],
)
def test_a_bad_beginning_is_the_end(todo_of: Any, number: int) -> None:
    [close] = todo_of(Session(0.0))
    assert (type(close), close.number) == (Close, number)


def proposals(todos: list[Any]) -> list[Proposal]:
    return [todo.proposal for todo in todos if isinstance(todo, Propose)]


def test_proposals_are_taken_in_order_and_a_repeat_is_passed_on() -> None:
    session = session_in(Phase.PLAYER)
    taken = [
        [p.n for p in proposals(session.receive(message("release", n=n), 0.0))]
        for n in (1, 2, 2, 1, 3)
    ]
    assert taken == [[1], [2], [2], [1], [3]]


def test_a_gap_is_said_and_takes_no_number() -> None:
    session = session_in(Phase.PLAYER, n=4)
    [todo] = session.receive(message("release", n=6), 0.0)
    assert isinstance(todo, Send)
    assert (todo.message["code"], todo.message["n"]) == ("gap", 6)
    assert proposals(session.receive(message("release", n=5), 0.0))[0].n == 5


def test_a_number_that_was_not_taken_is_free_again_with_all_behind_it() -> None:
    session = session_in(Phase.PLAYER)
    for n in (1, 2, 3):
        session.receive(message("release", n=n), 0.0)
    [todo] = session.not_taken(2, "busy")
    assert isinstance(todo, Send)
    assert (todo.message["code"], todo.message["n"], todo.message["retry_ms"]) == ("busy", 2, 250)
    assert proposals(session.receive(message("release", n=3), 0.0)) == []
    assert proposals(session.receive(message("release", n=2), 0.0))[0].n == 2


def test_a_repeat_that_was_not_taken_frees_no_number_that_was_decided_meanwhile() -> None:
    session = session_in(Phase.PLAYER)
    session.receive(message("release", n=1), 0.0)
    session.not_taken(1, "store_unavailable")  # it was, but the answer was lost
    session.receive(message("release", n=1), 0.0)
    session.decided(1)
    session.not_taken(1, "store_unavailable")  # the repeat
    assert proposals(session.receive(message("release", n=2), 0.0))[0].n == 2


def test_too_many_unanswered_proposals_are_busy_until_one_is_decided() -> None:
    session = session_in(Phase.PLAYER)
    for n in range(1, PENDING_PROPOSALS_MAX + 1):
        assert proposals(session.receive(message("release", n=n), n / 10))
    next_n = PENDING_PROPOSALS_MAX + 1
    [busy] = session.receive(message("release", n=next_n), 10.0)
    assert isinstance(busy, Send)
    assert busy.message["code"] == "busy"
    session.decided(1)
    assert proposals(session.receive(message("release", n=next_n), 11.0))[0].n == next_n


def test_too_many_messages_are_refused_and_a_flood_is_cut() -> None:
    session = session_in(Phase.LOBBY)
    answers = [session.receive(message("list"), 0.0) for _ in range(MESSAGES_BURST)]
    refused = answers[-1][0]
    assert isinstance(refused, Send)
    assert (refused.message["code"], refused.message["q"]) == ("rate", 1)
    assert isinstance(session.receive(message("list"), 1.0)[0], Ask)
    for _ in range(MESSAGES_DROPPED_MAX + MESSAGES_BURST):
        todos = session.receive(message("list"), 1.0)
        if todos and isinstance(todos[0], Close):
            break
    assert isinstance(todos[0], Close)
    assert todos[0].number == 4008


def test_a_refused_proposal_takes_no_number() -> None:
    session = session_in(Phase.PLAYER)
    for _ in range(MESSAGES_BURST):
        session.receive(message("pose"), 0.0)
    [refused] = session.receive(message("release", n=1), 0.0)
    assert isinstance(refused, Send)
    assert refused.message["code"] == "rate"
    assert proposals(session.receive(message("release", n=1), 1.0))[0].n == 1


def test_poses_over_the_rate_are_passed_over_in_silence() -> None:
    session = session_in(Phase.PLAYER)
    todos = [session.receive(message("pose"), 0.0) for _ in range(MESSAGES_BURST)]
    assert isinstance(todos[0][0], Posed)
    assert todos[-1] == []


def test_what_a_person_writes_goes_apart_and_never_among_the_arguments() -> None:
    session = session_in(Phase.PLAYER)
    given = {"words": "a_word", "who": "ben", "more": "My Address 7", "k": 3}
    [asked] = proposals(session.receive(message("act", action="talk", params=given), 0.0, "salt"))
    assert asked.arguments == {"action": "talk", "params": {"who": "ben", "k": 3}}
    assert asked.texts == {"words": ("salt", "a_word"), "more": ("salt", "My Address 7")}


@pytest.mark.parametrize("phase", [p for p in IN_WORLD if p is not Phase.WATCH])
def test_a_proposal_says_who_makes_it(phase: Phase) -> None:
    [asked] = proposals(session_in(phase).receive(message("leave"), 0.0))
    assert (asked.by, asked.session, asked.n) == (phase.value, "s", 1)


def test_a_spectator_just_goes() -> None:
    [close] = session_in(Phase.WATCH).receive(message("leave"), 0.0)
    assert isinstance(close, Close)
    assert close.number == 1000


def test_every_message_becomes_a_proposal_of_its_own_kind() -> None:
    kinds = {}
    for type_ in sorted(LEGAL[Phase.DESK] | LEGAL[Phase.PLAYER]):
        phase = Phase.DESK if type_ in LEGAL[Phase.DESK] else Phase.PLAYER
        for asked in proposals(session_in(phase).receive(message(type_), 0.0, "salt")):
            kinds[type_] = asked.kind
    assert kinds == {type_: type_ for type_ in kinds}
    assert len(kinds) == 23


def test_hurrying_a_clock_brings_its_end_nearer() -> None:
    [asked] = proposals(session_in(Phase.DESK).receive(message("nudge"), 0.0))
    assert asked.arguments == {"means": "hurry", "clock": "cockcrow", "by_ms": -500}


def test_a_session_goes_on_counting_where_the_world_is() -> None:
    session = session_in(Phase.PLAYER, n=7)
    assert proposals(session.receive(message("release", n=8), 0.0))[0].n == 8


def test_who_was_not_let_in_is_in_the_lobby_again() -> None:
    session = session_in(Phase.ENTERING)
    session.not_entered()
    assert isinstance(session.receive(message("enter"), 0.0)[0], Ask)


def test_what_cannot_be_read_is_answered_to_its_number() -> None:
    [todo] = session_in(Phase.LOBBY).unreadable("too_deep", "Too deep.", 0.0, q=3)
    assert isinstance(todo, Send)
    assert todo.message == {"type": "error", "code": "too_deep", "text": "Too deep.", "q": 3}


def test_whatever_the_world_takes_from_a_desk_or_script_may_be_said_by_one() -> None:
    types = [one.model_fields["type"].annotation for one in get_args(wire.Proposed)]
    said = {get_args(literal)[0] for literal in types}
    for who, phase in (("desk", Phase.DESK), ("script", Phase.SCRIPT)):
        taken = {kind for kind, by in MAY_PROPOSE.items() if who in by}
        assert taken & said <= LEGAL[phase]
