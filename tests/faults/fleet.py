"""Several nodes and directors on one store, each behind a tap of its own; any may be struck."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from dreamsync_server.errors import StoreError
from dreamsync_server.settings import Settings
from dreamsync_server.store.open import open_store
from faults.bots import SETTLE_S, Cast
from faults.campaign import PACKS, ROLES, SPEEDS
from faults.forking import START_S
from faults.line_tap import LineTap
from faults.outcome import Outcome
from faults.rig import TIGHT, Process, Rig, Role, free_port, now_s
from faults.store_tap import StoreTap

BACK_S = 30.0  # for every world to have another commit; beyond: it is told as stuck
_AGAIN_S = 0.02


class WideTap(StoreTap):
    """A tap that listens on every address of this machine; a process is told one of them."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "0.0.0.0", 0)
        return self

    def url_at(self, host: str) -> str:
        """How a store's client finds it at an address."""
        return self.url.replace("127.0.0.1", host)


class Fleet(Rig):
    """A rig of several nodes and directors; a subclass may say where a node lives, and how."""

    def __init__(
        self,
        folder: Path,
        *,
        nodes: int = 2,
        directors: int = 1,
        bounds: Mapping[str, int] = TIGHT,
    ) -> None:
        super().__init__(folder, bounds=bounds, has_director=directors > 0)
        self.nodes: list[Process] = []
        self.directors: list[Process] = []
        self.taps: list[StoreTap] = []
        self.struck: set[Process] = set()  # who comes anew is not sent to these
        self._counts = (nodes, directors)
        self._next = 0

    async def _open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        await self.store.start()
        self.spawn(self._keep_store())
        self.reader = open_store(self.store.url)
        self._stack.push_async_callback(self.reader.close)
        await self._open_nursery()
        count_nodes, count_directors = self._counts
        for number in range(count_nodes):
            space, store_host, host = self.place_of(number)
            port = {"port": free_port(), "host": "0.0.0.0" if space else "127.0.0.1"}
            told = self.settings.model_copy(update=port)
            node = await self._made("node", store_host, told, self.more_of(number, space))
            node.host = host
            self.nodes.append(node)
        for _ in range(count_directors):
            self.directors.append(await self._made("director", "127.0.0.1", self.settings, {}))
        self.node_tap = self.taps[0]  # all nodes' taps note into the same place
        for process in self.processes:
            await process.start()
        for node in self.nodes:
            await self._until_listens(node)

    async def _made(
        self, role: Role, store_host: str, told: Settings, more: Mapping[str, str]
    ) -> Process:
        tap = await self._stack.enter_async_context(WideTap(self._socket, self.tick))
        if role == "node":
            if self.taps:
                tap.confirmed, tap.owned = self.taps[0].confirmed, self.taps[0].owned
            self.taps.append(tap)
        return Process(self, role, tap.url_at(store_host), told, more)

    def place_of(self, number: int) -> tuple[str, str, str]:
        """Return where a node lives: its namespace, where it finds the store, where it serves."""
        return "", "127.0.0.1", "127.0.0.1"

    def more_of(self, number: int, space: str) -> dict[str, str]:
        """Return what the nursery is told of a node besides."""
        return {"netns": space} if space else {}

    @property
    def processes(self) -> list[Process]:
        """Every process of ours."""
        return [*self.directors, *self.nodes]

    def line(self) -> LineTap:
        """Return one client's way: to the nodes in turn, as a load balancer sends them."""
        self._next += 1
        turn = [self._next]

        def node() -> tuple[str, int]:
            turn[0] += 1
            sound = [node for node in self.nodes if node not in self.struck] or self.nodes
            chosen = sound[turn[0] % len(sound)]
            return chosen.host, chosen.settings.port

        return LineTap(node, self.tick)

    async def owner_of(self, world: str) -> Process:
        """Return the node that has a world, by the store's word."""
        async with asyncio.timeout(BACK_S):
            while True:
                name = ""
                with contextlib.suppress(StoreError):  # we may be what is slow
                    held = await self.reader.held(world)
                    name = "" if held is None else held.node
                for node in self.nodes:
                    if node.name == name:
                        return node
                await asyncio.sleep(_AGAIN_S)

    async def _until_listens(self, node: Process) -> None:
        async with asyncio.timeout(START_S):
            while True:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection(node.host, node.settings.port)
                    writer.close()
                    return
                await asyncio.sleep(_AGAIN_S)


