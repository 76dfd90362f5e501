"""`delete`: a world that is over, gone for good; one that people may be in is left alone."""

import asyncio
import json
from pathlib import Path

import pytest
from cli.nights import night
from cli.test_erase import everything

import dreamsync
from dreamsync_server.cli import delete as delete_command
from dreamsync_server.cli.assembly import Node, open_node
from dreamsync_server.cli.child import ChildSettings
from dreamsync_server.cli.close import close
from dreamsync_server.cli.delete import delete
from dreamsync_server.errors import OperatorError
from dreamsync_server.settings import Settings


async def test_a_world_that_is_over_is_gone_for_good(
    valkey_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(port=0, public_pack="")
    child = ChildSettings(name="n-delete", store_url=valkey_url, settings=settings)
    async with open_node(child) as node:
        world = (await night(node, "the bittern booms")).world.id
        with pytest.raises(OperatorError, match=f"close it first .*close {world}"):
            await delete(world, valkey_url, Path(), is_sure=True)
        assert await close(world, valkey_url, Path()) == 0
        with pytest.raises(OperatorError, match=r"gone for good.*--yes"):
            await delete(world, valkey_url, Path())
        assert b"bittern" in await everything(valkey_url)
        capsys.readouterr()
        going = asyncio.create_task(delete(world, valkey_url, Path(), is_sure=True, is_json=True))
    async with asyncio.timeout(30):
        assert await going == 0
    assert json.loads(capsys.readouterr().out)["deleted"] == [world]
    held = await everything(valkey_url)
    assert b"bittern" not in held
    assert world.encode() not in held


async def test_who_is_still_in_it_keeps_it(
    stored_node: Node, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = await night(stored_node)
    await close(played.world.id, valkey_url, Path())
    monkeypatch.setattr(delete_command, "LET_GO_S", 0.1)
    with pytest.raises(OperatorError, match="that its node does not let it go"):
        await delete(played.world.id, valkey_url, Path(), is_sure=True)


async def test_a_class_goes_with_its_worlds(
    stored_node: Node, valkey_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with dreamsync.connect(f"ws://127.0.0.1:{stored_node.port}") as dream:
        made = await dream.open_class("starter", 2)
    with pytest.raises(OperatorError, match="a class of 2 worlds with 0 commits"):
        await delete(made.id, valkey_url, Path())
    assert await delete(made.id, valkey_url, Path(), is_sure=True) == 0
    held = await everything(valkey_url)
    assert not [each for each in (made.id, *made.worlds) if each.encode() in held]
    assert f"{made.id} is deleted." in capsys.readouterr().out
