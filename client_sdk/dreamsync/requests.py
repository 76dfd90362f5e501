"""The requests of a session that have no answer yet, and the conditions it watches. Pure.

All but what makes a world may be asked twice, so they are asked again on a new line. Conditions
are watched by a line: on a new one they are sent again, with what was last known of them.
"""

from dataclasses import dataclass
from typing import Any, Final

from dreamsync.entry import checked
from dreamsync.errors import UsageError

ONCE: Final = ("create", "open_class", "branch")  # what makes something anew each time
WAITING_MAX: Final = 64  # without an answer; beyond: the caller's fault


@dataclass(slots=True)
class Request:
    """One request, as it is sent, and who waits for it."""

    ticket: int
    plain: dict[str, Any]
    was_sent: bool = False

    @property
    def kind(self) -> str:
        """Its message type."""
        return str(self.plain["type"])


@dataclass(slots=True)
class _Watched:
    when: str
    holds: bool = False


class Requests:
    """What is asked, by q."""

    def __init__(self) -> None:
        self._items: dict[int, Request] = {}
        self._watched: dict[str, _Watched] = {}
        self._next_q = 1

    def take_q(self) -> int:
        """Return a number that was not used before."""
        self._next_q += 1
        return self._next_q - 1

    def add(self, ticket: int, plain: dict[str, Any]) -> None:
        """Take a request, its map without `q`.

        Raises:
            UsageError: it breaks the protocol's bounds, or too many wait.
        """
        if len(self._items) >= WAITING_MAX:
            raise UsageError("too_many", "Too many requests wait for their answer.")
        q = self.take_q()
        request = Request(ticket, checked({**plain, "q": q}))
        if request.kind == "watch":
            self._watched[request.plain["id"]] = _Watched(request.plain["when"])
        elif request.kind == "unwatch":
            self._watched.pop(request.plain["id"], None)
        self._items[q] = request

    def due(self) -> list[dict[str, Any]]:
        """Return the maps to send now, and take them as sent."""
        ready = [item for item in self._items.values() if not item.was_sent]
        for item in ready:
            item.was_sent = True
        return [item.plain for item in ready]

    def answered(self, q: int) -> Request | None:
        """Take out the request that was answered; None where nobody asked."""
        return self._items.pop(q, None)

    def refused(self, q: int) -> Request | None:
        """Take out the request that was refused; a condition that was refused is not watched."""
        request = self._items.pop(q, None)
        if request is not None and request.kind == "watch":
            self._watched.pop(request.plain["id"], None)
        return request

    def abandon(self, ticket: int) -> bool:
        """Take out what nobody waits for any more, if it was not sent; return whether it was."""
        for q, item in self._items.items():
            if item.ticket == ticket and not item.was_sent:
                del self._items[q]
                return True
        return False

    def matched(self, name: str, *, holds: bool) -> bool:
        """Take note of a hit; return whether that condition is watched."""
        watched = self._watched.get(name)
        if watched is None:
            return False
        watched.holds = holds
        return True

    def line_down(self) -> list[Request]:
        """Make ready to ask again; return what may not be asked twice, taken out."""
        lost = [q for q, item in self._items.items() if item.was_sent and item.kind in ONCE]
        gone = [self._items.pop(q) for q in lost]
        for item in self._items.values():
            item.was_sent = False
        return gone

    def watches(self) -> list[dict[str, Any]]:
        """Return the watches to send again on a new line, but for those still to be asked."""
        asked = {item.plain["id"] for item in self._items.values() if item.kind == "watch"}
        return [
            checked(
                {
                    "type": "watch",
                    "q": self.take_q(),
                    "id": name,
                    "when": watched.when,
                    "was": watched.holds,
                }
            )
            for name, watched in self._watched.items()
            if name not in asked
        ]

    def clear(self) -> list[Request]:
        """Take everything out and return it."""
        items, self._items = self._items, {}
        return [*items.values()]