class Watch:
    """When each world of some casts last had a commit confirmed, by the taps of a rig."""

    def __init__(self, taps: Sequence[StoreTap], casts: Sequence[Cast]) -> None:
        self.casts = casts
        self._moved = asyncio.Event()
        self._last: dict[str, tuple[float, int]] = {}
        for tap in taps:
            tap.on_confirmed = self._on_confirmed

    def _on_confirmed(self, world: str, epoch: int) -> None:
        self._last[world] = now_s(), epoch
        self._moved.set()

    @property
    def running(self) -> list[Cast]:
        """The casts whose world has not ended."""
        return [cast for cast in self.casts if cast.is_running]

    def epochs(self) -> dict[str, int]:
        """Return each world's epoch, as of its newest commit."""
        return {world: epoch for world, (_, epoch) in self._last.items()}

    async def until_all_go_on(
        self,
        since_s: float,
        outcome: Outcome,
        casts: Sequence[Cast] | None = None,
        old: Mapping[str, int] | None = None,
    ) -> None:
        """Wait until worlds (all) have a commit after a moment; note the gaps, and who has none.

        Where `old` epochs are given it has to be one of another epoch.
        """
        waiting = {cast.world.id for cast in self.running if casts is None or cast in casts}
        try:
            async with asyncio.timeout(BACK_S):
                while waiting:
                    self._moved.clear()
                    for world in sorted(waiting):
                        at_s, epoch = self._last.get(world, (0.0, 0))
                        if at_s > since_s and (old is None or epoch != old.get(world)):
                            outcome.gaps_s.append(at_s - since_s)
                            waiting.discard(world)
                    waiting &= {cast.world.id for cast in self.running}
                    if waiting:
                        await self._moved.wait()
        except TimeoutError:
            outcome.stuck.append(f"{sorted(waiting)} had no commit for {BACK_S:.0f} s")

    async def until_all_are_back(self, outcome: Outcome) -> None:
        """Wait until every client has a session on a line again."""
        try:
            async with asyncio.timeout(SETTLE_S):
                while not all(client.is_live for c in self.running for client in c.clients):
                    await asyncio.sleep(_AGAIN_S)
        except TimeoutError:
            names = [c.record.name for cast in self.running for c in cast.clients if not c.is_live]
            outcome.stuck.append(f"{names} were not back within {SETTLE_S:.0f} s")


async def played(
    rig: Rig,
    dice: random.Random,
    outcome: Outcome,
    strikes: Callable[[list[Cast]], Awaitable[None]],
    *,
    packs: Sequence[str] = ("starter", "starter"),
    pause_s: float = 0.03,
    quick: int = 5,
) -> None:
    """Play worlds while `strikes` runs; then let them rest, and judge them into `outcome`."""
    casts = []
    async with contextlib.AsyncExitStack() as stack:
        for name in packs:
            cast = Cast(rig, PACKS[name](), dice.getrandbits(30), quick=quick)
            stack.push_async_callback(cast.stack.aclose)
            await cast.open(speed=SPEEDS[name], understudies=name == "expo")
            await cast.enter_all(ROLES[name])
            casts.append(cast)
        async with asyncio.TaskGroup() as group:
            for cast in casts:
                group.create_task(cast.play(pause_s=pause_s))
            try:
                await strikes(casts)
            finally:
                for cast in casts:
                    cast.rest()
        await outcome.judge(rig, casts)
