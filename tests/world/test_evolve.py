"""Evolve: applies changes, checks digests, and can be taken back."""

import dataclasses

import pytest
from support.packs import night_for_two, starter

from dreamsync_server.errors import WorldFaultError
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.evolve import evolve, unwind
from dreamsync_server.world.state import State


def replayed(commits) -> State:
    state = State(starter())
    for commit in commits:
        evolve(state, commit)
    return state


def test_a_digest_that_does_not_come_out_is_a_fault() -> None:
    play = night_for_two()
    *firsts, last = play.commits
    state = replayed(firsts)
    with pytest.raises(WorldFaultError, match="digest"):
        evolve(state, dataclasses.replace(last, digest=last.digest ^ 1))


def test_taking_a_commit_back_gives_the_state_before_it() -> None:
    play = night_for_two()
    play.act("a", "snuff_lamp")
    *firsts, last = play.commits
    before, state = replayed(firsts), replayed(firsts)
    was = (state.position, state.at_ms, state.world_ms)
    unwind(state, last, evolve(state, last), was)
    assert dict(state.facts) == dict(before.facts)
    assert (state.digest, state.position) == (before.digest, before.position)
    assert state.hashes == before.hashes


def test_the_incremental_digest_is_that_of_all_facts_together() -> None:
    state = replayed(night_for_two().commits)
    incremental = state.digest
    state.rehash()
    assert state.digest == incremental


def test_a_state_that_is_not_hashed_comes_to_the_same_facts_without_a_digest() -> None:
    hashed, bare = Playthrough(starter(), 5), Playthrough(starter(), 5, is_hashed=False)
    for play in (hashed, bare):
        for _ in range(700):
            play.direct_second()
            play.pass_ms(1000)
    assert (bare.facts, bare.state.hashes, bare.state.digest) == (hashed.facts, {}, 0)
    assert len(bare.commits) == len(hashed.commits) > 100
