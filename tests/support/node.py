"""A whole node in this process, on a real port: memory store, host, gateway; no director."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import dreamsync
from dreamsync_server.cli.shelf import PackShelf
from dreamsync_server.clock import SystemClock
from dreamsync_server.gateway.gate import JUDGE
from dreamsync_server.gateway.hall import Hall
from dreamsync_server.gateway.server import GatewayServer
from dreamsync_server.gateway.views import Judge
from dreamsync_server.host.direct import Direct
from dreamsync_server.host.node import HostNode
from dreamsync_server.host.owner import RefusedError
from dreamsync_server.settings import Settings
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.port import Store
from dreamsync_server.telemetry import Telemetry
from dreamsync_server.world.commit import Commit, Proposal


@dataclass
class Node:
    """A node that serves. `commits` are all that were confirmed here, by world."""

    server: GatewayServer
    hall: Hall
    host: HostNode
    store: Store
    telemetry: Telemetry
    commits: dict[str, list[Commit]]
    shelf: PackShelf

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.server.port}"

    def connect(self, **options: object) -> "dreamsync.Dream":
        """Return a program's way to the node; not open yet."""
        return dreamsync.connect(self.url, **options)  # type: ignore[arg-type]

    def cut_lines(self) -> None:
        """Tear every line, as a network does."""
        for line in tuple(self.server.listener.common.lines):
            line.abort()

    def count(self, name: str, **labels: str) -> float:
        return self.telemetry.registry.get_sample_value(f"dreamsync_{name}", labels) or 0.0


@contextlib.asynccontextmanager
async def open_node(
    store: Store | None = None,
    *,
    name: str = "one",
    worlds: Path | None = None,
    judge: Judge = JUDGE,
    **settings: object,
) -> AsyncIterator[Node]:
    """Serve on a free port of loopback."""
    clock = SystemClock()
    store = store or MemoryStore(clock)
    telemetry = Telemetry(has_process=False)
    shelf = PackShelf(store, worlds)
    commits: dict[str, list[Commit]] = {}

    def on_confirmed(world: str, news: Sequence[Commit]) -> None:
        commits.setdefault(world, []).extend(news)
        hall.on_confirmed(world, news)

    host = HostNode(
        store, clock, name, shelf.load, lambda: secrets.token_hex(8), on_confirmed=on_confirmed
    )
    direct = Direct(host)

    def submit(world: str, proposal: Proposal) -> str:
        try:
            direct.submit(world, proposal)
        except RefusedError as error:
            return "internal" if error.code == "stopped" else error.code
        return ""

    hall = Hall(
        store, clock, shelf, host.open_world, ensure=host.ensure, submit=submit,
        telemetry=telemetry, judge=judge,
    )  # fmt: skip
    await host.join()
    running = asyncio.get_running_loop().create_task(host.run())
    try:
        async with GatewayServer(
            Settings(port=0, **settings),  # type: ignore[arg-type]
            hall,
            telemetry,
            why_not_ready=lambda: "" if host.is_leased() else "no lease",
        ) as server:
            yield Node(server, hall, host, store, telemetry, commits, shelf)
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
