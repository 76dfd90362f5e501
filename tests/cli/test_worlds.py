"""`worlds`: what a server has."""

import json

import pytest

import dreamsync
from dreamsync_server.cli.worlds import worlds


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
