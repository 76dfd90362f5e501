"""One listener's doorbells, waiting to be taken: newest wins, so that they are always few."""

import asyncio

from dreamsync_server.store.listening import Listening
from dreamsync_server.store.port import Bell


class BellTray:
    """Where a store puts bells for one listener. At most two a world wait: one log, one inbox."""

    def __init__(self, worlds: Listening) -> None:
        self.worlds = worlds
        self._waiting: dict[tuple[str, str], Bell] = {}
        self._is_filled = asyncio.Event()

    def put(self, bell: Bell) -> None:
        """Leave a bell, unless its world is not followed or a later one waits already."""
        if bell.world not in self.worlds:
            return
        earlier = self._waiting.get((bell.kind, bell.world))
        if earlier is None or (bell.epoch, bell.tail) >= (earlier.epoch, earlier.tail):
            self._waiting[bell.kind, bell.world] = bell
        self._is_filled.set()

    async def take(self) -> Bell:
        """Wait for the next bell of a world that is still followed, the oldest first."""
        while True:
            while self._waiting:
                bell = self._waiting.pop(next(iter(self._waiting)))
                if bell.world in self.worlds:
                    return bell
            self._is_filled.clear()
            await self._is_filled.wait()
