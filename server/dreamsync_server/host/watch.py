"""Finds worlds that should be awake and that nobody serves, and has them opened here."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple

from dreamsync_server.clock import Clock
from dreamsync_server.errors import StoreError
from dreamsync_server.host.jobs import Jobs
from dreamsync_server.host.lease import lease_of
from dreamsync_server.host.peers import Peers
from dreamsync_server.limits import LEASE_RENEW_S, SCAN_ALL_S, SCAN_WORLDS_S
from dreamsync_server.store.listening import Listening
from dreamsync_server.store.port import Store
from dreamsync_server.store.shares import WHOLE, Share, share_of

_log = logging.getLogger(__name__)
_TOGETHER = 4  # worlds looked at, at the same time
_LOOKS_AFTER_A_DEATH = 3  # others may hear of it, and of who is left, a second later


class _Scan(NamedTuple):
    """What is known while many worlds are looked at."""

    share: Share  # this node's own: it listens to those of them that sleep
    awake: dict[str, None]  # who is listed so
    lives: dict[str, bool]  # by node


class Watch:
    """Watches the other nodes' leases each `LEASE_RENEW_S`, and shares the worlds with them.

    Of the worlds that are listed as awake each node looks at its share, each `SCAN_WORLDS_S` and
    when a node has died. That list is a hint, and so is who else is there: so each `SCAN_ALL_S`
    a node looks at a share of all worlds, another one each time, and at every world at first.

    A world is opened here when its owner's lease is gone, or when nobody owns it though it is
    said to be awake: a drained node gave it up, or this node's own last life had it. One that
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
        peers: Peers,
    ) -> None:
        self._store = store
        self._clock = clock
        self._jobs = jobs
        self._node = node
        self._listening = listening
        self._is_here = is_here
        self._open_here = open_here
        self._peers = peers
        self._nodes: dict[str, None] = {}  # heard of, or seen as owners of worlds
        self._scanned_s = self._scanned_all_s = -math.inf
        self._rounds = 0  # how often a share of all worlds was looked at
        self._looks_due = 0  # since a node has died

    def follow(self, node: str) -> None:
        """Watch the lease of a node that may own worlds."""
        self._nodes[node] = None

    async def look(self) -> None:
        """Look at the nodes, and at a share of the worlds if one is gone or it is time to.

        Raises:
            StoreError: the store did not answer.
        """
        for node in [node for node in list(self._nodes) if not await self._is_live(node)]:
            self.lost(node)
        now_s = self._clock.mono_s()
        if now_s - self._scanned_all_s >= SCAN_ALL_S:
            await self._scan_all()
        elif self._looks_due or now_s - self._scanned_s >= SCAN_WORLDS_S:
            await self.scan()

    def lost(self, node: str) -> None:
        """Know that a node has died; the next looks are for its worlds."""
        self._nodes.pop(node, None)
        self._peers.forget(node)
        self._looks_due = _LOOKS_AFTER_A_DEATH

    async def scan(self) -> None:
        """Look at this node's share of what is listed as awake; open here what nobody serves.

        Raises:
            StoreError: the store did not answer.
        """
        share = self._share()
        listed = await self._jobs.finish(self._store.awake(share.buckets))
        self._scanned_s = self._clock.mono_s()
        self._looks_due = max(0, self._looks_due - 1)
        await self._look_at_all(share.of(listed), listed)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.look()
            except StoreError as error:
                _log.warning("cannot look after other nodes' worlds: %s", error)
            await asyncio.sleep(LEASE_RENEW_S)

    def _share(self) -> Share:
        return share_of(self._node, self._peers.serving())

    async def _scan_all(self) -> None:
        """Look at every world at first; then at one share of all of them after the other."""
        share = self._share().turned(self._rounds) if self._rounds else WHOLE
        awake = await self._jobs.finish(self._store.awake(share.buckets))
        listed = await self._jobs.finish(self._store.listed(share.buckets))
        self._scanned_s = self._scanned_all_s = self._clock.mono_s()
        self._rounds += 1
        await self._look_at_all(share.of(listed), awake)

    async def _look_at_all(self, worlds: Iterable[str], listed: Iterable[str]) -> None:
        others = [world for world in worlds if not self._is_here(world)]
        scan = _Scan(self._share(), dict.fromkeys(listed), {})
        for at in range(0, len(others), _TOGETHER):
            async with asyncio.TaskGroup() as group:
                for world in others[at : at + _TOGETHER]:
                    group.create_task(self._look_at(world, scan))

    async def _look_at(self, world: str, scan: _Scan) -> None:
        is_listed = world in scan.awake
        try:
            held = await self._jobs.finish(self._store.held(world))
            if held is None or held.epoch == 0:
                if held is None and is_listed:
                    await self._jobs.finish(self._store.note_awake(world, False))
                return
            if held.node not in ("", self._node):
                if held.node not in scan.lives:
                    scan.lives[held.node] = await self._is_live(held.node)
                if scan.lives[held.node]:
                    self.follow(held.node)
                    if not is_listed:
                        await self._jobs.finish(self._store.note_awake(world, True))
                    return
            else:
                if scan.share.has(world):
                    self._listening.add(world)
                if not await self._is_awake(world, is_listed):
                    return
            await self._open_here(world)
        except StoreError as error:
            _log.warning("world %s not taken over: %s", world, error)

    async def _is_awake(self, world: str, is_listed: bool) -> bool:
        """Return whether a world that nobody owns should be awake."""
        hints = await self._jobs.finish(self._store.status(world))
        if hints.get("awake") or not is_listed:
            return bool(hints.get("awake"))
        await self._jobs.finish(self._store.note_awake(world, False))
        held = await self._jobs.finish(self._store.held(world))
        if held is not None and held.node:  # it was opened just now, and is to stay listed
            await self._jobs.finish(self._store.note_awake(world, True))
        return False

    async def _is_live(self, node: str) -> bool:
        return await self._jobs.finish(self._store.lease_holder(lease_of(node))) is not None
