"""Processes of the server in a simulation: a node (host and gateway), and a director."""

import asyncio
import functools
import random
from collections.abc import Mapping, Sequence
from contextvars import Context
from typing import Any, cast

from support.house import StarterShelf
from support.packs import starter

from dreamsync_server.cli.about import keep_saying
from dreamsync_server.director.director import Director
from dreamsync_server.gateway.conversation import Conversation
from dreamsync_server.gateway.hall import Hall
from dreamsync_server.gateway.lines import Line
from dreamsync_server.gateway.tokens import Tokens
from dreamsync_server.host.direct import Direct
from dreamsync_server.host.node import HostNode
from dreamsync_server.host.owner import RefusedError
from dreamsync_server.store.port import Store
from dreamsync_server.telemetry import Telemetry
from dreamsync_server.world.commit import Commit, Proposal
from dreamsync_server.world.model import Pack
from simulation.clocks import SimClock
from simulation.loop import SimLoop, spawn
from simulation.network import GatewayEnd


@functools.cache
def _telemetry() -> Telemetry:
    return Telemetry(has_process=False)


async def load_pack(pack_hash: str) -> Pack:
    """Return the one pack that is played."""
    return starter()


class SimNode:
    """One life of a node process, joined as `cli/assembly.py` joins it."""

    def __init__(self, loop: SimLoop, process: str, store: Store, clock: SimClock) -> None:
        self.process = process
        self.loop = loop
        self.context: Context = loop.context_of(process)
        self.is_dead = False
        self.is_leaving = False  # it takes no more lines
        self.task: asyncio.Task[None] | None = None
        dice = random.Random(f"tokens {process}")
        self.host = HostNode(
            store,
            clock,
            process,
            load_pack,
            lambda: dice.randbytes(8).hex(),
            on_confirmed=self._on_confirmed,
            on_gone=lambda world, why: self.hall.on_gone(world, why),
        )
        self._direct = Direct(self.host)
        self.hall = Hall(
            store,
            clock,
            StarterShelf(),
            self.host.open_world,
            ensure=self.host.ensure,
            submit=self._submit,
            tokens=Tokens(dice.randbytes),
            telemetry=_telemetry(),
            node=process,
        )

    @property
    def is_up(self) -> bool:
        """Whether its port is open."""
        return not self.is_dead and not self.is_leaving

    def start(self) -> None:
        """Let it run."""
        self.task = spawn(self.loop, self.process, self._run)

    def connect(self, line: GatewayEnd) -> Conversation:
        """Take a line."""
        return self.hall.connect(cast("Line", line))

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.host.run())
            group.create_task(self.hall.run())

    def _on_confirmed(self, world: str, commits: Sequence[Commit]) -> None:
        self.hall.on_confirmed(world, commits)

    def _submit(self, world: str, proposal: Proposal) -> str:
        try:
            self._direct.submit(world, proposal)
        except RefusedError as refused:
            return "internal" if refused.code == "stopped" else refused.code
        return ""


class SimDirector:
    """One life of a director process. One that is deaf hears of no other director."""

    def __init__(
        self, loop: SimLoop, process: str, store: Store, clock: SimClock, *, is_deaf: bool
    ) -> None:
        self.process = process
        self.loop = loop
        self.others: list[str] = []
        self.director = Director(store, clock, load_pack, process, lambda: self.others)
        self._store = store
        self._clock = clock
        self._is_deaf = is_deaf

    def start(self) -> None:
        """Let it run, as `cli/director_process.py` does."""
        spawn(self.loop, self.process, self.director.run)
        spawn(self.loop, self.process, self._say)

    async def _say(self) -> None:
        said = {"kind": "director", "state": "serving"}
        await keep_saying(self._store, self._clock, self.process, lambda: said, self._hear)

    def _hear(self, said: Mapping[str, Mapping[str, Any]]) -> None:
        directors = (name for name, one in said.items() if one.get("kind") == "director")
        if not self._is_deaf:
            self.others = [name for name in directors if name != self.process]
