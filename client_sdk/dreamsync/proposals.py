"""The numbered proposals of a session that have no outcome yet. Pure.

Theory of operation. Proposals are numbered as they are made and sent in that order, at most
WINDOW under way. One that got an outcome leaves. One that the gateway did not take stops the
line there: either it waits and goes again with the same number, or it leaves and those behind it
move up one number; nothing behind it was taken (the gateway takes numbers in order only), so all
of them go again. After a new line everything goes again: the world decides a number once.
"""

from dataclasses import dataclass
from typing import Any, Final

from dreamsync.protocol import bounds

WINDOW: Final = bounds.OUTCOMES_KEPT
WAITING_MAX: Final = 256  # made and without an outcome; beyond: the caller's fault


@dataclass(slots=True)
class Proposal:
    """One proposal: the map to send but for its number, and who waits for it."""

    ticket: int
    n: int
    plain: dict[str, Any]
    has_been_sent: bool = False


class Proposals:
    """What is under way, in the order of its numbers. Times are of the caller's own clock."""

    def __init__(self) -> None:
        self._items: list[Proposal] = []
        self._sent = 0  # how many of the items are under way on this line
        self._next_n = 1
        self._hold_until_ms: int | None = None
        self._decided_n = 0  # the highest that is known to be decided

    def __len__(self) -> int:
        return len(self._items)

    @property
    def is_full(self) -> bool:
        """Whether no more can be made before some have an outcome."""
        return len(self._items) >= WAITING_MAX

    @property
    def wake_at_ms(self) -> int | None:
        """When to look again, while the line is held back; None where nothing waits for time."""
        return self._hold_until_ms

    def add(self, ticket: int, plain: dict[str, Any]) -> None:
        """Number a proposal and put it behind the others."""
        assert not self.is_full
        self._items.append(Proposal(ticket, self._next_n, plain))
        self._next_n += 1

    def due(self, now_ms: int) -> list[dict[str, Any]]:
        """Return the maps to send now, and take them as sent."""
        if self._hold_until_ms is not None:
            if now_ms < self._hold_until_ms:
                return []
            self._hold_until_ms = None
        ready = self._items[self._sent : WINDOW]
        for item in ready:
            item.has_been_sent = True
        self._sent += len(ready)
        return [{"type": item.plain["type"], "n": item.n, **item.plain} for item in ready]

    def settle(self, n: int) -> Proposal | None:
        """Take out the proposal that got its outcome; None where there is none of that number."""
        self._decided_n = max(self._decided_n, n)
        at = self._index(n)
        return None if at is None else self._take(at)

    def wait(self, n: int, until_ms: int) -> None:
        """Send again from number `n` on, not before `until_ms`. Of what was not sent: nothing."""
        at = self._index(n)
        if at is not None and at < self._sent:
            self._sent = at
            self._hold_until_ms = until_ms

    def give_up(self, n: int) -> Proposal | None:
        """Take out a proposal that was not taken; those behind it move up and go again.

        Of a repeat that was not taken, the number was decided before and is not free.
        """
        at = self._index(n)
        if at is None or at >= self._sent:
            return None
        gone = self._take(at)
        if n <= self._decided_n:
            return gone
        self._sent = at
        self._renumber(at, gone.n)
        return gone

    def abandon(self, ticket: int) -> bool:
        """Take out what nobody waits for any more, if it was never sent; return whether it was.

        What was sent stays until it has its outcome: its number may have been taken.
        """
        for at, item in enumerate(self._items):
            if item.ticket == ticket and not item.has_been_sent:
                self._take(at)
                self._renumber(at, item.n)
                return True
        return False

    def restart(self, decided_n: int, *, is_repaired: bool = False) -> None:
        """Send everything again on a new line. `decided_n` is the highest that was decided.

        Where the world may know less than was acked (`is_repaired`: its log was), numbers go on
        from what it knows.
        """
        self._sent = 0
        self._hold_until_ms = None
        self._decided_n = decided_n
        first = self._items[0].n if self._items else self._next_n
        if is_repaired and (first > decided_n + 1 or not self._items):
            self._renumber(0, decided_n + 1)

    def clear(self) -> list[Proposal]:
        """Take everything out and return it."""
        items, self._items, self._sent = self._items, [], 0
        return items

    def _index(self, n: int) -> int | None:
        return next((at for at, item in enumerate(self._items) if item.n == n), None)

    def _take(self, at: int) -> Proposal:
        if at < self._sent:
            self._sent -= 1
        return self._items.pop(at)

    def _renumber(self, at: int, n: int) -> None:
        for item in self._items[at:]:
            item.n = n
            n += 1
        self._next_n = n
