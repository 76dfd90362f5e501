"""Killing, freezing and doubling the director at every step: each beat once, its memory intact.

`python -m director.takeovers` does so for two hundred seeds; here it is a few, and a fault that is
planted must be told.
"""

import pytest
from director.takeovers import FATES, Stand, faults_of, pack_of, try_one

from dreamsync_server.story.guide import Guide
from dreamsync_server.world.commit import Proposal

SEEDS = range(1, 5)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("fate", FATES)
def test_whatever_becomes_of_directors_nothing_comes_twice_or_is_forgotten(
    fate: str, seed: int
) -> None:
    stand, faults = try_one(pack_of("starter"), seed, fate)
    assert faults == []
    assert stand.appointed > 20


def test_beats_and_nudges_come_all_the_same() -> None:
    kinds = {
        commit.cause.kind
        for fate in FATES
        for commit in try_one(pack_of("starter"), 7, fate)[0].play.commits
        if commit.cause.by == "director" and commit.changes
    }
    assert {"cue", "nudge", "term"} <= kinds


def test_a_beat_that_comes_twice_is_told() -> None:
    stand = Stand(pack_of("starter"), 3)
    stand.play.join("d", kind="desk")
    stand.play.pass_ms(240_000)
    stand.play.direct(Proposal("cue", "director", "director", 0, {"beat": "chime", "occurrence": 0,
                                                                  "trace": "drew"}))  # fmt: skip
    assert list(faults_of(stand.play)) == []
    stand.play.commits.append(stand.play.commits[-1])
    assert any("chime" in fault for fault in faults_of(stand.play))


def test_a_cue_without_a_trace_is_told() -> None:
    stand = Stand(pack_of("starter"), 3)
    stand.play.pass_ms(240_000)
    stand.play.direct(
        Proposal("cue", "director", "director", 0, {"beat": "chime", "occurrence": 0})
    )
    assert any("no trace" in fault for fault in faults_of(stand.play))


def test_a_new_director_wants_what_the_old_one_would() -> None:
    stand = Stand(pack_of("starter"), 1)
    stand.appoint()
    [old] = stand.directors
    compared = 0
    for _ in range(330):
        stand.play.pass_ms(1000)
        asked = stand.wanted(old)
        moves = [p for p in asked if p.kind in ("cue", "nudge")]
        if moves:
            fresh = stand.play.state.fork()
            world_ms = old.world_ms(stand.play.world_ms)
            with fresh.facts.seen_at(world_ms):
                move = Guide(fresh.pack).next_move(fresh, world_ms // 1000)
            assert move is not None
            assert (move.kind, move.arguments) == (moves[0].kind, moves[0].arguments)
            compared += 1
        for proposal in asked:
            stand.play.propose(proposal)
    assert list(faults_of(stand.play)) == []
    assert compared > 3
