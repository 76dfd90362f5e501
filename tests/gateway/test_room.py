"""Rooms: who is told what, when, and in how many frames."""

import random

import pytest
from support.packs import night
from support.stage import CODECS, Client, Stage, two_in_the_kitchen

from dreamsync.protocol import server_messages as wire


def crowd(stage: Stage) -> list[Client]:
    """Ada, Ben, three guests, one without a role, two spectators and a desk."""
    msgpack, json = CODECS
    return [
        stage.enter("a", role="ada"),
        stage.enter("b", role="ben", codec=json),
        stage.enter("g1", role="guest"),
        stage.enter("g2", role="guest"),
        stage.enter("g3", role="guest", codec=json),
        stage.enter("x"),
        stage.enter("w1", "watch"),
        stage.enter("w2", "watch", codec=msgpack),
        stage.enter("d", "desk"),
    ]


PLAYERS = ["a", "b", "g1", "g2", "g3", "x"]


@pytest.mark.parametrize("seed", range(12))
def test_every_viewer_has_exactly_what_it_may_see_after_every_frame(seed: int) -> None:
    rng = random.Random(seed)
    stage = Stage(night(seed))
    clients = crowd(stage)
    for _ in range(120):
        for _ in range(rng.choice((1, 1, 1, 4))):
            stage.random_turn(rng, PLAYERS)
        stage.hand_over()
        stage.pass_ms(rng.choice((1, 20, 60)))
        for client in clients:
            client.read()
        if rng.random() < 0.3:
            stage.pass_ms(60)
            for client in clients:
                client.read()
                assert client.facts == stage.truth(client), client.session


@pytest.mark.parametrize("seed", range(12))
def test_who_comes_back_has_the_same_happenings_as_who_never_left(seed: int) -> None:
    rng = random.Random(seed)
    stage = Stage(night(seed))
    staying = crowd(stage)
    other = Stage(stage.play)  # a second room of the same world: there all come and go
    leaving = [Client(client.session, client.kind, codec=client.codec) for client in staying]
    for twin in leaving:
        other.admit(twin, None)
    start = stage.play.state.position.seq
    away: list[Client] = []
    for _ in range(100):
        stage.random_turn(rng, PLAYERS)
        for one in (stage, other):
            one.hand_over()
            one.pass_ms(rng.choice((1, 30, 60)))
        for twin in tuple(away):
            if rng.random() < 0.3:
                other.admit(twin, twin.position)
                away.remove(twin)
        if rng.random() < 0.3 and (here := [t for t in leaving if t not in away]):
            twin = rng.choice(here)
            other.lose(twin)
            away.append(twin)
    for twin in away:
        other.admit(twin, twin.position)
    for one in (stage, other):
        one.pass_ms(60)
    for client, twin in zip(staying, leaving, strict=True):
        client.read()
        twin.read()
        assert twin.facts == client.facts == stage.truth(client)
        stayed = [item for item in client.happened.items() if item[0][0] > start]
        assert list(twin.happened.items()) == stayed, client.session
        assert twin.outcomes.items() >= client.outcomes.items(), client.session


# --- nobody sees what is not theirs ----------------------------------------------------------


def played_with_a_canary(stage: Stage) -> dict[str, Client]:
    """Ben alone is given a fact, a line, a promise and a veiled refusal."""
    found = {c.session: c for c in crowd(stage)}
    play = stage.play
    play.act("b", "promise", words="CANARY-promise")
    play.act("a", "whisper", who="ben", words="CANARY-whisper")
    play.act("b", "hum_to_ada")  # refused, veiled: it reads what Ada alone sees
    stage.hand_over()
    stage.pass_ms(60)
    for client in found.values():
        client.read()
    return found


def test_a_canary_reaches_those_it_is_for_and_nobody_else() -> None:
    stage = Stage()
    clients = played_with_a_canary(stage)
    having = {
        word: [s for s, client in clients.items() if word.encode() in client.raw]
        for word in ("CANARY-promise", "CANARY-whisper", "knows_song", "ada.nerve")
    }
    assert having == {
        "CANARY-promise": ["b", "d"],
        "CANARY-whisper": ["a", "b", "d"],
        "knows_song": ["b", "d"],
        "ada.nerve": ["a", "d"],
    }


def test_whom_a_secret_was_told_to_is_told_to_desks_alone() -> None:
    stage = Stage()
    told = {
        session: [e.to for m in client.seen for e in getattr(m, "events", ()) if e.to]
        for session, client in played_with_a_canary(stage).items()
    }
    assert ("ben",) in told.pop("d")
    assert not any(told.values())


def test_a_veiled_refusal_says_only_its_own_words() -> None:
    stage = Stage()
    ben = played_with_a_canary(stage)["b"]
    outcomes = [o for m in ben.seen for o in getattr(m, "outcomes", ()) if not o.ok]
    assert [(o.code, o.text, o.args) for o in outcomes] == [
        ("condition", "The first note will not come. Not now.", {})
    ]
    assert ben.offers["hum_to_ada"].is_ready


def test_a_resumed_view_holds_no_canary_of_others() -> None:
    stage = Stage()
    clients = played_with_a_canary(stage)
    start = stage.play.commits[9].position
    for session, word in (("g1", b"CANARY"), ("w1", b"CANARY"), ("a", b"CANARY-promise")):
        twin = Client(session, clients[session].kind)
        stage.admit(twin, start)
        assert word not in twin.raw


def test_without_the_gate_the_canary_is_found_everywhere() -> None:
    stage = Stage(judge=lambda atoms, audience: True)
    clients = played_with_a_canary(stage)
    assert all(b"CANARY-promise" in client.raw for client in clients.values())


def test_without_the_gate_the_views_are_not_what_may_be_seen() -> None:
    stage = Stage(judge=lambda atoms, audience: True)
    guest = stage.enter("g1", role="guest")
    assert guest.facts != stage.truth(guest)


def test_an_old_holder_of_a_seat_reads_nothing_later_and_a_new_one_is_told_what_it_knows() -> None:
    stage = Stage()
    old = stage.enter("a", role="ada")
    new = stage.enter("x")
    stage.enter("b", role="ben")
    stage.play.act("b", "whisper", who="ada", words="only Ada")
    stage.hand_over()
    stage.play.ask("handover", "player", "a", {"to": "x"})
    stage.hand_over()
    stage.pass_ms(60)
    stage.play.pass_ms(5_000)
    stage.play.act("b", "whisper", who="ada", words="still only Ada")
    stage.hand_over()
    stage.pass_ms(60)
    old.read()
    new.read()
    reset = next(m for m in new.seen if isinstance(m, wire.Reset))
    assert (reset.why, reset.role, reset.seat) == ("seat", "ada", "ada")
    assert "Ben: only Ada" in reset.recap
    assert b"still only Ada" not in old.raw
    assert b"still only Ada" in new.raw
    assert new.facts == stage.truth(new)
    assert old.facts == stage.truth(old)


def test_a_session_is_in_a_room_once() -> None:
    stage, ada, _ = two_in_the_kitchen()
    twin = Client("a", "player")
    stage.admit(twin, None)
    assert ada.cut_as == "replaced"
    assert stage.room.members["a"] is twin.member


def test_a_world_that_is_closed_says_goodbye_to_all() -> None:
    stage, ada, ben = two_in_the_kitchen()
    stage.enter("d", "desk")
    stage.play.ask("close", "desk", "d")
    stage.hand_over()
    assert [ada.cut_as, ben.cut_as] == ["world_closed"] * 2
