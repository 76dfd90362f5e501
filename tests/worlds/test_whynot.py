"""Why not, on the shipped packs: exactly the failing leaves are named, and play puts them right.

An evening of bots is played under the director. Each beat that could not come by its condition is
asked about once; what was named then as failing must be all that failed, and must hold by the
second in which play lets the beat come.
"""

import functools
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from worlds.rerecord import WORLDS

from dreamsync_server.packs import load_folder
from dreamsync_server.story.bots import Bots
from dreamsync_server.story.guide import Guide
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.story.why import Why, explain
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import State

SEED = 11
ASK_EVERY_S = 120


class Once(NamedTuple):
    """A beat that could not come, and how the facts were: `before` then, `cued` when it came."""

    beat: str
    before: State
    why: Why
    cued: State


@functools.cache
def pack_of(pack_id: str) -> Pack:
    return load_folder(WORLDS / pack_id)


@functools.cache
def guide_of(pack_id: str) -> Guide:
    return Guide(pack_of(pack_id))


@functools.cache
def all_of(pack_id: str) -> tuple[Once, ...]:
    return tuple(turned(pack_id))


def turned(pack_id: str) -> Iterator[Once]:
    """Play an evening; yield each beat that could not come by its condition and then came."""
    guide, pack = guide_of(pack_id), pack_of(pack_id)
    play = Playthrough(pack, SEED, is_hashed=False)
    bots = Bots(play, SEED)
    asked: dict[str, tuple[State, Why]] = {}
    while not play.ending:
        play.pass_ms(1000)
        bots.act_second()
        second = play.world_ms // 1000
        if second % ASK_EVERY_S == 0:
            for beat in pack.beats.values():
                holds = beat.when is None or beat.when.run(play.facts, {})
                if beat.id not in asked and not holds and not play.facts[f"cued.{beat.id}"]:
                    state = play.state.fork()
                    asked[beat.id] = (state, explain(guide, state, beat))
        now = play.state.fork()
        for commit in play.direct_second():
            beat_id = str(dict(commit.cause.arguments).get("beat", ""))
            if commit.cause.kind == "cue" and beat_id in asked:
                before, why = asked.pop(beat_id)
                yield Once(beat_id, before, why, now)


@pytest.mark.parametrize("pack_id", ["expo", "seizure"])
def test_several_beats_of_the_pack_are_asked_about(pack_id: str) -> None:
    assert len({once.beat for once in all_of(pack_id)}) >= 8


@pytest.mark.parametrize("pack_id", ["expo", "seizure"])
def test_every_named_leaf_fails_and_no_other_matters(pack_id: str) -> None:
    for once in all_of(pack_id):
        assert once.why.failing, once.beat
        assert not any(leaf.holds for leaf in once.why.failing), once.beat
        when = pack_of(pack_id).beats[once.beat].when
        assert when is not None
        mended = once.before.fork()
        for leaf in once.why.failing:
            if leaf.text.startswith("chapter in "):
                continue  # where the beat belongs, which is no part of its condition
            for name, _ in leaf.facts:
                mended.facts[name] = once.cued.facts[name]
        mended.facts.ms = once.cued.facts.ms
        assert when.run(mended.facts, {}), (once.beat, [leaf.text for leaf in once.why.failing])


@pytest.mark.parametrize("pack_id", ["expo", "seizure"])
def test_play_puts_the_named_leaves_right_and_the_beat_comes(pack_id: str) -> None:
    guide, pack = guide_of(pack_id), pack_of(pack_id)
    for once in all_of(pack_id):
        now = explain(guide, once.cued, pack.beats[once.beat])
        assert now.failing == (), once.beat
        assert now.code == "ok", (once.beat, now.code)
