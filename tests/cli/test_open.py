"""`open`: a world of one's own."""

import json
from dataclasses import replace

import pytest

import dreamsync
from dreamsync_server.cli.links import parse_link
from dreamsync_server.cli.open import Wish, open_world
from dreamsync_server.errors import OperatorError


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
    parts = ("Link:", "Typed code:", "Desk:", "Desk token:", "To play:")
    assert [part for part in parts if part not in told] == []


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
    for wish in (Wish("nope"), Wish("nope", class_worlds=2)):
        with pytest.raises(OperatorError, match=r"no pack 'nope' on this server"):
            await open_world(url, wish)


async def test_a_class_has_one_code_for_all_its_worlds(
    dream: dreamsync.Dream, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wish = Wish("starter", title="10b", class_worlds=3)
    assert await open_world(url, wish, is_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["worlds"]) == 3
    assert {(await dream.card(code=told["code"])).id for _ in range(3)} == set(told["worlds"])
    assert f"/class#{told['id']}.{told['desk_token']}.{told['invite']}." in told["desk"]
    assert told["desk"].endswith(told["code"])
    worlds = await dream.class_worlds(told["id"], token=told["desk_token"])
    assert [world.title for world in worlds] == ["10b · 1", "10b · 2", "10b · 3"]


async def test_what_a_class_cannot_have_is_refused_and_not_left_aside(url: str) -> None:
    for wish in (Wish("starter", seed=7), Wish("starter", shares_ending=True)):
        with pytest.raises(OperatorError, match="neither --seed nor --share-ending"):
            await open_world(url, replace(wish, class_worlds=2))


async def test_who_opens_a_class_is_told_what_to_keep(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await open_world(url, Wish("starter", class_worlds=2))
    told = capsys.readouterr().out
    assert "A class of 2 worlds is open." in told
    assert [part for part in ("Link for all:", "Typed code:", "Class desk:") if part not in told
            ] == []  # fmt: skip


async def test_who_leads_a_world_is_not_one_of_those_inside(dream: dreamsync.Dream) -> None:
    world = await dream.create_world("starter", private=True)
    desk = await dream.desk(world.id, token=world.desk_token)
    assert (await dream.card(world.id, invite=world.invite)).people == 0
    await dream.enter(world.id, role="ada", invite=world.invite)
    await desk.until(lambda facts: facts["ada.held"] == "player", timeout_s=30)
    assert (await dream.card(world.id, invite=world.invite)).people == 1
