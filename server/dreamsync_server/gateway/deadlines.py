"""One deadline for each of many connections, without a timer for each.

A wheel: a slot holds whoever is due in its half second. Moving a deadline later costs nothing at
the time (who is popped says when it is really due), so that a busy connection never touches it.
"""

import math
from typing import Final, Generic, Protocol, TypeVar

SLOTS_PER_S: Final = 2
TICK_S: Final = 1 / SLOTS_PER_S


class Due(Protocol):
    """What can have a deadline. The wheel keeps the slot it lies in here; -1: in none."""

    due_slot: int


Item = TypeVar("Item", bound=Due)


class Deadlines(Generic[Item]):
    """Who is due when, to half a second, never early. Seconds are a monotonic clock's."""

    __slots__ = ("_next", "_slots")

    def __init__(self, now_s: float) -> None:
        self._slots: dict[int, dict[Item, None]] = {}
        self._next = int(now_s * SLOTS_PER_S)

    def put(self, item: Item, due_s: float) -> None:
        """Give an item its one deadline, in place of the one it had."""
        slot = max(math.ceil(due_s * SLOTS_PER_S), self._next)
        if slot == item.due_slot:
            return
        self.drop(item)
        item.due_slot = slot
        self._slots.setdefault(slot, {})[item] = None

    def drop(self, item: Item) -> None:
        """Take an item's deadline away; no-op where it has none."""
        slot = item.due_slot
        if slot < 0:
            return
        item.due_slot = -1
        items = self._slots[slot]
        del items[item]
        if not items:
            del self._slots[slot]

    def pop(self, now_s: float) -> list[Item]:
        """Return who is due by now, earliest slot first, and forget their deadlines."""
        until = int(now_s * SLOTS_PER_S)
        due: list[Item] = []
        if until - self._next > len(self._slots):  # the machine slept: do not count every slot
            slots = sorted(slot for slot in self._slots if slot <= until)
        else:
            slots = [slot for slot in range(self._next, until + 1) if slot in self._slots]
        for slot in slots:
            items = self._slots.pop(slot)
            for item in items:
                item.due_slot = -1
            due.extend(items)
        self._next = max(self._next, until + 1)
        return due
