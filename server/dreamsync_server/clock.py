"""The clocks handed to everything that may know the time."""

import time
from typing import Final, Protocol

_BOOT: Final[int | None] = getattr(time, "CLOCK_BOOTTIME", None)


class Clock(Protocol):
    """Where the time comes from. Only the composition root makes a real one."""

    def now_ms(self) -> int:
        """Return milliseconds since 1970 (UTC), as people count them; it may step."""
        ...

    def mono_s(self) -> float:
        """Return seconds of a clock that never steps and counts suspend where the OS can."""
        ...


class SystemClock:
    """The machine's clocks."""

    def now_ms(self) -> int:
        """Return milliseconds since 1970 (UTC)."""
        return time.time_ns() // 1_000_000

    def mono_s(self) -> float:
        """Return seconds since some start, counting suspend on Linux (CLOCK_BOOTTIME)."""
        return time.monotonic() if _BOOT is None else time.clock_gettime(_BOOT)


class ManualClock:
    """A clock that moves only when it is told to; for tests and for rehearsal."""

    def __init__(self, now_ms: int = 1_000_000) -> None:
        self._start_ms = now_ms
        self._now_ms = now_ms

    def now_ms(self) -> int:
        """Return the milliseconds it was set to."""
        return self._now_ms

    def mono_s(self) -> float:
        """Return the seconds it was moved since it was made."""
        return (self._now_ms - self._start_ms) / 1000

    def advance(self, ms: int) -> None:
        """Move forward by `ms` milliseconds."""
        self._now_ms += ms
