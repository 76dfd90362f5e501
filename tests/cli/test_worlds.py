"""`worlds`: what a server has."""

import json
from pathlib import Path

import pytest

import dreamsync
from dreamsync_server.cli.assembly import Node
from dreamsync_server.cli.worlds import stored, worlds


async def test_public_worlds_are_listed_with_their_links_and_private_ones_are_not(
    dream: dreamsync.Dream, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    public = await dream.create_world("starter", private=False, title="Ours")
    private = await dream.create_world("starter", private=True)
    assert await worlds(url) == 0
    told = capsys.readouterr().out
    assert f"{url.replace('ws', 'http')}/w#{public.id}" in told
    assert "Ours" in told
    assert private.id not in told


async def test_the_list_is_json_where_a_program_asks(
    dream: dreamsync.Dream, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world = await dream.create_world("starter", private=False)
    await worlds(url, is_json=True)
    told = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in told["worlds"]] == [world.id]
    assert {pack["id"] for pack in told["packs"]} >= {"starter", "expo"}


async def test_a_server_without_worlds_says_how_to_open_one(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await worlds(url)
    told = capsys.readouterr().out
    assert "No public world is open." in told
    assert "./dream open PACK" in told


async def test_an_operator_sees_every_world_of_a_store(
    stored_node: Node, valkey_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with dreamsync.connect(f"ws://127.0.0.1:{stored_node.port}") as dream:
        hidden = await dream.create_world("starter", private=True, title="Behind the door")
        made = await dream.open_class("starter", 1)
    assert await stored(valkey_url, Path()) == 0
    told = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert told[hidden.id].endswith("Behind the door")
    assert told[made.id].split()[1] == "class"
    assert await stored(valkey_url, Path(), is_json=True) == 0
    rows = {row["world"]: row for row in json.loads(capsys.readouterr().out)["worlds"]}
    assert (rows[hidden.id]["private"], rows[hidden.id]["commits"]) == (True, 1)
    assert rows[made.worlds[0]]["class"] == made.id
