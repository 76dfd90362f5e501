"""Gives worlds to other nodes one by one, each made ready before it is let go, and takes them.

A node that is to end asks another to make a world ready (`warm`: its pack and state are loaded),
lets it go between two commits when that is done, and says so (`take`). Nothing depends on it:
ownership changes hands in the store alone, what is lost is said again, and who finds a world that
nobody owns opens it.
"""

import asyncio
import logging
import math
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

import msgpack

from dreamsync_server.clock import Clock
from dreamsync_server.errors import StoreError
from dreamsync_server.host.holdings import Holdings
from dreamsync_server.host.jobs import Jobs
from dreamsync_server.host.peers import Peers
from dreamsync_server.limits import (
    HANDED_AT_ONCE_MAX,
    HANDING_S,
    PLACED_S,
    STORE_TIMEOUT_S,
    TAKEN_S,
    WARMED_S,
)
from dreamsync_server.store import keys
from dreamsync_server.store.listening import Listening
from dreamsync_server.store.port import Note, Store

_log = logging.getLogger(__name__)
_TRIES: Final = 3  # nodes asked to make a world ready
_LOOK_S: Final = 0.02  # between two looks whether a world was taken
_SAID_AGAIN_S: Final = 0.25

Said = Mapping[str, Any]


class Handing:
    """What the nodes of one store tell one another about worlds.

    `on_gone(node)` is called when a node is said to have died, `on_drain()` when this one is told
    to hand everything over and end.
    """

    def __init__(
        self, store: Store, clock: Clock, jobs: Jobs, node: str, held: Holdings, peers: Peers
    ) -> None:
        self.on_gone: Callable[[str], Coroutine[Any, Any, None]] = _nothing
        self.on_drain: Callable[[], None] = lambda: None
        self._store = store
        self._clock = clock
        self._jobs = jobs
        self._node = node
        self._held = held
        self._peers = peers
        self._warmed: dict[str, asyncio.Future[str]] = {}  # world -> who has made it ready
        held.on_heir = self._told_to_take

    # --- giving ------------------------------------------------------------------------------

    async def hand_over(self) -> None:
        """Give every world to another node, until all are given or `HANDING_S` is over."""
        worlds = list(self._held.owners)
        if not worlds:
            return
        await self._peers.renew()
        gate = asyncio.Semaphore(HANDED_AT_ONCE_MAX)

        async def hand(world: str) -> None:
            async with gate:
                await self._hand(world)

        try:
            async with asyncio.timeout(HANDING_S), asyncio.TaskGroup() as group:
                for world in worlds:
                    group.create_task(hand(world))
        except TimeoutError:
            _log.warning("not every world could be handed over in time")

    async def place(self, world: str) -> bool:
        """Let a less loaded node open a world; False where there is none, or it does not."""
        target = self._peers.place()
        if not target:
            return False
        await self._tell(target, {"do": "open", "world": world})
        if await self._is_taken(world, PLACED_S):
            return True
        self._peers.forget(target)
        return False

    async def _hand(self, world: str) -> None:
        for _ in range(_TRIES):
            heir = self._peers.refuge()
            if not heir:
                return
            if await self._make_ready(world, heir):
                break
            self._peers.forget(heir)
        else:
            return
        owner = self._held.owners.get(world)
        if owner is None:
            return
        owner.heir = heir
        self._held.lane_of(world).close(owner)
        epoch = owner.ownership.epoch
        for _ in range(math.ceil(TAKEN_S / _SAID_AGAIN_S)):
            if await self._is_taken(world, _SAID_AGAIN_S):
                return
            if world not in self._held.owners:
                await self._told_to_take(world, heir, epoch)
        _log.warning("world %s was let go, and %s did not take it", world, heir)

    async def _make_ready(self, world: str, heir: str) -> bool:
        """Return whether a node has loaded a world, within `WARMED_S`."""
        ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._warmed[world] = ready
        try:
            await self._tell(heir, {"do": "warm", "world": world, "by": self._node})
            done, _ = await asyncio.wait({ready}, timeout=WARMED_S)
            return bool(done) and ready.result() == heir
        finally:
            del self._warmed[world]

    async def _is_taken(self, world: str, within_s: float) -> bool:
        """Return whether another node owns a world within some time."""
        until_s = self._clock.mono_s() + within_s
        while True:
            try:
                held = await self._jobs.finish(self._store.held(world))
            except StoreError:
                return False
            if held is None or held.node not in ("", self._node):
                return True
            if self._clock.mono_s() >= until_s:
                return False
            await asyncio.sleep(_LOOK_S)

    # --- taking ------------------------------------------------------------------------------

    async def listen(self) -> None:
        """Hear what this node is told, until cancelled."""
        topics = Listening((keys.of_node(self._node), keys.TO_NODES))
        async for note in self._store.hear(topics):
            self.hear(note)

    def hear(self, note: Note) -> None:
        """Do what is asked, as far as it can be made out."""
        try:
            said = msgpack.unpackb(note.said)
            what, world, by = said["do"], str(said.get("world", "")), str(said.get("by", ""))
        except (ValueError, TypeError, KeyError, AttributeError):
            return
        match what:
            case "warm" if not self._held.is_draining:
                self._jobs.start(self._warm(world, by))
            case "warmed":
                ready = self._warmed.get(world)
                if ready is not None and not ready.done():
                    ready.set_result(by)
            case "take" if not self._held.is_draining:
                epoch = said.get("epoch", 0)
                self._jobs.start(self._held.open(world, handed=epoch if epoch else 0))
            case "open" if not self._held.is_draining:
                self._jobs.start(self._held.open(world))
            case "gone":
                self._jobs.start(self.on_gone(by))
            case "drain":
                self.on_drain()
            case _:
                return

    async def _warm(self, world: str, by: str) -> None:
        if await self._held.warm(world):
            await self._tell(by, {"do": "warmed", "world": world, "by": self._node})

    async def _told_to_take(self, world: str, heir: str, epoch: int) -> None:
        await self._tell(heir, {"do": "take", "world": world, "epoch": epoch})

    async def _tell(self, node: str, said: Said) -> None:
        await tell_node(self._store, node, said)


async def tell_node(store: Store, node: str, said: Said) -> None:
    """Tell a node something, or all of them where it is "": what it does is up to it."""
    topic = keys.of_node(node) if node else keys.TO_NODES
    try:
        async with asyncio.timeout(STORE_TIMEOUT_S):
            await store.tell([Note(topic, msgpack.packb(dict(said)))])
    except TimeoutError:
        _log.info("node %s could not be told to %s", node or "any", said["do"])


async def _nothing(node: str) -> None:
    """Make nothing of a node's death."""
