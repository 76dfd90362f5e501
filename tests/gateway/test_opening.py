"""Opening worlds within bounds, and finding them."""

import asyncio
import dataclasses
from typing import Any

import pytest
from support.house import StarterShelf, house

from dreamsync_server.gateway import opening
from dreamsync_server.world.model import Pack


async def test_a_typed_code_finds_its_world() -> None:
    async with house() as node:
        world = await node.world(private=True)
        answer = await node.phone().ask("card", code=world.code.lower().replace("-", ""))
        assert answer.world.id == world.world


async def test_worlds_are_listed_without_the_private_ones() -> None:
    async with house() as node:
        public = await node.world(title="An open house")
        await node.world(private=True)
        answer = await node.phone().ask("list")
        assert [(w.id, w.title) for w in answer.worlds] == [(public.world, "An open house")]
        assert [pack.id for pack in answer.packs] == ["starter"]


async def test_what_is_created_says_its_secrets_once_and_keeps_only_their_hashes() -> None:
    async with house() as node:
        world = await node.world(private=True)
        card = await node.store.card(world.world)
        assert card is not None
        kept = repr(dataclasses.asdict(card))
        for secret in (world.invite, world.code, world.desk_token):
            assert secret not in kept


async def test_an_ending_is_shared_only_where_the_creator_says_so() -> None:
    async with house() as node:
        for said in ({}, {"shares_ending": True}):
            made = await node.phone().ask("create", pack="starter", private=False, **said)
            card = await node.store.card(made.world)
            assert card is not None
            assert card.shares_ending is bool(said)


async def test_a_public_world_needs_no_invite_and_has_none() -> None:
    async with house() as node:
        world = await node.world()
        assert (world.invite, world.code) == (None, None)
        assert (await node.phone().ask("card", world=world.world)).world.id == world.world


async def test_an_unknown_pack_is_said() -> None:
    async with house() as node:
        for request in ({"type_": "card"}, {"type_": "create", "private": False}):
            answer = await node.phone().ask(**request, pack="nothing")  # type: ignore[arg-type]
            assert answer.code == "unknown_pack"
        assert (await node.phone().ask("card", pack="starter")).pack.id == "starter"


async def test_an_address_may_open_so_many_worlds_and_this_machine_more() -> None:
    async with house() as node:
        stranger = node.phone(address="203.0.113.5", is_local=False)
        codes: list[Any] = [
            getattr(await stranger.ask("create", pack="starter", private=False), "code", None)
            for _ in range(21)
        ]
        assert codes == [None] * 20 + ["too_many_worlds"]
        assert await node.world()


async def test_what_an_address_asks_for_at_once_is_counted_together() -> None:
    async with house() as node:
        phones = [node.phone(address="203.0.113.5", is_local=False) for _ in range(4)]
        asking = [p.ask("create", pack="starter", private=False) for p in phones for _ in range(7)]
        codes = [getattr(answer, "code", None) for answer in await asyncio.gather(*asking)]
        assert codes.count(None) == 20
        assert codes.count("too_many_worlds") == 8
        assert len(await node.store.worlds()) == 20


async def test_the_operator_opens_as_many_as_there_is_room_for() -> None:
    async with house(operator_token="let-me-in") as node:
        codes = {}
        for token in ("let-me-in", "let-me-out"):
            phone = node.phone(address="203.0.113.5", is_local=False, token=token)
            asked = [await phone.ask("create", pack="starter", private=False) for _ in range(21)]
            codes[token] = {getattr(answer, "code", None) for answer in asked}
        assert codes == {"let-me-in": {None}, "let-me-out": {"too_many_worlds"}}


async def test_a_store_that_fills_up_takes_no_new_worlds() -> None:
    async with house() as node:

        async def share() -> float:
            return 0.71

        node.store.memory_share = share  # type: ignore[method-assign]
        answer = await node.phone().ask("create", pack="starter", private=False)
        assert answer.code == "no_room"


async def test_a_pack_that_takes_long_to_read_does_not_keep_the_list_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opening, "PACKS_LISTED_S", 0.05)

    class SlowShelf(StarterShelf):
        def ids(self) -> tuple[str, ...]:
            return ("endless", "starter")

        async def newest(self, pack_id: str) -> Pack | None:
            if pack_id == "endless":
                await asyncio.Event().wait()
            return await super().newest(pack_id)

    async with house() as node:
        node.hall.shelf = SlowShelf()
        answer = await node.phone().ask("list")
        assert [pack.id for pack in answer.packs] == ["starter"]
