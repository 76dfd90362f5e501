"""A whole server of real processes that may be killed: a store, a node, a director, and taps.

The light supervisor here does what the real one does (start again at once, free the dead one's
leases), only quicker, because processes are forked; `is_cold` starts them as commands instead.
"""

import asyncio
import contextlib
import itertools
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from dreamsync_server.cli.child import ChildSettings
from dreamsync_server.errors import StoreError
from dreamsync_server.host.lease import lease_of
from dreamsync_server.settings import Settings
from dreamsync_server.store.embedded import EmbeddedStore
from dreamsync_server.store.open import open_store
from dreamsync_server.store.port import Store
from faults.forking import START_S, Nursery
from faults.line_tap import LineTap
from faults.store_tap import StoreTap

Role = Literal["node", "director"]
STOP_S = 10.0
_AGAIN_S = 0.02
_PORTS = range(23_000, 32_000)  # below those that systems give to lines
_TESTS = Path(__file__).parents[1]

TIGHT: Mapping[str, int] = {
    "dreamsync_server.host.snapshots.SNAPSHOT_EVERY_COMMITS": 60,
    "dreamsync_server.host.snapshots.LOG_WINDOW_COMMITS": 120,
}
"""Bounds under which snapshots and sealing come often enough to be struck at."""


class Process:
    """One kind of server process, started again whenever it dies.

    `settings` are the rig's where none are given; `more` is for the nursery (see there).
    """

    def __init__(
        self,
        rig: "Rig",
        role: Role,
        store_url: str,
        settings: Settings | None = None,
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.role = role
        self.settings = settings or rig.settings
        self.host = "127.0.0.1"  # where it is found
        self.pid = 0
        self.name = ""
        self.starts = 0
        self.kills = 0
        self.died = asyncio.Event()
        self._rig = rig
        self._store_url = store_url
        self.more = dict(more or {})
        self._child: asyncio.subprocess.Process | None = None

    @property
    def is_up(self) -> bool:
        """Whether it runs, as far as is known."""
        return self.pid != 0

    def kill(self) -> bool:
        """Kill it now, where it runs; return whether it did."""
        if not self.pid:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.kills += 1
        return True

    def freeze(self) -> None:
        """Let it stand still, as a machine that swaps or a hypervisor does."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on; it does not know that it stood still."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGCONT)

    def end(self) -> None:
        """Ask it to end, as a supervisor does: a node hands over what it has first."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    async def start(self) -> None:
        """Start it under a name of its own."""
        rig = self._rig
        self.starts += 1
        self.name = f"{self.role}-{self.starts}-{secrets.token_hex(3)}"
        told = ChildSettings(name=self.name, store_url=self._store_url, settings=self.settings)
        log = rig.folder / f"{self.name}.log"
        self.died.clear()
        if rig.is_cold:
            await self._start_cold(told, log)
            return
        asked = {
            "module": self.role, "told": told.model_dump_json(), "log": str(log),
            "bounds": dict(rig.bounds), **self.more,
        }  # fmt: skip
        self.pid = await rig.ask_nursery(asked)

    async def _start_cold(self, told: ChildSettings, log: Path) -> None:
        module = f"dreamsync_server.cli.{self.role}_process"
        with log.open("ab") as out:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, told.model_dump_json(),
                stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out,
                env={**os.environ, "DREAMSYNC_PARENT": str(os.getpid())}, start_new_session=True,
            )  # fmt: skip
        self.pid = self._child.pid
        self._rig.spawn(self._wait_cold(self._child))

    async def _wait_cold(self, child: asyncio.subprocess.Process) -> None:
        await child.wait()
        self._rig.ended(child.pid)

    async def on_death(self) -> None:
        """Free what it held and start it again."""
        self.pid = 0
        self.died.set()
        if self._rig.is_stopping:
            return
        await self._rig.free_leases(self)
        await self.start()


