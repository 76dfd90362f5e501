"""Which worlds a director takes next: those in its share that want direction and have none.

Each director looks at its share of the worlds that are listed as awake, and now and then at that
of another one in turn, who may be full, or dead though nobody knows it yet.
"""

from collections.abc import Callable, Collection
from typing import Final

from dreamsync_server.limits import DIRECTED_LEASE_S, DIRECTOR_WORLDS_MAX
from dreamsync_server.store.port import Store, WorldCard
from dreamsync_server.store.shares import share_of

Others = Callable[[], Collection[str]]

_ANOTHERS: Final = 5  # each so many looks one is at another's share, too


class Finding:
    """Looks for worlds.

    `others` gives the names of the other directors that live, as is known; None for one that is no
    process of its own: who holds a lease then counts as living while that lasts.
    """

    def __init__(self, store: Store, node: str, others: Others | None) -> None:
        self._store = store
        self._node = node
        self._others = others
        self._looks = 0

    async def look(self, directed: Collection[str]) -> list[WorldCard]:
        """Return worlds that are to be directed besides `directed`; this director has their lease.

        Raises:
            StoreError: the store did not answer.
        """
        others = frozenset(self._others() if self._others else ())
        lives = dict.fromkeys((None, self._node), False) | dict.fromkeys(others, True)
        found: list[WorldCard] = []
        for world in await self._awake(others):
            if len(directed) + len(found) >= DIRECTOR_WORLDS_MAX:
                break
            if world not in directed:
                card = await self._to_be_directed(world, lives)
                if card is not None and await self._take(world):
                    found.append(card)
        return found

    async def _awake(self, others: Collection[str]) -> list[str]:
        share = share_of(self._node, others)
        worlds = share.of(await self._store.awake(share.buckets))
        self._looks += 1
        rounds, rest = divmod(self._looks, _ANOTHERS)
        if rest == 0 and share.parts > 1:
            other = share.turned(1 + rounds % (share.parts - 1))
            worlds += other.of(await self._store.awake(other.buckets))
        return worlds

    async def _to_be_directed(self, world: str, lives: dict[str | None, bool]) -> WorldCard | None:
        """Return the card of a world that nobody directs and that wants it."""
        holder = await self._store.lease_holder(lease_of_directed(world))
        if holder is not None and holder not in lives:
            lives[holder] = await self._is_live(holder)
        if lives[holder]:
            return None
        card = await self._store.card(world)
        if card is None or not card.is_directed:
            return None
        status = await self._store.status(world)
        if status.get("ending") or not status.get("awake"):
            return None
        if holder not in (None, self._node):
            await self._store.drop_lease(lease_of_directed(world), holder)
        return card

    async def _is_live(self, director: str) -> bool:
        """Return whether a director lives: its lease of a world lasts longer than it may."""
        if self._others is None:
            return True
        return await self._store.lease_holder(f"node:{director}") is not None

    async def _take(self, world: str) -> bool:
        return await self._store.lease(lease_of_directed(world), self._node, DIRECTED_LEASE_S)


def lease_of_directed(world: str) -> str:
    """Return the name of the lease of who directs a world."""
    return f"director:{world}"
