"""Going back: an index taken back to any position is the one that was there."""

import random

import pytest
from support.packs import night
from support.stage import Stage

from dreamsync_server.gateway.gate import JUDGE
from dreamsync_server.gateway.rewind import recap, replay, unwound
from dreamsync_server.gateway.views import Eyes, fold
from dreamsync_server.world.commit import Proposal


@pytest.mark.parametrize("seed", range(5))
def test_an_index_taken_back_is_the_one_that_was_there(seed: int) -> None:
    rng = random.Random(seed)
    stage = Stage(night(seed))
    for session, role in (("a", "ada"), ("b", "ben"), ("g", "guest")):
        stage.play.join(session, role)
    stage.hand_over()
    were = []
    for _ in range(60):
        stage.random_turn(rng, ["a", "b", "g"])
        stage.hand_over()
        index = stage.follower.index
        at = stage.follower.state.position.seq
        were.append(
            (at, dict(index.facts), index.facts.ms, dict(index.classes), dict(index.digests))
        )
    for at, facts, ms, classes, digests in were:
        steps = stage.follower.steps_after(at)
        assert steps is not None
        past = unwound(stage.follower.index, steps)
        assert dict(past.facts) == facts
        assert (past.facts.ms, past.classes, past.digests) == (ms, classes, digests)


def test_a_gap_is_the_gateways_own_and_nothing_that_was_missed() -> None:
    stage = Stage()
    stage.play.join("a", "ada")
    early = Proposal("act", "player", "a", 5, {"action": "make_tea"})
    assert stage.play.propose(early).outcomes[0].code == "gap"
    stage.hand_over()
    steps = stage.follower.steps_after(1)
    assert steps is not None
    past = unwound(stage.follower.index, steps)
    turns = replay(past, steps, stage.room.sender.look_of("player", "a"), "a")
    assert [[o.code for o, _ in t.outcomes] for t in turns] == [["ok"]]


def test_replaying_to_the_end_leads_to_the_same_index() -> None:
    stage = Stage()
    stage.play.join("a", "ada")
    stage.play.act("a", "make_tea")
    stage.hand_over()
    steps = stage.follower.steps_after(1)
    assert steps is not None
    past = unwound(stage.follower.index, steps)
    turns = replay(past, steps, stage.room.sender.look_of("player", "a"), "a")
    assert dict(past.facts) == dict(stage.follower.state.facts)
    assert [[o.code for o, _ in t.outcomes] for t in turns] == [["ok"], ["ok"]]


@pytest.mark.parametrize("seed", range(6))
def test_what_was_seen_then_and_what_was_missed_make_what_is_seen_now(seed: int) -> None:
    rng = random.Random(seed)
    stage = Stage(night(seed))
    for session, role in (("a", "ada"), ("b", "ben"), ("g", "guest")):
        stage.play.join(session, role)
    stage.hand_over()
    for _ in range(80):
        stage.random_turn(rng, ["a", "b", "g"])
        stage.hand_over()
    for session in ("a", "b", "g"):
        look = stage.room.sender.look_of("player", session)
        for seq in range(4, stage.follower.state.position.seq, 7):
            steps = stage.follower.steps_after(seq)
            assert steps is not None
            past = unwound(stage.follower.index, steps)
            seen = past.visible(look(past.facts))
            missed = fold(replay(past, steps, look, session))
            for name in missed.gone:
                seen.pop(name, None)
            seen.update(missed.changes)
            assert seen == stage.follower.index.visible(look(stage.follower.state.facts))


def test_a_recap_holds_what_the_seat_was_there_for_and_no_more() -> None:
    stage = Stage()
    stage.play.join("a", "ada")
    stage.play.join("b", "ben")
    stage.play.act("a", "talk", words="in the kitchen")
    stage.play.act("b", "promise", words="mine")
    stage.hand_over()

    def eyes_in(scene: str) -> Eyes:
        return Eyes(frozenset(("all", "role:ada", "seat:ada", f"scene:{scene}")), JUDGE)

    steps = stage.follower.newest_steps(100)
    found = recap(steps, "ada", "house.kitchen", eyes_in, 10)
    assert [event.kind for _, _, event in found] == ["told", "seat", "seat", "said"]
    assert len(recap(steps, "ada", "house.kitchen", eyes_in, 2)) == 2