class Rig:
    """Use as a context. `folder` is where data and logs lie; `worlds` holds packs of a test."""

    def __init__(
        self,
        folder: Path,
        *,
        bounds: Mapping[str, int] = TIGHT,
        worlds: Path | None = None,
        has_director: bool = True,
        is_cold: bool = False,
        settings: Settings | None = None,
    ) -> None:
        self.folder = folder
        self.bounds = bounds
        self.is_cold = is_cold
        self.is_stopping = False
        self.store = EmbeddedStore(folder / "data")
        self.tick = itertools.count(1)
        self.node_tap = StoreTap(self._socket, self.tick)
        self.director_tap = StoreTap(self._socket, self.tick)
        self.store_kills = 0
        told = {"port": free_port(), "worlds": "" if worlds is None else str(worlds)}
        self.settings = (settings or Settings()).model_copy(update=told)
        self._has_director = has_director
        self._stack = contextlib.AsyncExitStack()
        self._tasks: set[asyncio.Task[None]] = set()
        self._nurseries: dict[str, Nursery] = {}  # by the version of the code they start

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._close()

    async def _open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        await self.store.start()
        self.spawn(self._keep_store())
        await self._stack.enter_async_context(self.node_tap)
        await self._stack.enter_async_context(self.director_tap)
        self.reader: Store = open_store(self.store.url)
        self._stack.push_async_callback(self.reader.close)
        if not self.is_cold:
            await self._open_nursery()
        self.node = Process(self, "node", self.node_tap.url)
        self.director = Process(self, "director", self.director_tap.url)
        await self.node.start()
        if self._has_director:
            await self.director.start()
        await self.until_node_listens()

    async def _close(self) -> None:
        self.is_stopping = True
        for process in self.processes:
            if process.pid:
                process.thaw()
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGTERM)
                try:
                    async with asyncio.timeout(STOP_S):
                        await process.died.wait()
                except TimeoutError:
                    process.kill()
        for nursery in self._nurseries.values():
            await nursery.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stack.aclose()
        await self.store.stop()

    # --- processes ---------------------------------------------------------------------------

    @property
    def processes(self) -> list[Process]:
        """The processes of ours, those that propose before those that decide."""
        made = (getattr(self, "director", None), getattr(self, "node", None))
        return [process for process in made if process is not None]

    def line(self) -> LineTap:
        """Return one client's way to the node, to be entered as a context."""
        return LineTap(self.settings.port, self.tick)

    async def until_node_listens(self) -> None:
        """Wait until the node takes connections."""
        async with asyncio.timeout(START_S):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.settings.port)
                except OSError:
                    await asyncio.sleep(_AGAIN_S)
                    continue
                writer.close()
                return

    def kill_store(self) -> bool:
        """Kill the store now, where it runs; it is started again."""
        try:
            os.kill(self.store.pid, signal.SIGKILL)
        except (ProcessLookupError, AssertionError):
            return False
        self.store_kills += 1
        return True

    async def free_leases(self, process: Process) -> None:
        """Do what a supervisor does for a dead child: nobody need wait for its leases."""
        with contextlib.suppress(StoreError):
            await self.reader.drop_lease(lease_of(process.name))

    def spawn(self, work: Any) -> None:
        """Let something go on beside until the end."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def ended(self, pid: int) -> None:
        """Know that a process has ended."""
        for process in self.processes:
            if process.pid == pid:
                self.spawn(process.on_death())

    async def ask_nursery(self, asked: dict[str, Any]) -> int:
        """Have a nursery start a process, of a version where that is said; return its pid."""
        return await self._nurseries[asked.get("version", "")].start(asked)

    async def _open_nursery(self, version: str = "", before: Sequence[Path] = ()) -> None:
        """Start the nursery of a version, whose code is found in `before`; "" is this one."""
        nursery = Nursery(self.folder / f"nursery{version}.log", self.ended)
        self._nurseries[version] = nursery
        self.spawn(await nursery.open([*before, _TESTS]))

    async def _keep_store(self) -> None:
        while True:
            await self.store.wait()
            if self.is_stopping:
                return
            await self.store.start()

    def _socket(self) -> str:
        return self.store.url.removeprefix("unix://")

    # --- what they leave behind ----------------------------------------------------------------

    def logs(self) -> bytes:
        """Return all that every process has written."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.glob("*.log")))


def free_port() -> int:
    """Return a port of loopback that is free now, and none that a client's line is given."""
    while True:
        port = _PORTS[secrets.randbelow(len(_PORTS))]
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def now_s() -> float:
    """Return seconds of a clock that never steps."""
    return time.monotonic()
