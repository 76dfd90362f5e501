"""Dice: seeded draws for what plays in a rehearsal; the same seed and name give the same draws."""

from collections.abc import Sequence
from typing import TypeVar

from dreamsync_server.world.chance import draw

T = TypeVar("T")


class Dice:
    """A stream of draws."""

    def __init__(self, seed: int, name: str) -> None:
        self._seed = seed
        self._name = name
        self._count = 0

    def roll(self, sides: int) -> int:
        """Return 1..`sides`."""
        self._count += 1
        return draw(self._seed, self._name, self._count, sides)

    def happens(self, percent: int) -> bool:
        """Return true `percent` times in a hundred."""
        return self.roll(100) <= percent

    def pick(self, among: Sequence[T]) -> T:
        """Return one of them."""
        return among[self.roll(len(among)) - 1]

    def weigh(self, weights: Sequence[int]) -> int:
        """Return an index, each as often as its weight; -1 where there is no weight at all."""
        total = sum(weights)
        if total <= 0:
            return -1
        left = self.roll(total)
        for index, weight in enumerate(weights):
            left -= weight
            if left <= 0:
                return index
        raise AssertionError("a roll is no more than the sum of the weights")
