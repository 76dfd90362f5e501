"""A real `dreamsync serve` for tests: its processes, what it prints, and its end."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

PATIENCE_S = 30.0


class Served:
    """One running server; `printed` is what it said so far on stdout and stderr."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.printed = ""
        self._reading = asyncio.create_task(self._read())

    @property
    def port(self) -> int:
        """The port people come to."""
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.printed)
        assert found is not None, self.printed
        return int(found.group(1))

    async def until(self, words: str) -> None:
        """Wait until it has printed `words`."""
        async with asyncio.timeout(PATIENCE_S):
            while words not in self.printed:
                assert self.process.returncode is None, self.printed
                await asyncio.sleep(0.02)

    async def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send it a signal and return its exit code."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        async with asyncio.timeout(PATIENCE_S):
            code = await self.process.wait()
            await self._reading
        return code

    def family(self) -> list[int]:
        """The processes below it, theirs too."""
        return descendants(self.process.pid)

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while chunk := await self.process.stdout.read(4096):
            self.printed += chunk.decode(errors="replace")


@contextlib.asynccontextmanager
async def serving(data: Path, *arguments: str) -> AsyncIterator[Served]:
    """Run `serve` with these arguments over a data folder; kill what is left of it at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "dreamsync_server.cli",
        "serve",
        "--data",
        str(data),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        stdin=asyncio.subprocess.DEVNULL,
    )
    served = Served(process)
    try:
        yield served
    finally:
        if process.returncode is None:
            await served.end(signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    """Return the living processes below one, found by /proc."""
    parents: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdecimal():
            with contextlib.suppress(OSError), open(f"/proc/{entry}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
                if fields[0] != "Z":
                    parents.setdefault(int(fields[1]), []).append(int(entry))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        for child in parents.get(waiting.pop(), []):
            found.append(child)
            waiting.append(child)
    return found


async def until_gone(pids: list[int]) -> None:
    """Wait until none of these processes lives."""
    async with asyncio.timeout(PATIENCE_S):
        while any(Path(f"/proc/{pid}").exists() for pid in pids):
            await asyncio.sleep(0.02)
