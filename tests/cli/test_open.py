"""`open`: a world of one's own."""

import json

import pytest

import dreamsync
from dreamsync_server.cli.links import parse_link
from dreamsync_server.cli.open import Wish, open_world


async def test_the_link_and_the_code_of_a_private_world_lead_into_it(
    dream: dreamsync.Dream, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await open_world(url, Wish("starter", is_private=True, title="Ours"), is_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    link = parse_link(told["link"])
    assert (await dream.card(link.world, invite=link.invite)).title == "Ours"
    assert (await dream.card(code=told["code"])).id == told["id"]


async def test_a_person_is_told_what_to_keep(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    await open_world(url, Wish("starter", is_private=True))
    told = capsys.readouterr().out
    assert [part for part in ("Link:", "Typed code:", "Desk token:", "To play:") if part not in told
            ] == []  # fmt: skip


async def test_a_public_world_has_no_code(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    await open_world(url, Wish("starter"))
    told = capsys.readouterr().out
    assert "Typed code" not in told
    assert "Desk token" in told


async def test_one_may_let_other_worlds_hear_how_it_ended(
    dream: dreamsync.Dream, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await open_world(url, Wish("starter", is_private=True, shares_ending=True))
    assert "may be told in other worlds" in capsys.readouterr().out
    await open_world(url, Wish("starter", is_private=True))
    assert "other worlds" not in capsys.readouterr().out


async def test_a_pack_that_is_not_there_is_refused(url: str) -> None:
    with pytest.raises(dreamsync.RefusedError, match="no such pack"):
        await open_world(url, Wish("nope"))
