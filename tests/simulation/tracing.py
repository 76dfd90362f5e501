"""What happened in a run, line by line, and one digest of it all."""

import hashlib
from collections.abc import Callable

from simulation.loop import SimLoop


class Trace:
    """Notes lines; keeps them only where they are asked for, their digest always."""

    def __init__(self, loop: SimLoop, *, is_kept: bool = False) -> None:
        self.lines: list[str] = []
        self.tick = 0
        self._loop = loop
        self.is_kept = is_kept
        self._digest = hashlib.blake2b(digest_size=8)

    def note(self, who: str, what: str) -> int:
        """Note that something happened; return its number in the run."""
        self.tick += 1
        line = f"{self._loop.time():10.5f} {who:<12} {what}"
        self._digest.update(line.encode())
        if self.is_kept:
            self.lines.append(line)
        return self.tick

    def aside(self, who: str, what: Callable[[], str]) -> None:
        """Add a line for whoever reads the trace; `what` is called only then."""
        if self.is_kept:
            self.lines.append(f"{self._loop.time():10.5f} {who:<12} {what()}")

    def digest(self) -> str:
        """Return 16 hex digits that stand for the whole run."""
        return self._digest.hexdigest()
