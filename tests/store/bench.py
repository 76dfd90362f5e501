"""What the tests of the store's contract work with."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from store import builders

from dreamsync_server.store.port import Appended, Bell, Note, Ownership, Snapshot, Store
from dreamsync_server.world.commit import Position

DEADLINE_S = 5.0
Heard = TypeVar("Heard", Bell, Note)
_names = itertools.count(1)


@dataclass
class Bench:
    """What a test of the contract works with.

    `other` is a second client of the same store. `pass_time` lets the store's clock move by that
    many milliseconds. `prefix` makes world ids fresh.
    """

    store: Store
    other: Store
    pass_time: Callable[[int], Awaitable[None]]
    prefix: str

    def name(self) -> str:
        """Return an id that nobody has used."""
        return f"{self.prefix}{next(_names)}"

    async def world(self) -> str:
        """Make a world and return its id."""
        world = self.name()
        assert await self.store.create_world(builders.card(world))
        return world

    async def owned(self, nonce: str = "n1") -> Ownership:
        """Make a world, own it and return the ownership."""
        owner = await self.store.acquire(await self.world(), "node1", nonce, None)
        assert owner is not None
        return owner

    async def grown(self, owner: Ownership, count: int, *, filling: str = "") -> Ownership:
        """Append `count` commits and return the ownership with its new tail."""
        while count:
            some = min(count, 50)
            (answer,) = await self.store.append([builders.batch(owner, some, filling=filling)])
            assert answer == Appended("ok", owner.tail + some)
            owner = owner._replace(tail=owner.tail + some)
            count -= some
        return owner

    async def taken(self, owner: Ownership, nonce: str = "n2") -> Ownership:
        """Let another node take the world over."""
        held = await self.store.held(owner.world)
        taken = await self.other.acquire(owner.world, "node2", nonce, held)
        assert taken is not None
        return taken


def snapshot(owner: Ownership, seq: int) -> Snapshot:
    """Return a snapshot at a seq of an owner's epoch."""
    return Snapshot(Position(owner.epoch, seq), ((owner.epoch, 1),), b"state%d" % seq)


def seqs(commits: Any) -> list[int]:
    """Return the seqs of commits."""
    return [commit.position.seq for commit in commits]


async def heard(
    bells: AsyncIterator[Heard], ring: Callable[[], Awaitable[Any]], wanted: Heard
) -> None:
    """Ring until a listener hears the wanted bell or note: any single one may be lost.

    Raises:
        TimeoutError: it never did.
    """
    async with asyncio.timeout(DEADLINE_S):
        hearing = asyncio.ensure_future(anext(bells))
        while True:
            await ring()
            await asyncio.wait([hearing], timeout=0.05)
            if hearing.done():
                if hearing.result() == wanted:
                    return
                hearing = asyncio.ensure_future(anext(bells))
