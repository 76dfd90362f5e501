"""The clocks of simulated processes: virtual time, seen through clocks that go wrong."""

import asyncio

from simulation.loop import SimLoop

START_MS = 1_700_000_000_000


class SimClock:
    """A machine's clocks: its calendar is off by `skew_ms`, and both go `rate` times too fast."""

    def __init__(self, loop: SimLoop, skew_ms: int = 0, rate: float = 1.0) -> None:
        self._loop = loop
        self._skew_ms = skew_ms
        self._rate = rate

    def now_ms(self) -> int:
        """Return milliseconds since 1970."""
        return START_MS + self._skew_ms + int(self._loop.time() * self._rate * 1000)

    def mono_s(self) -> float:
        """Return seconds of a clock that never steps."""
        return 1000.0 + self._loop.time() * self._rate


class SdkClock:
    """The clock of an SDK that comes back `times` as quickly as its backoff says."""

    def __init__(self, loop: SimLoop, times: int = 5) -> None:
        self._loop = loop
        self._times = times

    def mono_ms(self) -> int:
        """Return milliseconds since the start."""
        return int(self._loop.time() * 1000)

    async def sleep(self, wait_s: float) -> None:
        """Wait a part of it."""
        await asyncio.sleep(wait_s / self._times)
