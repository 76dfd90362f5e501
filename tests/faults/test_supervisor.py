"""The real supervisor: it starts again what dies, stops all cleanly, and leaves nothing behind."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

import dreamsync
from faults.processes import Started
from faults.rig import free_port

READY_S = 30.0
BACK_S = 15.0
STOP_S = 15.0
KINDS = {"node": "node_process", "director": "director_process", "store": "valkey"}


@dataclass
class Served:
    """A `dreamsync serve` that runs, in a process of its own."""

    process: asyncio.subprocess.Process
    started: Started
    port: int

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"ws://127.0.0.1:{self.port}"

    def pid_of(self, kind: str) -> int:
        """Return a child's process, 0 where there is none just now."""
        found = self.started.processes().items()
        return next((pid for pid, line in found if KINDS[kind] in line and "tether" not in line), 0)

    async def until_back(self, kind: str, old: int) -> int:
        """Wait until a child runs under another pid; return it."""
        async with asyncio.timeout(BACK_S):
            while (pid := self.pid_of(kind)) in (0, old):
                await asyncio.sleep(0.02)
        return pid


@contextlib.asynccontextmanager
async def serving(started: Started) -> AsyncIterator[Served]:
    """Run the command and wait for its poster."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dreamsync_server.cli", "serve", "--port", str(port),
        "--data", str(started.folder / "data"), "--public", "starter",
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_S):
            while f":{port}".encode() not in (line := await process.stdout.readline()):
                assert line, "it ended before it was ready"
        yield Served(process, started, port)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_ctrl_c_stops_everything_with_exit_code_0(started: Started) -> None:
    async with serving(started) as served:
        served.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(STOP_S):
            await served.process.communicate()
        assert served.process.returncode == 0
        assert started.processes() == {}


async def test_after_a_sigkill_of_the_parent_no_process_is_left(started: Started) -> None:
    async with serving(started) as served:
        assert all(served.pid_of(kind) for kind in KINDS)
        served.process.kill()
        await served.process.wait()
        async with asyncio.timeout(STOP_S):
            while started.processes():
                await asyncio.sleep(0.02)


async def test_whatever_child_is_killed_a_player_goes_on(started: Started) -> None:
    async with serving(started) as served, dreamsync.connect(served.url) as dream:
        (world,) = await dream.worlds()
        ada = await dream.enter(world.id, role="ada", name="Ari")
        for kind in KINDS:
            assert (await ada.act("talk", words=f"before the {kind} dies")).ok
            old = served.pid_of(kind)
            os.kill(old, signal.SIGKILL)
            assert (await ada.act("talk", words=f"after the {kind} died")).ok
            await served.until_back(kind, old)
        said = [event.text for event in ada.new_events() if event.who == "ada"]
        assert said == [f"{w}" for kind in KINDS
                        for w in (f"before the {kind} dies", f"after the {kind} died")]  # fmt: skip
        assert (ada.resets, ada.mismatches) == (0, 0)
