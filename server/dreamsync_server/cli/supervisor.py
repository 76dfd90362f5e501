"""Child processes under supervision: started, restarted when they die, stopped in order."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence

log = logging.getLogger(__name__)

RESTART_FIRST_S = 0.05
RESTART_MOST_S = 5.0
STEADY_S = 10.0  # a child that lived this long starts again without waiting
STOP_S = 10.0  # from SIGTERM to SIGKILL
UNUSABLE = 2  # exit code of a child that will not run until the operator acts


class ChildFailedError(Exception):
    """A child ended with `UNUSABLE`: it said why on its own stderr."""


class Child:
    """One child process that is to be there always.

    `argv` gives the command anew for each start; `on_death` is awaited after each end, before
    the next start, with the name that start had.
    """

    def __init__(
        self,
        name: str,
        argv: Callable[[], Sequence[str]],
        on_death: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.name = name
        self.starts = 0
        self._argv = argv
        self._on_death = on_death
        self._process: asyncio.subprocess.Process | None = None
        self._is_stopping = False

    @property
    def pid(self) -> int | None:
        """The process now running, None between two."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def run(self) -> None:
        """Keep the child running until `stop()`.

        Raises:
            ChildFailedError: it will not run until the operator acts.
        """
        loop = asyncio.get_running_loop()
        wait_s = RESTART_FIRST_S
        while not self._is_stopping:
            started_s = loop.time()
            code = await self._run_once()
            if self._is_told_to_stop():
                return
            if code == UNUSABLE:
                raise ChildFailedError(self.name)
            if self._on_death is not None:
                await self._on_death()
            is_steady = loop.time() - started_s >= STEADY_S
            wait_s = RESTART_FIRST_S if is_steady else min(wait_s * 2, RESTART_MOST_S)
            log.warning("%s ended (%s); starting it again", self.name, how_it_ended(code))
            await asyncio.sleep(wait_s)

    def _is_told_to_stop(self) -> bool:
        return self._is_stopping

    async def _run_once(self) -> int:
        self.starts += 1
        env = {**os.environ, "DREAMSYNC_PARENT": str(os.getpid())}
        self._process = await asyncio.create_subprocess_exec(
            *self._argv(), stdin=asyncio.subprocess.DEVNULL, env=env, start_new_session=True
        )
        return await self._process.wait()

    async def stop(self) -> None:
        """Ask the child to end, and make it after `STOP_S`."""
        self._is_stopping = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_S):
                await process.wait()
        except TimeoutError:
            log.warning("%s did not stop in %g s and is killed", self.name, STOP_S)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def python_module(module: str, *arguments: str) -> list[str]:
    """Return the command that runs a module with this Python."""
    return [sys.executable, "-m", module, *arguments]


def how_it_ended(code: int) -> str:
    """Return an exit code in words: `exit code 1`, `SIGKILL`."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
