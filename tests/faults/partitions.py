"""Partitions by network namespaces: a node and its store, a client and its node, either way."""

import asyncio
import contextlib
import itertools
import os
import random
import shutil
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from dreamsync_server.limits import LEASE_S
from faults.bots import Cast
from faults.fleet import Fleet, Watch, played
from faults.outcome import Outcome
from faults.rig import now_s

Way = Literal["both", "out", "in"]  # out: what the node sends is lost; in: what is sent to it
WAYS: tuple[Way, ...] = ("both", "out", "in")
PER_WORLD = 3  # partitions before worlds are judged and others opened
_NOBODY = "02:00:00:00:00:99"  # a frame for it is let fall by whoever gets it
_HERE, _THERE = "02:00:00:00:01:01", "02:00:00:00:01:02"
_COMMAND_S = 10.0
_count = itertools.count(1)


def why_not() -> str:
    """Return why there can be no partitions here, "" where there can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    return "" if shutil.which("ip") else "there is no `ip` (iproute2) on this machine"


class Link(NamedTuple):
    """A cable between this machine (`here`) and a namespace (`there`)."""

    space: str
    name: str
    net: str  # 10.231.7

    @property
    def here(self) -> str:
        """The address on this machine."""
        return f"{self.net}.1"

    @property
    def there(self) -> str:
        """The address in the namespace."""
        return f"{self.net}.2"

    def laid(self) -> list[str]:
        """Return the commands that lay it."""
        peer = f"peer name {self.name}b address {_THERE} netns {self.space}"
        return [
            f"link add {self.name}a address {_HERE} type veth {peer}",
            f"addr add {self.here}/30 dev {self.name}a",
            f"link set {self.name}a up",
        ]

    def laid_there(self) -> list[str]:
        """Return those of the namespace."""
        return [f"addr add {self.there}/30 dev {self.name}b", f"link set {self.name}b up"]

    async def set(self, way: Way | None) -> None:
        """Let all through (None), or lose what goes one way or both, without a word to anybody."""
        out = _NOBODY if way in ("both", "out") else _HERE
        into = _NOBODY if way in ("both", "in") else _THERE
        tail = "nud permanent"
        await ip([f"neigh replace {self.there} lladdr {into} dev {self.name}a {tail}"])
        await ip([f"neigh replace {self.here} lladdr {out} dev {self.name}b {tail}"], self.space)


async def ip(commands: Sequence[str], space: str = "") -> None:
    """Run commands of `ip`, in a namespace where one is named."""
    where = ("-n", space) if space else ()
    process = await asyncio.create_subprocess_exec(
        "ip", *where, "-batch", "-",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(_COMMAND_S):
        said, _ = await process.communicate("\n".join(commands).encode())
    if process.returncode:
        raise OSError(f"ip: {said.decode()}")


@contextlib.asynccontextmanager
async def cables() -> AsyncIterator[tuple[Link, Link]]:
    """Give the two cables of a namespace of its own: to the store, and to clients."""
    number = next(_count)
    space = f"ds{os.getpid()}-{number}"
    pid, third = os.getpid() % 1000, (os.getpid() * 7 + 2 * number) % 250
    links = (
        Link(space, f"ds{pid}s{number}", f"10.231.{third}"),
        Link(space, f"ds{pid}c{number}", f"10.231.{third + 1}"),
    )
    await ip([f"netns add {space}"])
    try:
        await ip([command for link in links for command in link.laid()])
        inside = [command for link in links for command in link.laid_there()]
        await ip(["link set lo up", *inside], space)
        for link in links:
            await link.set(None)
        yield links
    finally:
        for link in links:
            with contextlib.suppress(OSError):
                await ip([f"link del {link.name}a"])
        await ip([f"netns del {space}"])


class Apart(Fleet):
    """A fleet whose first node lives in a namespace, behind a cable to the store and another."""

    def __init__(self, folder: Path, to_store: Link, to_clients: Link) -> None:
        super().__init__(folder, nodes=2)
        self.to_store = to_store
        self.to_clients = to_clients

    def place_of(self, number: int) -> tuple[str, str, str]:
        """Return where a node lives."""
        if number:
            return super().place_of(number)
        return self.to_store.space, self.to_store.here, self.to_clients.there


async def part(
    folder: Path, runs: int, seed: str, *, which: Literal["store", "clients"], ways: Sequence[Way]
) -> Outcome:
    """Part a node from its store or its clients, for seconds, again and again."""
    outcome, dice = Outcome(""), random.Random(seed)
    async with cables() as (to_store, to_clients), Apart(folder, to_store, to_clients) as fleet:
        link = to_store if which == "store" else to_clients
        while outcome.runs < runs and not outcome.stuck:
            some = [ways[(outcome.runs + i) % len(ways)] for i in range(PER_WORLD)]
            strikes = partial(_part, fleet, link, dice, outcome, some[: runs - outcome.runs])
            await played(fleet, dice, outcome, strikes)
    return outcome


async def _part(
    fleet: Apart, link: Link, dice: random.Random, outcome: Outcome, ways: list[Way],
    casts: list[Cast],
) -> None:  # fmt: skip
    watch, node = Watch(fleet.taps, casts), fleet.nodes[0]
    is_store = link is fleet.to_store
    for way in ways:
        await asyncio.sleep(dice.uniform(0.4, 0.8))
        if not watch.running:
            return
        owners = [(cast, await fleet.owner_of(cast.world.id)) for cast in watch.running]
        mine = [cast for cast, owner in owners if owner is node]
        fleet.struck.add(node)
        at_s, old = now_s(), watch.epochs()
        await link.set(way)
        try:
            async with asyncio.TaskGroup() as group:
                if is_store:
                    group.create_task(watch.until_all_go_on(at_s, outcome, mine, old))
                lasts_s = dice.uniform(LEASE_S, LEASE_S + 2.5) if is_store else dice.uniform(1, 4)
                await asyncio.sleep(lasts_s)
        finally:
            await link.set(None)
            fleet.struck.discard(node)
        healed_s = now_s()
        outcome.runs += 1
        await _until_all_hear(watch, outcome)
        if not is_store:
            outcome.gaps_s.append(now_s() - healed_s)


async def _until_all_hear(watch: Watch, outcome: Outcome) -> None:
    """Wait until what is said at the desk after the fault has come to everybody."""
    for cast in watch.running:
        try:
            await cast.settle()
        except TimeoutError:
            outcome.stuck.append(f"world {cast.world.id} did not go on after a partition")
