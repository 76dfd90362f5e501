"""Rings the doorbells of confirmed commits: newest tail wins, many worlds in one go."""

import asyncio

from dreamsync_server.limits import RING_INTERVAL_S, STORE_TIMEOUT_S
from dreamsync_server.store.port import Bell, Store
from dreamsync_server.world.commit import Position


class Ringer:
    """Publishes how far each world's log is confirmed. A bell may be lost; nothing waits for it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: dict[str, Position] = {}
        self._is_filled = asyncio.Event()

    def add(self, world: str, tail: Position) -> None:
        """Ring for a world soon. `tail` must be confirmed."""
        self._waiting[world] = tail
        self._is_filled.set()

    async def flush(self) -> None:
        """Ring for every world that waits."""
        self._is_filled.clear()
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, {}
        bells = [Bell("log", world, tail.epoch, tail.seq) for world, tail in waiting.items()]
        try:
            async with asyncio.timeout(STORE_TIMEOUT_S):
                await self._store.ring(bells)
        except TimeoutError:
            return  # lost: followers also look by themselves

    async def run(self) -> None:
        """Ring until cancelled: at once after a rest, then for all that came meanwhile together."""
        while True:
            await self._is_filled.wait()
            await self.flush()
            await asyncio.sleep(RING_INTERVAL_S)
