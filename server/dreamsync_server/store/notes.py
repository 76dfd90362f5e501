"""What was said on topics and waits to be taken by one listener: bounded, the oldest is lost."""

import asyncio
from collections import deque

from dreamsync_server.limits import NOTES_WAITING_MAX
from dreamsync_server.store.listening import Listening
from dreamsync_server.store.port import Note


class NoteTray:
    """Where a store puts notes for one listener."""

    def __init__(self, topics: Listening) -> None:
        self.topics = topics
        self._waiting: dict[str, deque[bytes]] = {}
        self._is_filled = asyncio.Event()

    def put(self, note: Note) -> None:
        """Leave a note, unless its topic is not listened to."""
        if note.topic not in self.topics:
            return
        waiting = self._waiting.get(note.topic)
        if waiting is None:
            waiting = self._waiting[note.topic] = deque(maxlen=NOTES_WAITING_MAX)
        waiting.append(note.said)
        self._is_filled.set()

    async def take(self) -> Note:
        """Wait for the next note: topics take turns, the oldest of each comes first."""
        while True:
            while self._waiting:
                topic = next(iter(self._waiting))
                waiting = self._waiting.pop(topic)
                said = waiting.popleft()
                if waiting:
                    self._waiting[topic] = waiting  # behind the others
                if topic in self.topics:
                    return Note(topic, said)
            self._is_filled.clear()
            await self._is_filled.wait()
