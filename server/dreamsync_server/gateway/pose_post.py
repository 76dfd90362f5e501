"""Brings what the rooms of a node say of poses to other nodes, and what those say to the rooms.

Nothing is kept and nothing waited for: what the store does not take in time is lost.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from dreamsync_server.limits import RING_INTERVAL_S, STORE_TIMEOUT_S
from dreamsync_server.store import keys
from dreamsync_server.store.listening import Listening
from dreamsync_server.store.port import Note, Store

log = logging.getLogger(__name__)

_WAITING_MAX: Final = 4  # of one world, while the store is slow; beyond: the oldest is lost


class Hearer(Protocol):
    """A room."""

    def hear_poses(self, said: bytes) -> None:
        """Take in what another node says of its avatars."""
        ...


class PosePost:
    """The way out and in for all rooms of a node, by world."""

    def __init__(self, store: Store, rooms: Mapping[str, Hearer]) -> None:
        self._store = store
        self._rooms = rooms
        self._topics = Listening()
        self._worlds: dict[str, str] = {}  # by topic
        self._waiting: dict[str, deque[bytes]] = {}  # by topic
        self._is_filled = asyncio.Event()

    def open(self, world: str) -> None:
        """Hear what is said of a world."""
        topic = keys.of_poses(world)
        self._worlds[topic] = world
        self._topics.add(topic)

    def close(self, world: str) -> None:
        """Hear of it no more."""
        topic = keys.of_poses(world)
        self._worlds.pop(topic, None)
        self._waiting.pop(topic, None)
        self._topics.discard(topic)

    def voice(self, world: str) -> Callable[[bytes], None]:
        """Return what says something of a world's avatars."""
        topic = keys.of_poses(world)

        def say(said: bytes) -> None:
            self._waiting.setdefault(topic, deque(maxlen=_WAITING_MAX)).append(said)
            self._is_filled.set()

        return say

    async def run(self) -> None:
        """Carry until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hear())
            group.create_task(self._tell())

    async def flush(self) -> None:
        """Say everything that waits, in one go."""
        self._is_filled.clear()
        waiting, self._waiting = self._waiting, {}
        notes = [Note(topic, said) for topic, each in waiting.items() for said in each]
        try:
            async with asyncio.timeout(STORE_TIMEOUT_S):
                await self._store.tell(notes)
        except TimeoutError:
            return  # lost

    async def _tell(self) -> None:
        while True:
            await self._is_filled.wait()
            await self.flush()
            await asyncio.sleep(RING_INTERVAL_S)

    async def _hear(self) -> None:
        async for note in self._store.hear(self._topics):
            world = self._worlds.get(note.topic, "")
            room = self._rooms.get(world)
            if room is None:
                continue
            try:
                room.hear_poses(note.said)
            except Exception:  # one world's avatars must not cost the others theirs
                log.exception("world %s: what was said of its avatars is lost", world)
