"""`replay`: rebuilt from the log, checked, and seen through the gate."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.packs import night_for_two, starter

import dreamsync
from dreamsync_server.cli.assembly import Node
from dreamsync_server.cli.replay import DESK, WATCHER, Rebuilt, look_of, replay
from dreamsync_server.errors import OperatorError, WorldFaultError
from dreamsync_server.world.commit import Commit


def _commits() -> list[Commit]:
    play = night_for_two()
    play.act("a", "whisper", who="ben", words="the canary sings")
    play.act("b", "make_tea")
    return list(play.commits)


async def _played(node: Node) -> tuple[str, list[dict[str, Any]]]:
    """Play a little; return the world and the texts that Ben heard live."""
    async with dreamsync.connect(f"ws://127.0.0.1:{node.port}") as dream:
        world = await dream.create_world("starter", private=False, understudies=False)
        ada = await dream.enter(world.id, role="ada", name="Ari")
        ben = await dream.enter(world.id, role="ben", name="Bo")
        assert (await ada.act("whisper", who="ben", words="for you alone")).ok
        last = await ada.act("make_tea")
        assert last.ok
        await ben.until(lambda _: ben.position >= last.position)
        heard = [{"at": list(event.at), "text": event.text} for event in ben.new_events()]
    return world.id, heard


async def test_a_role_is_shown_in_a_replay_what_it_was_shown_live(
    stored_node: Node, valkey_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world, heard = await _played(stored_node)
    assert await replay(world, valkey_url, Path(), seen_by="ben", is_json=True) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    shown = [
        {"at": event["at"], "text": event.get("text", "")}
        for view in lines
        for event in view.get("events", ())
    ]
    assert heard
    assert [event for event in shown if event["at"] >= heard[0]["at"]][: len(heard)] == heard
    assert lines[-1]["type"] == "replayed"


@pytest.mark.parametrize(("seen_by", "is_heard"), [
    ("ada", True), ("ben", True), ("guest.3", False), (WATCHER, False), (DESK, True),
])  # fmt: skip
async def test_a_whisper_is_in_the_replay_of_those_it_was_for(
    stored_node: Node, valkey_url: str, capsys: pytest.CaptureFixture[str], seen_by: str,
    is_heard: bool,
) -> None:  # fmt: skip
    world, _ = await _played(stored_node)
    await replay(world, valkey_url, Path(), seen_by=seen_by, is_json=True)
    assert ("for you alone" in capsys.readouterr().out) is is_heard


async def test_a_replay_stops_where_it_is_told_to(
    stored_node: Node, valkey_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world, _ = await _played(stored_node)
    await replay(world, valkey_url, Path(), until="2")
    assert "Replayed 2 commits by 1 owner; every digest came out." in capsys.readouterr().out


def test_a_log_that_was_tampered_with_is_found_out() -> None:
    commits = _commits()
    bad = replace(commits[-1], digest=commits[-1].digest ^ 1)
    with pytest.raises(WorldFaultError, match="digest"):
        list(Rebuilt(starter(), "", None).take([*commits[:-1], bad]))


def test_pages_of_any_length_give_the_same_turns() -> None:
    commits = _commits()
    whole = Rebuilt(starter(), "", look_of(starter(), "ben"))
    paged = Rebuilt(starter(), "", look_of(starter(), "ben"))
    turns = [turn for commit in commits for turn in paged.take([commit])]
    assert turns == list(whole.take(commits))
    assert paged.summary() == whole.summary()


def test_a_seat_that_is_not_there_is_refused() -> None:
    for asked in ("zoe", "guest", "guest.999", "ada.1"):
        with pytest.raises(OperatorError, match="there is no seat"):
            look_of(starter(), asked)


async def test_one_moment_is_shown_or_stopped_at(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="give one of them"):
        await replay("w", "", tmp_path, at="3", until="9")
