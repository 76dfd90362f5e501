"""How one world's time passes: the line that maps the machine's clock to world time."""

import math

_SLACK_MS = 1e-3  # float error: a timer must be due when `mono_of` says so


class Pace:
    """World time as a function of the machine's monotonic clock. It never runs backwards.

    `speed` is world milliseconds a second. While the world does not run, its time stands.
    """

    __slots__ = ("_mono_s", "_world_ms", "is_running", "speed")

    def __init__(self, world_ms: int, mono_s: float, speed: int, is_running: bool) -> None:
        self._world_ms: float = world_ms
        self._mono_s = mono_s
        self.speed = speed
        self.is_running = is_running

    def at(self, mono_s: float) -> int:
        """Return world time, in whole milliseconds, at a moment of the machine's clock."""
        if not self.is_running:
            return int(self._world_ms)
        elapsed_s = max(0.0, mono_s - self._mono_s)
        return math.floor(self._world_ms + elapsed_s * self.speed + _SLACK_MS)

    def mono_of(self, world_ms: int) -> float:
        """Return when world time comes to `world_ms`: infinity while the world does not run."""
        if not self.is_running or self.speed <= 0:
            return math.inf
        return self._mono_s + max(0.0, world_ms - self._world_ms) / self.speed

    def lateness_ms(self, world_ms: int, mono_s: float) -> int:
        """Return how many real milliseconds ago it was `world_ms`."""
        if not self.is_running or self.speed <= 0:
            return 0
        return max(0, (self.at(mono_s) - world_ms) * 1000 // self.speed)

    def follow(self, world_ms: int, mono_s: float, is_running: bool) -> None:
        """Take note of a commit at `world_ms`: the world may have stopped or gone on there."""
        if is_running == self.is_running:
            return
        self._world_ms = world_ms
        self._mono_s = mono_s
        self.is_running = is_running

    def skip(self, lost_s: float) -> None:
        """Leave real time out: what the world could not use does not count."""
        if lost_s > 0:
            self._mono_s += lost_s
