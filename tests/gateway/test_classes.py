"""Classes: many worlds, one link and one code; who comes is led where there is room."""

import asyncio
import itertools
from typing import Any

import pytest
from support.house import PATIENCE_S, House, house

from dreamsync_server.errors import StoreUnavailableError
from dreamsync_server.limits import WORLDS_PER_ADDRESS_MAX


async def opened(node: House, count: int = 3, **given: Any) -> Any:
    made = await node.phone().ask(
        "open_class", pack="starter", count=count, understudies=False, **given
    )
    assert made.type == "created", made
    return made


async def test_a_class_has_its_worlds_under_one_desk_token() -> None:
    async with house() as node:
        made = await opened(node, title="10b")
        found = await node.phone().ask("class", world=made.world, token=made.desk_token)
        assert tuple(world.id for world in found.worlds) == made.worlds
        assert [world.title for world in found.worlds] == ["10b · 1", "10b · 2", "10b · 3"]
        assert {world.state for world in found.worlds} == {"asleep"}
        desk = await node.phone().ask(
            "enter", world=made.worlds[1], as_="desk", token=made.desk_token
        )
        assert desk.type == "entered"


async def test_who_comes_by_the_code_is_spread_over_the_worlds() -> None:
    async with house() as node:
        made = await opened(node)
        led = []
        for _ in range(6):
            card = (await node.phone().ask("card", code=made.code)).world
            led.append(card.id)
        assert sorted(led) == sorted((*made.worlds, *made.worlds))


async def test_who_comes_by_the_link_enters_the_world_of_the_card() -> None:
    async with house() as node:
        made = await opened(node, count=2)
        card = (await node.phone().ask("card", world=made.world, invite=made.invite)).world
        assert card.id in made.worlds
        entered = await node.phone().ask(
            "enter", world=card.id, as_="player", role="ada", invite=made.invite
        )
        assert entered.type == "entered"
        typed = await node.phone().ask(
            "enter", world=card.id, as_="player", role="ben", invite=made.code
        )
        assert typed.type == "entered"


async def test_a_world_that_is_full_or_over_takes_nobody_more() -> None:
    async with house() as node:
        made = await opened(node, count=2)
        first, second = made.worlds
        desk = node.phone()
        await desk.ask("enter", world=first, as_="desk", token=made.desk_token)
        assert (await desk.propose("close")).ok
        async with asyncio.timeout(5):
            while not (await node.store.status(first)).get("closed"):
                await asyncio.sleep(0.02)
        for _ in range(3):
            assert (await node.phone().ask("card", code=made.code)).world.id == second


async def test_nobody_enters_a_class_itself() -> None:
    async with house() as node:
        made = await opened(node)
        for given in (
            {"as_": "player", "invite": made.invite},
            {"as_": "desk", "token": made.desk_token},
        ):
            refused = await node.phone().ask("enter", world=made.world, **given)
            assert refused.code == "unknown_world"
            assert "class" in refused.text


@pytest.mark.parametrize("what", ["token", "world"])
async def test_a_class_is_shown_to_its_desk_alone(what: str) -> None:
    async with house() as node:
        made = await opened(node)
        given = {"world": made.world, "token": made.desk_token, what: "something"}
        assert (await node.phone().ask("class", **given)).code == "unknown_world"


async def test_the_code_of_another_class_leads_into_none_of_these_worlds() -> None:
    async with house() as node:
        made, other = await opened(node), await opened(node)
        refused = await node.phone().ask(
            "enter", world=made.worlds[0], as_="player", invite=other.code
        )
        assert refused.code == "unknown_world"


async def test_an_address_from_afar_may_not_open_more_worlds_at_once_than_at_all() -> None:
    async with house() as node:
        far = node.phone(is_local=False)
        asked = {"pack": "starter", "count": WORLDS_PER_ADDRESS_MAX + 1}
        assert (await far.ask("open_class", **asked)).code == "too_many_worlds"
        assert await node.store.worlds() == []


async def test_of_a_class_that_could_not_be_opened_nothing_is_left() -> None:
    async with house() as node:
        calls = itertools.count(1)
        has_failed, is_late, is_tidy = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def gate(method: str, side: str) -> None:
            if (method, side) == ("create_world", "before"):
                call = next(calls)
                if call == 10:
                    has_failed.set()
                    raise StoreUnavailableError("planted")
                if call == 11:
                    await is_late.wait()
            elif (method, side) == ("delete_world", "after") and not await node.store.worlds():
                is_tidy.set()

        node.store.gate = gate
        asking = asyncio.create_task(node.phone().ask("open_class", pack="starter", count=12))
        async with asyncio.timeout(PATIENCE_S):
            await has_failed.wait()
            for _ in range(100):  # whoever wants to delete may do so now
                await asyncio.sleep(0)
            is_tidy.clear()
            is_late.set()  # one of the worlds is written only now
            assert (await asking).code == "store_unavailable"
            await is_tidy.wait()
            assert await node.store.worlds() == []
