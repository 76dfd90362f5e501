"""How processes of one kind share looking after worlds: each has a part of the directory.

Of n processes, in the order of their names, the i-th has the i-th of n equal parts of the places
that `keys.place_of` gives worlds. Who they are is what each has heard last, so that two may differ
for a second or so: then a world is looked after twice, or a little later. Only time hangs on it.
"""

from collections.abc import Iterable
from typing import NamedTuple, Self

from dreamsync_server.limits import DIRECTORY_BUCKETS
from dreamsync_server.store.keys import PLACES, place_of


class Share(NamedTuple):
    """The part with this number, from 0, of so many."""

    part: int
    parts: int

    @property
    def buckets(self) -> range:
        """The buckets of the directory that hold worlds of this part; also some of others."""
        end = (self.part + 1) * DIRECTORY_BUCKETS
        return range(self.part * DIRECTORY_BUCKETS // self.parts, -(-end // self.parts))

    def has(self, world: str) -> bool:
        """Return whether a world is in this part."""
        return place_of(world) * self.parts // PLACES == self.part

    def of(self, worlds: Iterable[str]) -> list[str]:
        """Return those of some worlds that are in this part."""
        return [world for world in worlds if self.has(world)]

    def turned(self, by: int) -> Self:
        """Return the part that is so many further on, round and round."""
        return self._replace(part=(self.part + by) % self.parts)


WHOLE = Share(0, 1)


def share_of(name: str, others: Iterable[str]) -> Share:
    """Return what a process has to look after, and the `others` the rest of."""
    names = sorted({*others, name})
    return Share(names.index(name), len(names))
