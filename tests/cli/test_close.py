"""`close`: a world ended by its operator."""

import asyncio
import json
from pathlib import Path

import pytest

import dreamsync
from dreamsync_server.cli.assembly import Node
from dreamsync_server.cli.close import close, close_found
from dreamsync_server.cli.stored import world_in
from dreamsync_server.errors import OperatorError


async def test_who_is_in_a_closed_world_is_told_and_nobody_closes_it_twice(
    stored_node: Node, valkey_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with dreamsync.connect(f"ws://127.0.0.1:{stored_node.port}") as dream:
        world = await dream.create_world("starter", private=True)
        ada = await dream.enter(world.id, role="ada", name="Ari", invite=world.invite)
        assert await close(world.id, valkey_url, Path(), desk_token=world.desk_token) == 0
        async with asyncio.timeout(10):
            await ada.closed()
    assert "is closed. Its log is kept" in capsys.readouterr().out
    await close(world.id, valkey_url, Path(), is_json=True)
    assert json.loads(capsys.readouterr().out)["was_open"] is False


async def test_another_desk_token_closes_nothing(
    stored_node: Node, valkey_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with dreamsync.connect(f"ws://127.0.0.1:{stored_node.port}") as dream:
        world = await dream.create_world("starter", private=False)
        assert await close(world.id, valkey_url, Path(), desk_token="wrong") == 1
        assert "not the desk token" in capsys.readouterr().err
        ada = await dream.enter(world.id, role="ada", name="Ari")
        assert (await ada.act("make_tea")).ok


async def test_a_world_without_a_node_is_said_to_close_later(
    stored_node: Node, valkey_url: str
) -> None:
    async with dreamsync.connect(f"ws://127.0.0.1:{stored_node.port}") as dream:
        world = await dream.create_world("starter", private=False)
    async with world_in(valkey_url, Path(), world.id) as found:
        with pytest.raises(OperatorError, match="no node has taken it up yet"):
            await close_found(found, timeout_s=0.0)
