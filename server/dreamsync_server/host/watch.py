"""Finds worlds that should be awake and that nobody serves, and has them opened here."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable

from dreamsync_server.clock import Clock
from dreamsync_server.errors import StoreError
from dreamsync_server.host.jobs import Jobs
from dreamsync_server.host.lease import lease_of
from dreamsync_server.limits import LEASE_RENEW_S, SCAN_WORLDS_S
from dreamsync_server.store.listening import Listening
from dreamsync_server.store.port import Store

_log = logging.getLogger(__name__)
_TOGETHER = 4  # worlds looked at, at the same time


class Watch:
    """Watches the other nodes' leases each `LEASE_RENEW_S`, and all worlds when one has ended.

    A world is opened here when its owner's lease is gone, or when nobody owns it though it is
    listed as awake: a drained node gave it up, or this node's own last life had it. One that
    sleeps is only listened to: a bell of its inbox opens it. A world that was never opened is
    left to who creates it.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        jobs: Jobs,
        node: str,
        listening: Listening,
        is_here: Callable[[str], bool],
        open_here: Callable[[str], Awaitable[object]],
    ) -> None:
        self._store = store
        self._clock = clock
        self._jobs = jobs
        self._node = node
        self._listening = listening
        self._is_here = is_here
        self._open_here = open_here
        self._nodes: dict[str, None] = {}  # seen as owners of worlds
        self._scanned_s = -math.inf

    def follow(self, node: str) -> None:
        """Watch the lease of a node that owns worlds."""
        self._nodes[node] = None

    async def look(self) -> None:
        """Scan all worlds if a node is gone or it is time to; else look at the nodes only.

        Raises:
            StoreError: the store did not answer.
        """
        is_due = self._clock.mono_s() - self._scanned_s >= SCAN_WORLDS_S
        if is_due or not all([await self._is_live(node) for node in list(self._nodes)]):
            await self.scan()

    async def scan(self) -> None:
        """Look at every world, and open here those that nobody serves."""
        self._scanned_s = self._clock.mono_s()
        self._nodes.clear()
        lives: dict[str, bool] = {}
        cards = await self._jobs.finish(self._store.worlds())
        worlds = [card.world for card in cards if not self._is_here(card.world)]
        for at in range(0, len(worlds), _TOGETHER):
            async with asyncio.TaskGroup() as group:
                for world in worlds[at : at + _TOGETHER]:
                    group.create_task(self._look_at(world, lives))

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.look()
            except StoreError as error:
                _log.warning("cannot look after other nodes' worlds: %s", error)
            await asyncio.sleep(LEASE_RENEW_S)

    async def _look_at(self, world: str, lives: dict[str, bool]) -> None:
        try:
            held = await self._jobs.finish(self._store.held(world))
            if held is None or held.epoch == 0:
                return
            if held.node not in ("", self._node):
                if held.node not in lives:
                    lives[held.node] = await self._is_live(held.node)
                if lives[held.node]:
                    self.follow(held.node)
                    return
            else:
                self._listening.add(world)
                hints = await self._jobs.finish(self._store.status(world))
                if not hints.get("awake"):
                    return
            await self._open_here(world)
        except StoreError as error:
            _log.warning("world %s not taken over: %s", world, error)

    async def _is_live(self, node: str) -> bool:
        return await self._jobs.finish(self._store.lease_holder(lease_of(node))) is not None
