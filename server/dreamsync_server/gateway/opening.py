"""Opening worlds within bounds, and showing which there are."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from dreamsync.protocol import client_messages as wire
from dreamsync.protocol.class_messages import AskClass, OfClasses, OpenClass
from dreamsync_server.errors import PeerError
from dreamsync_server.gateway.cards import Cards
from dreamsync_server.gateway.classes import Classes
from dreamsync_server.gateway.shelf import OpenWorld
from dreamsync_server.gateway.tokens import hash_of, hash_of_code
from dreamsync_server.gateway.wording import Words
from dreamsync_server.limits import (
    LISTED_MAX,
    LISTING_KEPT_S,
    PACKS_LISTED_S,
    STORE_MEMORY_NEW_WORLDS,
    WORLDS_PER_ADDRESS_MAX,
)
from dreamsync_server.store.port import WorldCard
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import Facts

if TYPE_CHECKING:
    from dreamsync_server.gateway.conversation import Conversation
    from dreamsync_server.gateway.hall import Hall

Map = dict[str, Any]
_NO_ROOM = "The server takes no new worlds just now."


class Opening:
    """Answers `create`, `list` and `card`."""

    def __init__(self, hall: "Hall", open_world: OpenWorld) -> None:
        self._hall = hall
        self._open_world = open_world
        self._listed: tuple[float, list[WorldCard], dict[str, Mapping[str, Any]]] | None = None
        self._listing = asyncio.Lock()
        self._classes = Classes(hall)
        self._making: Counter[str] = Counter()  # creator -> worlds that are just being made

    async def answer(
        self, talk: "Conversation", message: wire.Create | wire.List | wire.Card | OfClasses
    ) -> None:
        """Answer a request."""
        match message:
            case wire.Create():
                talk.send(await self._create(talk, message))
            case wire.List():
                talk.send(await self._list(talk, message))
            case wire.Card():
                talk.send(await self._card(talk, message))
            case OpenClass():
                talk.send(await self._open_class(talk, message))
            case AskClass():
                talk.send(await self._class(talk, message))

    # --- opening ------------------------------------------------------------------------------

    async def _create(self, talk: "Conversation", message: wire.Create) -> Map:
        hall, tokens = self._hall, self._hall.tokens
        pack = await hall.shelf.newest(message.pack)
        if pack is None:
            raise PeerError("unknown_pack", "There is no such pack.")
        creator = hash_of(talk.line.visitor.address)
        desk, invite, code = tokens.secret(), tokens.secret(), tokens.code()
        card = WorldCard(
            world=tokens.world(),
            pack_id=pack.id,
            pack_hash=pack.hash,
            seed=tokens.seed() if message.seed is None else message.seed,
            is_private=message.private,
            created_ms=hall.clock.now_ms(),
            title=message.title or "",
            creator=creator,
            invite_hash=hash_of(invite) if message.private else "",
            code_hash=hash_of_code(code) if message.private else "",
            desk_hash=hash_of(desk),
            has_spectators=message.spectators,
            has_understudies=message.understudies,
            speed=message.speed or pack.speed,
            shares_ending=message.shares_ending,
        )
        async with self.room_for(talk, creator):
            where = await self._open_world(card)
        if where == "full":
            raise PeerError("no_room", _NO_ROOM)
        if where not in ("here", "elsewhere"):
            raise PeerError("starting", "The world could not be opened just now; try again.")
        self._listed = None
        created: Map = {"type": "created", "q": message.q, "world": card.world, "desk_token": desk}
        if message.private:
            created.update(invite=invite, code=code)
        return created

    async def _open_class(self, talk: "Conversation", message: OpenClass) -> Map:
        pack = await self._hall.shelf.newest(message.pack)
        if pack is None:
            raise PeerError("unknown_pack", "There is no such pack.")
        async with self.room_for(talk, hash_of(talk.line.visitor.address), message.count):
            return await self._classes.open(talk, message, pack)

    @asynccontextmanager
    async def room_for(
        self, talk: "Conversation", creator: str, count: int = 1
    ) -> AsyncIterator[None]:
        """Keep room for worlds of this address while they are made: what else it asks for meanwhile
        counts them.

        Raises:
            PeerError: no new world may be opened, or not so many by this address.
        """
        hall = self._hall
        if hall.is_draining or await hall.store.memory_share() > STORE_MEMORY_NEW_WORLDS:
            raise PeerError("no_room", _NO_ROOM)
        if not (talk.line.visitor.is_local or hall.tokens.is_operator(talk.session.token)):
            opened = await hall.store.opened_by(creator)
            if opened + self._making[creator] + count > WORLDS_PER_ADDRESS_MAX:
                raise PeerError("too_many_worlds", "Too many worlds are open from your address.")
        self._making[creator] += count
        try:
            yield
        finally:
            self._making[creator] -= count
            if not self._making[creator]:
                del self._making[creator]

    # --- showing ------------------------------------------------------------------------------

    async def _list(self, talk: "Conversation", message: wire.List) -> Map:
        lang, shelf = talk.session.lang, self._hall.shelf
        cards, hints = await self._public()
        worlds = []
        for card in cards:
            hinted = hints.get(card.world, {})
            pack = await shelf.by_hash(str(hinted.get("pack") or card.pack_hash))
            if pack is not None:
                worlds.append(self._drawn(card, pack, lang, hinted))
        drawn = [Cards(pack, Words(pack, lang)).pack() for pack in await self._packs()]
        return {"type": "worlds", "q": message.q, "worlds": worlds, "packs": drawn}

    async def _packs(self) -> list[Pack]:
        """Return the packs on the shelf; what is still being read after a while is left out."""
        shelf = self._hall.shelf
        reading = [asyncio.ensure_future(shelf.newest(pack_id)) for pack_id in shelf.ids()]
        try:
            if reading:
                await asyncio.wait(reading, timeout=PACKS_LISTED_S)
        finally:
            for task in reading:
                task.cancel()  # the wait for it alone: the shelf goes on reading
        ready = [task for task in reading if task.done() and not task.cancelled()]
        found = await asyncio.gather(*ready)
        return [pack for pack in found if pack is not None]

    async def _public(self) -> tuple[list[WorldCard], dict[str, Mapping[str, Any]]]:
        """Return the public worlds and what is hinted of them, read from the store once a while."""
        async with self._listing:
            now_s = self._hall.clock.mono_s()
            if self._listed is None or now_s - self._listed[0] >= LISTING_KEPT_S:
                store = self._hall.store
                cards = [card for card in await store.worlds() if not card.is_private]
                cards = cards[-LISTED_MAX:]
                hints = {card.world: await store.status(card.world) for card in cards}
                self._listed = (now_s, cards, hints)
            return self._listed[1], self._listed[2]

    async def _card(self, talk: "Conversation", message: wire.Card) -> Map:
        hall, answer = self._hall, {"type": "card", "q": message.q}
        lang = talk.session.lang
        if message.pack is not None:
            pack = await hall.shelf.newest(message.pack)
            if pack is None:
                raise PeerError("unknown_pack", "There is no such pack.")
            return {**answer, "pack": Cards(pack, Words(pack, lang)).pack()}
        entering = hall.entering
        world, invite = message.world or "", message.invite
        if message.code is not None:
            entering.check_tries(talk)
            world = await hall.store.world_by_code(hash_of_code(message.code)) or ""
            invite = message.code
        card = await self._classes.led(await entering.invited(talk, world, invite))
        hints = await hall.store.status(card.world)
        pack = await hall.shelf.by_hash(str(hints.get("pack") or card.pack_hash))
        if pack is None:
            raise PeerError("unknown_world", "The pack of this world cannot be found.")
        return {**answer, "world": self._drawn(card, pack, lang, hints)}

    async def _class(self, talk: "Conversation", message: AskClass) -> Map:
        self._hall.entering.check_tries(talk)
        try:
            found = await self._classes.worlds(message)
        except PeerError:
            self._hall.entering.count_try(talk)
            raise
        lang, drawn = talk.session.lang, []
        for card, hints in found:
            pack = await self._hall.shelf.by_hash(str(hints.get("pack") or card.pack_hash))
            if pack is not None:
                drawn.append(self._drawn(card, pack, lang, hints))
        return {"type": "worlds", "q": message.q, "worlds": drawn, "packs": []}

    def _drawn(self, card: WorldCard, pack: Pack, lang: str, hints: Mapping[str, Any]) -> Map:
        """Return a world's card: from its state where it is followed here, else from hints."""
        room = self._hall.rooms.get(card.world)
        if room is not None and room.follower.state.position.seq:
            return room.gate(lang).cards.world(card, room.follower.state.facts)
        cards = Cards(pack, Words(pack, lang))
        drawn = cards.world(card, Facts(pack))
        drawn["people"] = int(hints.get("players", 0))
        if hints.get("ending") or hints.get("closed"):
            drawn["state"] = "ended"
        elif not hints.get("awake"):
            drawn["state"] = "asleep"
        elif hints.get("paused"):
            drawn["state"] = "paused"
        return drawn
