"""The faults of a run, each by its name, and how they end."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from typing import Any, Final

from dreamsync_server.store.port import Store
from simulation.house import House
from simulation.store_model import Weather


class Chaos:
    """Makes faults happen until `until_s` of virtual time; then heals everything."""

    def __init__(self, house: House, world: str) -> None:
        self.house = house
        self.world = world
        self.dice = random.Random(f"chaos {house.plan.seed}")
        self.count = 0
        self.is_over = False
        self._running: dict[asyncio.Task[None], None] = {}

    async def rage(self) -> None:
        """Let faults happen, several at once where chance wants."""
        loop, plan = self.house.loop, self.house.plan
        until_s = loop.time() + plan.faults_s
        while (wait_s := self.dice.expovariate(1 / plan.gap_s)) < until_s - loop.time():
            await asyncio.sleep(wait_s)
            name = self.dice.choice(plan.faults)
            self.house.trace.note("chaos", name)
            self.count += 1
            task = loop.create_task(_DO[name](self))
            self._running[task] = None
        await self.heal()

    async def heal(self) -> None:
        """End every fault now."""
        house = self.house
        house.trace.note("chaos", "is over")
        self.is_over = True
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        house.store.weather = Weather()
        house.network.is_down = False
        for wire in tuple(house.network.wires):
            wire.stall(False)
        house.network.weather.says_twice = 0.0
        house.network.weather.delay_s = (0.0005, 0.005)
        for slot, node in house.nodes.items():
            house.loop.thaw(node.process)
            if node.is_dead:
                house.start_node(slot)
        for director in house.directors.values():
            house.loop.thaw(director.process)

    # --- nodes -----------------------------------------------------------------------------------

    async def kill(self) -> None:
        self.house.kill_node(self._slot())

    async def freeze(self) -> None:
        node = self.house.nodes[self._slot()]
        if not node.is_dead and not self.house.loop.is_frozen(node.process):
            await self.house.freeze(node.process, self.dice.choice((0.3, 1.0, 2.5, 4.0, 6.0)))

    async def drain(self) -> None:
        self.house.drain_node(self._slot())

    async def cut_off(self) -> None:
        """Cut one process off the store."""
        process = self.house.nodes[self._slot()].process
        cut_off = self.house.store.weather.cut_off
        cut_off[process] = None
        await asyncio.sleep(self.dice.choice((0.3, 1.5, 4.0)))
        cut_off.pop(process, None)

    # --- the store -------------------------------------------------------------------------------

    async def slow_store(self) -> None:
        weather = self.house.store.weather
        weather.delay_s = (0.0, self.dice.choice((0.1, 0.5, 1.2)))
        await asyncio.sleep(self.dice.uniform(0.5, 3.0))
        weather.delay_s = (0.0002, 0.002)

    async def lossy_store(self) -> None:
        weather = self.house.store.weather
        weather.loses_request = weather.loses_reply = self.dice.choice((0.05, 0.3))
        await asyncio.sleep(self.dice.uniform(0.5, 4.0))
        weather.loses_request = weather.loses_reply = 0.0

    async def mute_store(self) -> None:
        """All is carried out, and replies are lost."""
        weather = self.house.store.weather
        weather.loses_reply = self.dice.choice((0.3, 0.8))
        await asyncio.sleep(self.dice.uniform(0.5, 3.0))
        weather.loses_reply = 0.0

    async def late_letters(self) -> None:
        """Proposals are under way to the inbox for long."""
        self.house.store.weather.is_late = True
        await asyncio.sleep(self.dice.uniform(1.0, 4.0))
        self.house.store.weather.is_late = False

    async def deaf_store(self) -> None:
        """Bells are lost."""
        self.house.store.weather.loses_bell = self.dice.choice((0.5, 1.0))
        await asyncio.sleep(self.dice.uniform(0.5, 4.0))
        self.house.store.weather.loses_bell = 0.0

    async def silent_store(self) -> None:
        self.house.store.weather.is_silent = True
        await asyncio.sleep(self.dice.choice((0.1, 0.5, 3.0)))
        self.house.store.weather.is_silent = False

    async def refusing_store(self) -> None:
        self.house.store.weather.is_refusing = True
        await asyncio.sleep(self.dice.choice((0.1, 0.5, 3.0)))
        self.house.store.weather.is_refusing = False

    async def fail_over(self) -> None:
        self.house.store.fail_over()

    # --- lines -----------------------------------------------------------------------------------

    async def cut_lines(self) -> None:
        for wire in tuple(self.house.network.wires):
            if self.dice.random() < 0.4:
                wire.cut(self.dice.choice((0.0, 0.0, 0.5, 4.0)))

    async def outage(self) -> None:
        """Nobody reaches any node, for so long that the world falls asleep."""
        network = self.house.network
        network.is_down = True
        for wire in tuple(network.wires):
            wire.cut(self.dice.choice((0.0, 0.5)))
        await asyncio.sleep(self.dice.choice((0.5, 4.0)))
        network.is_down = False

    async def stall_lines(self) -> None:
        chosen = [wire for wire in self.house.network.wires if self.dice.random() < 0.4]
        for wire in chosen:
            wire.stall(True)
        await asyncio.sleep(self.dice.choice((0.3, 1.5, 4.0)))
        for wire in chosen:
            if self.dice.random() < 0.5:
                wire.cut(self.dice.choice((0.0, 2.0)))
            else:
                wire.stall(False)

    async def slow_lines(self) -> None:
        weather = self.house.network.weather
        weather.delay_s = (0.0, self.dice.choice((0.1, 0.4)))
        await asyncio.sleep(self.dice.uniform(0.5, 3.0))
        weather.delay_s = (0.0005, 0.005)

    async def echo_lines(self) -> None:
        """Proposals are said twice."""
        self.house.network.weather.says_twice = 0.5
        await asyncio.sleep(self.dice.uniform(0.5, 3.0))
        self.house.network.weather.says_twice = 0.0

    # --- directors -------------------------------------------------------------------------------

    async def kill_director(self) -> None:
        await self._without_lease("d0")
        self.house.kill_director("d0")

    async def freeze_director(self) -> None:
        process = self.house.directors["d0"].process
        await self.house.freeze(process, self.dice.choice((0.5, 3.0, 5.0)))

    async def double_director(self) -> None:
        """Let another director take the world though the first one lives."""
        if "d1" in self.house.directors:
            self.house.kill_director("d1")
        else:
            self.house.start_director("d1")
        await self._without_lease("d0")

    async def _without_lease(self, slot: str) -> None:
        if self.dice.random() < 0.7:
            link: Store = self.house.store.link("supervisor")
            try:
                await link.drop_lease(f"director:{self.world}")
            except Exception:  # noqa: BLE001 - then it ends by itself
                return

    def _slot(self) -> str:
        """Return a node's slot: mostly that of the world's owner."""
        slots = list(self.house.nodes)
        if self.dice.random() < 0.6:
            for slot, node in self.house.nodes.items():
                if not node.is_dead and self.world in node.host.worlds:
                    return slot
        return self.dice.choice(slots)


_DO: Final[dict[str, Callable[[Chaos], Coroutine[Any, Any, None]]]] = {
    name: getattr(Chaos, name)
    for name in vars(Chaos)
    if not name.startswith("_") and name not in ("rage", "heal")
}
