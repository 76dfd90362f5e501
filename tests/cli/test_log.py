"""`log`: a world's commits from the store."""

import json
from pathlib import Path

import pytest

import dreamsync
from dreamsync_server.cli.assembly import Node
from dreamsync_server.cli.log import log


async def _world(node: Node) -> str:
    async with dreamsync.connect(f"ws://127.0.0.1:{node.port}") as dream:
        world = await dream.create_world("starter", private=False, understudies=False)
        ada = await dream.enter(world.id, role="ada", name="Ari")
        assert (await ada.act("talk", words="who is there?")).ok
        await ada.leave()
    return world.id


async def test_the_log_is_printed_in_order_with_what_was_said(
    stored_node: Node, valkey_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world = await _world(stored_node)
    assert await log(world, valkey_url, Path()) == 0
    told = capsys.readouterr().out
    assert told.index("owner open") < told.index(" join ") < told.index("'who is there?'")


async def test_json_has_one_commit_a_line_and_begins_behind_a_seq(
    stored_node: Node, valkey_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world = await _world(stored_node)
    await log(world, valkey_url, Path(), after=1, is_json=True)
    commits = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    seqs = [commit["position"][1] for commit in commits]
    assert seqs == list(range(2, len(seqs) + 2))
    assert any(commit["cause"]["kind"] == "act" for commit in commits)


async def test_a_log_that_goes_no_further_says_so(
    stored_node: Node, valkey_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world = await _world(stored_node)
    await log(world, valkey_url, Path(), after=999)
    assert "Nothing stands in the log" in capsys.readouterr().out
