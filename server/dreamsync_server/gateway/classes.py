"""Classes: several worlds of one pack under one link, one typed code and one desk token.

A class is a card like a world's, without a log; `class_worlds` names its worlds, and each of them
names it as `class_id`. Nobody enters a class: whoever asks for its card is given that of one of its
worlds.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from dreamsync.protocol.class_messages import AskClass, OpenClass
from dreamsync_server.errors import PeerError, StoreError
from dreamsync_server.gateway.tokens import hash_of, hash_of_code, is_secret
from dreamsync_server.limits import CLASS_LED_S, CLASS_OPENED_AT_ONCE
from dreamsync_server.store.port import Store, WorldCard
from dreamsync_server.world.model import Pack

if TYPE_CHECKING:
    from dreamsync_server.gateway.conversation import Conversation
    from dreamsync_server.gateway.hall import Hall

log = logging.getLogger(__name__)

Map = dict[str, Any]
Hints = Mapping[str, Any]
_UNKNOWN: Final = PeerError("unknown_world", "There is no such class, or it is not open to you.")


class Classes:
    """Opens classes, and leads people to their worlds."""

    def __init__(self, hall: "Hall") -> None:
        self._hall = hall
        # world -> until when (monotonic seconds) somebody counts who was led there lately and may
        # not have come in yet
        self._led: dict[str, deque[float]] = {}

    async def open(self, talk: "Conversation", message: OpenClass, pack: Pack) -> Map:
        """Make the worlds of a class and then the class; return what is said of it."""
        hall, tokens = self._hall, self._hall.tokens
        desk, invite, code = tokens.secret(), tokens.secret(), tokens.code()
        ids = [tokens.world() for _ in range(message.count)]
        shared = WorldCard(
            world=tokens.world(),
            pack_id=pack.id,
            pack_hash=pack.hash,
            seed=tokens.seed(),
            is_private=True,
            created_ms=hall.clock.now_ms(),
            title=message.title or pack.texts[pack.languages[0]].get("title", pack.id),
            creator=hash_of(talk.line.visitor.address),
            invite_hash=hash_of(invite),
            desk_hash=hash_of(desk),
            has_spectators=message.spectators,
            has_understudies=message.understudies,
            speed=message.speed or pack.speed,
        )
        cards = [
            replace(shared, world=world, seed=tokens.seed(), class_id=shared.world,
                    title=f"{shared.title} · {k}")
            for k, world in enumerate(ids, 1)
        ]  # fmt: skip
        whole = replace(shared, code_hash=hash_of_code(code), class_worlds=" ".join(ids))
        await self._make(cards, whole)
        return {
            "type": "created", "q": message.q, "world": whole.world, "worlds": ids,
            "invite": invite, "code": code, "desk_token": desk,
        }  # fmt: skip

    async def _make(self, cards: list[WorldCard], whole: WorldCard) -> None:
        """Write the worlds, a few at a time, and then the class; all of it or nothing."""
        making: list[asyncio.Task[None]] = []
        try:
            for at in range(0, len(cards), CLASS_OPENED_AT_ONCE):
                await self._make_some(cards[at : at + CLASS_OPENED_AT_ONCE], making)
            await self._make_some([whole], making)
        except BaseException:
            self._hall.spawn(self._unmake([*cards, whole], making))
            raise

    async def _make_some(self, cards: list[WorldCard], making: list[asyncio.Task[None]]) -> None:
        store, loop = self._hall.store, asyncio.get_running_loop()
        some = [loop.create_task(_made(store, card)) for card in cards]
        making += some
        await asyncio.wait(some)
        for task in some:
            task.result()

    async def _unmake(self, cards: list[WorldCard], making: list[asyncio.Task[None]]) -> None:
        """Delete what was made; also what is being made still, and would come behind that."""
        await asyncio.gather(*making, return_exceptions=True)
        for card in cards:
            try:
                await self._hall.store.delete_world(card.world)
            except StoreError as error:
                log.warning("world %s of a class that was given up stays: %s", card.world, error)

    async def worlds(self, message: AskClass) -> list[tuple[WorldCard, Hints]]:
        """Return the cards of a class's worlds with their hints, for who has its desk token."""
        store = self._hall.store
        whole = await store.card(message.world)
        if whole is None or not whole.class_worlds:
            raise _UNKNOWN
        if not is_secret(message.token, whole.desk_hash):
            raise _UNKNOWN
        return await self._members(whole)

    async def led(self, card: WorldCard) -> WorldCard:
        """Return the world that the next person of a class goes to; a world leads to itself.

        It is the one with the fewest players among those that have a free role and have not
        ended. Players are counted by hints and by who was led there in the last seconds.
        """
        if not card.class_worlds:
            return card
        pack = await self._hall.shelf.by_hash(card.pack_hash)
        found = await self._members(card)
        if pack is None or not found:
            raise _UNKNOWN
        seats = sum(max(1, role.seats) for role in pack.roles.values() if role.is_open)
        now_s = self._hall.clock.mono_s()

        def burden(at: int) -> tuple[bool, bool, int, int]:
            world, hints = found[at]
            is_over = bool(hints.get("ending") or hints.get("closed") or hints.get("fault"))
            players = int(hints.get("players", 0)) + self._led_lately(world.world, now_s)
            return is_over, players >= seats, players, at

        chosen = found[min(range(len(found)), key=burden)][0]
        self._led.setdefault(chosen.world, deque()).append(now_s + CLASS_LED_S)
        return chosen

    async def _members(self, whole: WorldCard) -> list[tuple[WorldCard, Hints]]:
        store, ids = self._hall.store, whole.class_worlds.split()
        cards = await asyncio.gather(*(store.card(world) for world in ids))
        hints = await asyncio.gather(*(store.status(world) for world in ids))
        return [(c, h) for c, h in zip(cards, hints, strict=True) if c is not None]

    def _led_lately(self, world: str, now_s: float) -> int:
        led = self._led.get(world)
        if led is None:
            return 0
        while led and led[0] <= now_s:
            led.popleft()
        if not led:
            del self._led[world]
        return len(led)


async def _made(store: Store, card: WorldCard) -> None:
    if not await store.create_world(card):
        raise PeerError("starting", "The class could not be opened just now; try again.")
