"""Commits from outside: ours pass, and none that no world could have decided."""

from dataclasses import replace
from typing import Any

import pytest
from support.packs import night_for_two, starter

from dreamsync_server.errors import WorldFaultError
from dreamsync_server.store.scrutiny import check_commit, check_whole
from dreamsync_server.world.commit import Cause, Change, Commit, Event, Position
from dreamsync_server.world.values import Drift, TextRef


def last() -> Commit:
    play = night_for_two()
    play.act("a", "talk", words="who is there?")
    return play.commits[-1]


def test_our_own_commits_pass() -> None:
    play = night_for_two()
    play.act("a", "whisper", who="ben", words="psst")
    play.act("b", "make_tea")
    world_ms = 0
    for commit in play.commits:
        check_commit(starter(), commit, world_ms)
        world_ms = commit.world_ms
    check_whole(starter(), play.state.facts)


@pytest.mark.parametrize(
    "wrong",
    [
        {"world_ms": -1},
        {"world_ms": 2**60},
        {"at_ms": "now"},
        {"position": Position(2**60, 4)},
        {"digest": -1},
        {"cause": Cause("act", "player", 5)},  # type: ignore[arg-type]
        {"cause": Cause("act", "player", arguments=(("x", {}),))},  # type: ignore[arg-type]
        {"events": (Event("said", ("everybody",)),)},
        {"events": (Event("said", "all"),)},  # type: ignore[arg-type]
        {"events": (Event("told", ("all",)),) * 500},
        {"changes": (Change("no.such.fact", 1),)},
        {"changes": (Change("ada.nerve", "high"),)},
        {"changes": (Change("ada.nerve", Drift(0, 1, 0, 0, 2**50)),)},
        {"changes": (Change("chapter", 5),)},
        {"changes": (Change("@world", (1, 1)),)},
        {"changes": (Change("@world", (1, 1, 0)),)},
        {"changes": (Change("@seat.ada", ("", "x", 0)),)},
        {"changes": (Change("@session.x", ("y" * 9_000,)),)},
        {"changes": (Change("@cue", Drift(1, 1, 1, 0, 9)),)},
        {"changes": (Change("@held.chime", TextRef("1.words", "0" * 16)),)},
        {"events": (Event("said", ("all",), "ada", "", (("place", "\x1b[2J"),)),)},
    ],
    ids=str,
)
def test_what_no_world_could_have_decided_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(WorldFaultError, match="cannot be one of ours"):
        check_commit(starter(), replace(last(), **wrong), 0)


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(WorldFaultError, match="backwards"):
        check_commit(starter(), last(), last().world_ms + 1)


def test_a_world_without_one_of_its_facts_is_refused() -> None:
    play = night_for_two()
    facts = dict(play.state.facts)
    del facts["ada.nerve"]
    with pytest.raises(WorldFaultError, match=r"ada\.nerve of the pack is missing"):
        check_whole(starter(), facts)
    with pytest.raises(WorldFaultError, match="seed"):
        check_whole(starter(), [name for name in play.state.facts if name != "@world"])
