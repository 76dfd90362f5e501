"""Events as a program reads them, in order, and the queue that they wait in."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dreamsync.errors import DreamsyncError, EventsLostError
from dreamsync.protocol import cards

EVENTS_KEPT_MAX: Final = 4096  # unread; beyond: the oldest are dropped, and the reader is told


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as this viewer may know it; `text` is ready to show.

    `kind` is one of those of protocol/cards.py, or `reset`: the line was away for so long that a
    snapshot had to be taken, and events may be missing here; `text` is then the recap. `at` is
    (seq, i) in the world's log, `ms` world time.
    """

    kind: str
    text: str = ""
    who: str = ""
    who_name: str = ""
    reach: str = "all"
    key: str = ""
    at: tuple[int, int] = (0, 0)
    ms: int = 0
    args: Mapping[str, Any] = field(default_factory=dict)
    to: tuple[str, ...] = ()


def event_of(sent: cards.Event) -> Event:
    """Return the event that was sent, as a program reads it."""
    return Event(
        kind=sent.kind,
        text=sent.text,
        who=sent.who,
        who_name=sent.who_name,
        reach=sent.reach,
        key=sent.key,
        at=sent.at,
        ms=sent.ms,
        args=sent.args,
        to=sent.to,
    )


class EventQueue:
    """Events that wait to be read; each is handed out once. For one reader at a time."""

    def __init__(self, kept_max: int = EVENTS_KEPT_MAX) -> None:
        self._events: deque[Event] = deque()
        self._kept_max = kept_max
        self._dropped = 0
        self._is_closed = False
        self._error: DreamsyncError | None = None
        self._ready = asyncio.Event()

    def put(self, event: Event) -> None:
        """Take an event in; a full queue drops its oldest and says so to the reader."""
        if len(self._events) >= self._kept_max:
            self._events.popleft()
            self._dropped += 1
        self._events.append(event)
        self._ready.set()

    def close(self, error: DreamsyncError | None) -> None:
        """End: the reader gets what is left and then the end, or the error."""
        self._is_closed, self._error = True, error
        self._ready.set()

    def waiting(self) -> list[Event]:
        """Return what is there now, without waiting; it counts as read."""
        events = [*self._events]
        self._events.clear()
        return events

    async def read(self) -> AsyncIterator[Event]:
        """Yield events as they come, until the end.

        Raises:
            EventsLostError: once, in the place of events that were dropped; read again after it.
            DreamsyncError: why the session ended, after the last event.
        """
        while True:
            if self._dropped:
                count, self._dropped = self._dropped, 0
                raise EventsLostError(count)
            if self._events:
                yield self._events.popleft()
            elif self._is_closed:
                if self._error is not None:
                    raise self._error
                return
            else:
                self._ready.clear()
                await self._ready.wait()
