"""Child processes under supervision: started, restarted when they die, replaced, stopped."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from dreamsync_server.store import tether

log = logging.getLogger(__name__)

RESTART_FIRST_S = 0.05
RESTART_MOST_S = 5.0
STEADY_S = 10.0  # a child that lived this long starts again without waiting
STOP_S = 30.0  # from SIGTERM to SIGKILL; a node hands its worlds over and moves its clients
READY_S = 30.0  # for a process that is to stand in for another; beyond: that one goes on
READY_LOOK_S = 0.1
UNUSABLE = 2  # exit code of a child that will not run until the operator acts


class ChildFailedError(Exception):
    """A child ended with `UNUSABLE`: it said why on its own stderr."""


class Ending(asyncio.Event):
    """Set once the whole house is to close; `code` is what the command then ends with."""

    code = 0

    def fail(self) -> None:
        """Close the house because it cannot go on; why was said."""
        self.code = 1
        self.set()


class _Life(NamedTuple):
    """One start of a child."""

    number: int  # 1 for the first
    process: asyncio.subprocess.Process

    @property
    def is_over(self) -> bool:
        return self.process.returncode is not None


class Child:
    """One child process that is to be there always.

    `argv` gives the command anew for each start; `on_death` is awaited with the number of a start
    that ended by itself, before the next one; `is_ready` says whether a start has come so far that
    it can stand in for the one before. `told` is added to its environment, which only its own user
    can read; a command line everybody can.
    """

    def __init__(
        self,
        name: str,
        argv: Callable[[], Sequence[str]],
        on_death: Callable[[int], Awaitable[None]] | None = None,
        is_ready: Callable[[int], Awaitable[bool]] | None = None,
        told: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._told = dict(told or {})
        self.starts = 0
        self._argv = argv
        self._on_death = on_death
        self._is_ready = is_ready
        self._current: _Life | None = None
        self._lives: list[_Life] = []  # those that have not ended; two while one is replaced
        self._is_stopping = False

    @property
    def pid(self) -> int | None:
        """The process now running, None between two."""
        life = self._current
        return None if life is None or life.is_over else life.process.pid

    async def run(self) -> None:
        """Keep the child running until `stop()`.

        Raises:
            ChildFailedError: it will not run until the operator acts.
        """
        loop = asyncio.get_running_loop()
        wait_s = RESTART_FIRST_S
        while not self._is_stopping:
            started_s = loop.time()
            code = await self._live()
            if self._is_told_to_stop():
                return
            if code == UNUSABLE:
                raise ChildFailedError(self.name)
            is_steady = loop.time() - started_s >= STEADY_S
            wait_s = RESTART_FIRST_S if is_steady else min(wait_s * 2, RESTART_MOST_S)
            log.warning("%s ended (%s); starting it again", self.name, how_it_ended(code))
            await asyncio.sleep(wait_s)

    async def replace(self) -> bool:
        """Start it anew beside the one that runs, and end that one once the new one is ready.

        False where the new one did not come up: then the old one goes on.
        """
        if self.pid is None or self._is_stopping:
            return False  # it is being started anyway
        new = await self._start()
        if not await self._until_ready(new) or self._is_told_to_stop():
            log.error("%s: the new process did not come up; the old one goes on", self.name)
            await self._end(new)
            return False
        old, self._current = self._current, new
        if old is not None and await self._end(old) and self._on_death is not None:
            await self._on_death(old.number)
        return True

    async def stop(self) -> None:
        """Ask the child to end, and make it after `STOP_S`."""
        self._is_stopping = True
        for life in list(self._lives):
            await self._end(life)

    # --- one start of it ---------------------------------------------------------------------

    async def _live(self) -> int:
        """Start it and return how it ended, or how the last of those ended that replaced it."""
        life = self._current = await self._start()
        while True:
            code = await life.process.wait()
            if self._current is life or self._current is None:
                break
            life = self._current  # it was replaced: whoever did so has seen to its end
        if not self._is_stopping and self._on_death is not None:
            await self._on_death(life.number)
        return code

    def _is_told_to_stop(self) -> bool:
        return self._is_stopping

    async def _start(self) -> _Life:
        self.starts += 1
        number = self.starts
        env = {**os.environ, **self._told, "DREAMSYNC_PARENT": str(os.getpid())}
        process = await asyncio.create_subprocess_exec(
            *tethered(self._argv()),
            stdin=asyncio.subprocess.DEVNULL,
            env=env,
            start_new_session=True,
        )
        life = _Life(number, process)
        self._lives = [*(one for one in self._lives if not one.is_over), life]
        return life

    async def _until_ready(self, life: _Life) -> bool:
        try:
            async with asyncio.timeout(READY_S):
                while not life.is_over and not self._is_stopping:
                    if self._is_ready is None or await self._is_ready(life.number):
                        return True
                    await asyncio.sleep(READY_LOOK_S)
        except TimeoutError:
            log.warning("%s was not ready in %g s", self.name, READY_S)
        return False

    async def _end(self, life: _Life) -> bool:
        """End a start of it; return whether it had to be killed."""
        process = life.process
        if life.is_over:
            return False
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
            return True
        return False


def tethered(argv: Sequence[str]) -> list[str]:
    """Return a command that dies with this process from its first moment on (Linux).

    What a child does about that itself comes after its imports, which take a second.
    """
    if sys.platform != "linux":
        return list(argv)
    return [sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), *argv]


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
