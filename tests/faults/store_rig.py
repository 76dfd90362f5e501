"""A server on a store of several machines' worth of processes, and what is done to those.

Node and director are real processes; so are the primaries, replicas and Sentinels. There is no tap
before the store here: what was confirmed is what clients were told.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from redis.crc import key_slot
from support.stores import local_stores

from dreamsync_server.settings import Settings
from dreamsync_server.store import keys
from dreamsync_server.store.open import open_store
from dreamsync_server.store.profiles import PROFILES
from faults.forking import START_S
from faults.rig import TIGHT, Process, Rig

DOWN_AFTER_MS = 1_500
WHOLE_S = 60.0  # for a store to be whole again after a fault


class StoreRig(Rig):
    """A rig on a store of a kind: `replicas`, `sentinel` or `cluster`."""

    def __init__(
        self,
        folder: Path,
        kind: str,
        *,
        bounds: Mapping[str, int] = TIGHT,
        has_director: bool = True,
        profile: str = "replicated",
    ) -> None:
        self._replicas = PROFILES[profile].replicas
        settings = Settings(store=kind, profile=profile, replicas=self._replicas)
        super().__init__(folder, bounds=bounds, has_director=has_director, settings=settings)
        self.stores = local_stores.LocalStores(kind, folder / "stores", down_after_ms=DOWN_AFTER_MS)

    async def _open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(self.stores.start)
        self.reader = open_store(self.stores.url, replicas=self._replicas)
        self._stack.push_async_callback(self.reader.close)
        await self._open_nursery()
        self.node = Process(self, "node", self.stores.url)
        self.director = Process(self, "director", self.stores.url)
        await self.node.start()
        if self._has_director:
            await self.director.start()
        await self.until_node_listens()

    async def _close(self) -> None:
        await super()._close()
        await asyncio.to_thread(self.stores.stop)

    def primary_of(self, world: str) -> Any:
        """Return the server that has a world's keys now, by the word of the servers."""
        primaries = self.stores.primaries()
        if self.stores.kind != "cluster":
            return primaries[0]
        slot = key_slot(keys.of_world(world).own.encode())
        rows = [row for row in primaries[0].ask("CLUSTER", "SLOTS") if row[0] <= slot <= row[1]]
        port = rows[0][2][1]
        return next(each for each in self.stores.servers if each.port == port)

    async def until_whole(self) -> None:
        """Start what is down, and wait until every primary has its replicas again."""
        for each in self.stores.servers:
            each.thaw()
            if not each.is_up:
                each.start()
        async with asyncio.timeout(WHOLE_S):
            while not await asyncio.to_thread(self.is_whole):
                await asyncio.sleep(0.1)

    def is_whole(self) -> bool:
        """Return whether the store is as it was at the start, whoever is primary now."""
        stores = self.stores
        if not stores.is_replicated():
            return False
        count = len(stores.servers) - len(stores.primaries())
        told = [each.info("replication") for each in stores.primaries()]
        return sum(int(one.get("connected_slaves", 0)) for one in told) == count

    async def until_level(self, primary: Any) -> None:
        """Wait until every replica has all that a primary has written by then."""
        async with asyncio.timeout(WHOLE_S):
            wanted = int(primary.info("replication")["master_repl_offset"])
            for each in self.stores.servers:
                while int(each.info("replication").get("slave_repl_offset", wanted)) < wanted:
                    await asyncio.sleep(0.02)

    async def until_taken_over(self, old: Any) -> None:
        """Wait until another server is primary in the place of one."""
        wanted = 3 if self.stores.kind == "cluster" else 1
        async with asyncio.timeout(START_S + WHOLE_S):
            while True:
                primaries = await asyncio.to_thread(self.stores.primaries)
                if len([each for each in primaries if each is not old]) >= wanted:
                    return
                await asyncio.sleep(0.05)
