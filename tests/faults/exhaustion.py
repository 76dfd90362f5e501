"""A store without room, in memory or on disk: worlds hold, and go on by themselves."""

import asyncio
import contextlib
import os
import random
import shutil
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from cli.serving import Served, serving
from redis.asyncio import Redis

from dreamsync_server.store.data_folder import socket_in
from dreamsync_server.store.open import open_store
from faults.bots import Cast
from faults.fleet import Watch, played
from faults.outcome import Outcome
from faults.rig import Rig, now_s

PER_WORLD = 4
DISK_BYTES = 12 * 1024 * 1024
_COMMAND_S = 10.0
_READY_S = 60.0
_BLOCK = 4096


async def fill_memory(folder: Path, runs: int, seed: str) -> Outcome:
    """Let the store refuse every write for want of memory (`maxmemory`), for seconds."""
    outcome, dice = Outcome("store out of memory"), random.Random(seed)
    async with Rig(folder) as rig:
        while outcome.runs < runs and not outcome.stuck:
            some = min(PER_WORLD, runs - outcome.runs)
            await played(rig, dice, outcome, partial(_memory, rig, dice, outcome, some))
        told = rig.logs().decode(errors="replace")
    line = next((line for line in told.splitlines() if " holds: " in line), "")
    if "maxmemory" not in line:
        outcome.stuck.append(f"the operator was not told of the memory, but: {line!r}")
    return outcome


async def _memory(
    rig: Rig, dice: random.Random, outcome: Outcome, count: int, casts: list[Cast]
) -> None:
    watch = Watch([rig.node_tap], casts)
    store: Redis = Redis.from_url(rig.store.url)
    try:
        for _ in range(count):
            await asyncio.sleep(dice.uniform(0.4, 0.8))
            await store.config_set("maxmemory", 1)
            await asyncio.sleep(dice.uniform(0.5, 5.0))
            await store.config_set("maxmemory", 0)
            await watch.until_all_go_on(now_s(), outcome)
            outcome.runs += 1
    finally:
        await store.aclose()


class ServedRig(Rig):
    """What `dreamsync serve` starts, over a small disk: all as an operator has it.

    There is no tap before the store here: what was confirmed is what clients were told.
    """

    served: Served

    async def _open(self) -> None:
        data = self.folder / "data"
        asked = ("--port", "0", "--public", "starter")
        self.served = await self._stack.enter_async_context(serving(data, *asked))
        try:
            async with asyncio.timeout(_READY_S):
                while "Ctrl-C stops everything" not in self.served.printed:
                    assert self.served.process.returncode is None, self.served.printed
                    await asyncio.sleep(0.05)
        except TimeoutError as error:
            raise TimeoutError(f"serve did not open: {self.served.printed!r}") from error
        self.settings = self.settings.model_copy(update={"port": self.served.port})
        socket = socket_in(data)
        assert socket is not None
        self.reader = open_store(f"unix://{socket}")
        self._stack.push_async_callback(self.reader.close)

    async def _close(self) -> None:
        with contextlib.suppress(AttributeError, TimeoutError):
            await self.served.end()
        await self._stack.aclose()


def why_not() -> str:
    """Return why no disk can be filled here, "" where one can."""
    if os.geteuid() != 0:
        return "a small disk needs root (a tmpfs is mounted)"
    return "" if shutil.which("mount") else "there is no `mount` on this machine"


async def fill_disk(folder: Path, runs: int, seed: str) -> Outcome:
    """Fill the disk under the embedded store of a real `serve`, for seconds; then make room."""
    outcome, dice = Outcome("disk full under the store"), random.Random(seed)
    async with _small_disk(folder / "disk") as disk, ServedRig(disk) as rig:
        while outcome.runs < runs and not outcome.stuck:
            some = min(PER_WORLD, runs - outcome.runs)
            work = partial(_disk, rig, dice, outcome, some)
            await played(rig, dice, outcome, work, packs=("starter",))
        for words in ("is full", "every world holds", "has room again"):
            if words not in rig.served.printed:
                outcome.stuck.append(f"the operator was not told: {words}")
    return outcome


async def _disk(
    rig: ServedRig, dice: random.Random, outcome: Outcome, count: int, casts: list[Cast]
) -> None:
    filler = rig.folder / "filler"
    for _ in range(count):
        await asyncio.sleep(dice.uniform(0.5, 1.0))
        _fill(filler)
        await asyncio.sleep(dice.uniform(1.5, 5.0))
        filler.unlink()
        at_s = now_s()
        for cast in casts:
            try:
                await cast.settle()
            except TimeoutError:
                outcome.stuck.append(f"world {cast.world.id} did not go on when there was room")
        outcome.gaps_s.append(now_s() - at_s)
        outcome.runs += 1


def _fill(filler: Path) -> None:
    """Write until there is no byte left."""
    with filler.open("wb", buffering=0) as out:
        size = _BLOCK
        while size:
            try:
                out.write(b"x" * size)
            except OSError:
                size //= 2


@contextlib.asynccontextmanager
async def _small_disk(place: Path) -> AsyncIterator[Path]:
    place.mkdir(parents=True)
    await _run("mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "dreamsync", str(place))
    try:
        yield place
    finally:
        await _run("umount", "--lazy", str(place))


async def _run(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(_COMMAND_S):
        said, _ = await process.communicate()
    if process.returncode:
        raise OSError(f"{command[0]}: {said.decode()}")
