"""All processes of a run, and the means by which they are killed, frozen and started again."""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

from dreamsync_server.errors import OperatorError, StoreError
from dreamsync_server.host.lease import lease_of
from simulation.clocks import SimClock
from simulation.loop import SimLoop, spawn
from simulation.network import Network
from simulation.nodes import SimDirector, SimNode
from simulation.plan import Plan
from simulation.store_model import StoreModel
from simulation.tracing import Trace


class House:
    """The processes. Slots (`n0`, `n1`, `d0`) live on, each life in them has a name of its own."""

    def __init__(self, loop: SimLoop, plan: Plan, trace: Trace) -> None:
        self.loop = loop
        self.plan = plan
        self.trace = trace
        self.store = StoreModel(loop, plan.seed, trace, is_replicated=plan.is_replicated)
        self.network = Network(loop, plan.seed, trace)
        self.nodes: dict[str, SimNode] = {}
        self.directors: dict[str, SimDirector] = {}
        self.dice = random.Random(f"house {plan.seed}")
        self.broken: list[str] = []  # processes that ended by themselves
        self._lives: dict[str, int] = {}

    # --- starting --------------------------------------------------------------------------------

    def start_node(self, slot: str) -> SimNode:
        """Start a node in a slot, under a new name."""
        process, clock = self._new(slot)
        context = self.loop.context_of(process)
        node = context.run(SimNode, self.loop, process, self.store.link(process), clock)
        self.nodes[slot] = node
        self.network.gateways[node] = None
        node.start()
        assert node.task is not None
        node.task.add_done_callback(lambda task: self._ended(slot, node, task))
        return node

    def start_director(self, slot: str) -> SimDirector:
        """Start a director in a slot."""
        process, clock = self._new(slot)
        store, is_deaf = self.store.link(process), self.dice.random() < 0.5
        director = SimDirector(self.loop, process, store, clock, is_deaf=is_deaf)
        self.directors[slot] = director
        director.start()
        return director

    def _new(self, slot: str) -> tuple[str, SimClock]:
        self._lives[slot] = life = self._lives.get(slot, -1) + 1
        process = f"{slot}.{life}"
        skew_ms, rate = self.dice.randint(-3_000, 3_000), self.dice.uniform(0.97, 1.03)
        self.trace.note(process, f"starts, {skew_ms} ms off, rate {rate:.4f}")
        return process, SimClock(self.loop, skew_ms, rate)

    def _ended(self, slot: str, node: SimNode, task: asyncio.Task[None]) -> None:
        """See to a node that ended by itself, as a supervisor does."""
        error = None if task.cancelled() else task.exception()
        if error is None or node.is_dead:
            return
        if not (isinstance(error, ExceptionGroup) and error.subgroup(OperatorError)):
            self.broken.append(f"{node.process} ended by itself: {error!r}")
        self.kill_node(slot)

    # --- ending ----------------------------------------------------------------------------------

    def kill_node(self, slot: str) -> None:
        """SIGKILL: nothing of it runs again; the supervisor starts another life soon."""
        node = self.nodes[slot]
        if node.is_dead:
            return
        self.trace.note(node.process, "is killed")
        node.is_dead = True
        self.loop.kill(node.process)
        self.network.node_died(node)
        self.store.forget(node.process)
        is_seen = self.dice.random() < 0.5
        self._later(self._start_again(slot, node.process, is_seen=is_seen))

    async def _start_again(self, slot: str, process: str, *, is_seen: bool) -> None:
        if is_seen:
            await self._free(lease_of(process))
        await asyncio.sleep(self.dice.uniform(0.02, 1.5))
        if self.nodes[slot].process == process:
            self.start_node(slot)

    async def _free(self, lease: str) -> None:
        try:
            await self.store.link("supervisor").drop_lease(lease)
        except StoreError:
            return

    def drain_node(self, slot: str) -> None:
        """SIGTERM: it hands everything over and ends; another life follows."""
        node = self.nodes[slot]
        if node.is_dead or node.is_leaving or self.loop.is_frozen(node.process):
            return
        self.trace.note(node.process, "is drained")
        node.is_leaving = True
        spawn(self.loop, node.process, lambda: self._drain(node))
        self._later(self._drained(slot, node))

    async def _drained(self, slot: str, node: SimNode) -> None:
        assert node.task is not None
        await asyncio.wait((node.task,), timeout=8.0)
        if not node.task.done() and not node.is_dead:
            self.trace.note(node.process, "did not end in time")
        if not node.is_dead:
            self.kill_node(slot)

    async def _drain(self, node: SimNode) -> None:
        await node.host.hand_over()
        await node.hall.move_out(has_refuge=bool(node.host.peers.refuge()))
        assert node.task is not None
        node.task.cancel()

    def kill_director(self, slot: str) -> None:
        """SIGKILL of a director; another life follows."""
        director = self.directors[slot]
        self.trace.note(director.process, "is killed")
        self.loop.kill(director.process)
        self._later(self._direct_again(slot, director.process))

    async def _direct_again(self, slot: str, process: str) -> None:
        await asyncio.sleep(self.dice.uniform(0.05, 1.0))
        if self.directors[slot].process == process:
            self.start_director(slot)

    async def freeze(self, process: str, for_s: float) -> None:
        """SIGSTOP, and SIGCONT after a while."""
        self.trace.note(process, f"is frozen for {for_s:.2f} s")
        self.loop.freeze(process)
        await asyncio.sleep(for_s)
        self.trace.note(process, "goes on")
        self.loop.thaw(process)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        spawn(self.loop, "supervisor", lambda: work)
