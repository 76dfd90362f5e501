"""Asks a nursery (`faults.nursery`) for processes, and hears which of them have ended."""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

START_S = 20.0


class Nursery:
    """One nursery: all that it starts run the same code. `on_end(pid)` is told of each end."""

    def __init__(self, log: Path, on_end: Callable[[int], None]) -> None:
        self._log = log
        self._on_end = on_end
        self._process: asyncio.subprocess.Process | None = None
        self._pids: asyncio.Queue[int] = asyncio.Queue()

    async def open(self, paths: Sequence[Path]) -> Coroutine[Any, Any, None]:
        """Start it with its code in folders; return what hears it, to be run beside."""
        path = os.pathsep.join([*map(str, paths), os.environ.get("PYTHONPATH", "")])
        with self._log.open("ab") as out:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "faults.nursery",
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=out,
                env={**os.environ, "DREAMSYNC_PARENT": str(os.getpid()), "PYTHONPATH": path},
                start_new_session=True,
            )  # fmt: skip
        out_of_it = self._process.stdout
        assert out_of_it is not None
        async with asyncio.timeout(START_S):
            assert json.loads(await out_of_it.readline()) == {"ready": True}
        return self._hear(out_of_it)

    async def start(self, asked: dict[str, Any]) -> int:
        """Have a process started; return its pid."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        async with asyncio.timeout(START_S):
            return await self._pids.get()

    async def close(self) -> None:
        """End it, and with it whatever it has started."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()

    async def _hear(self, out: asyncio.StreamReader) -> None:
        while line := await out.readline():
            told = json.loads(line)
            if "pid" in told:
                self._pids.put_nowait(told["pid"])
            else:
                self._on_end(told["ended"])
