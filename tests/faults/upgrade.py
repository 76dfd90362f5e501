"""Nodes replaced one by one by those of another version, while people play at all of them.

    PYTHONPATH=tests python -m faults.matrix --rows upgrade upgrade-from-history rolled-back-too-far

It is what a rolling deploy does: a process is asked to end (SIGTERM), hands over, and one of
another version is started in its place. Whether both can read what either writes is seen by whether
play goes on, and by the judge, who reads the whole log with this version.
"""

import asyncio
import random
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from support.invariants import Fault

from faults.bots import Cast
from faults.fleet import BACK_S, Fleet, Watch, played
from faults.outcome import Outcome
from faults.resp import know_scripts
from faults.rig import Process, now_s
from faults.store_tap import Trap
from faults.versions import Tree, earlier, next_version, version_before

_LOOK_S = 0.02
_QUIETLY_S = 0.5  # mixed versions play on, before the next one is replaced
_CHANGES_PER_WORLD = 8
_WORLDS = 3
_REFUSED = "let one between them run first"  # what a node says of what it cannot read


class MixedFleet(Fleet):
    """Three nodes and a director of this version; each may be replaced by one of another."""

    def __init__(self, folder: Path, trees: Sequence[Tree]) -> None:
        super().__init__(folder, nodes=3)
        self._trees = trees
        for tree in trees:
            know_scripts(path for folder in tree.paths for path in folder.rglob("*.lua"))

    async def _open_nursery(self, version: str = "", before: Sequence[Path] = ()) -> None:
        await super()._open_nursery(version, before)
        for tree in self._trees:
            await super()._open_nursery(tree.name, tree.paths)

    async def replace(self, process: Process, version: str) -> None:
        """Let a process end as a deploy does, and start one of another version in its place."""
        self.struck.add(process)
        try:
            starts, process.more["version"] = process.starts, version
            process.end()
            async with asyncio.timeout(BACK_S):
                while process.starts == starts or process.name not in await self.reader.nodes():
                    await asyncio.sleep(_LOOK_S)
            if process.role == "node":
                await self._until_listens(process)
        finally:
            self.struck.discard(process)

    async def version_of(self, cast: Cast) -> str:
        """Return the version of the node that has a world now."""
        return (await self.owner_of(cast.world.id)).more.get("version", "")


async def upgrade(folder: Path, runs: int, seed: str, *, history: bool = False) -> Outcome:
    """Replace all of three nodes, and the director, by another version, and back, and so on."""
    outcome, dice = Outcome("rolling upgrade"), random.Random(seed)
    tree = earlier(folder / "tree") if history else next_version(folder / "tree")
    async with MixedFleet(folder, [tree]) as fleet:
        target = tree.name
        while outcome.runs < runs and not outcome.stuck:
            some = min(_CHANGES_PER_WORLD, runs - outcome.runs)
            work = partial(_roll, fleet, outcome, some, tree.name, target)
            await played(fleet, dice, outcome, work, packs=("starter",) * _WORLDS)
            if all(node.more.get("version") == target for node in fleet.nodes):
                target = "" if target else tree.name
    outcome.notes.append(f"to {tree.name} and back")
    return outcome


async def _roll(
    fleet: MixedFleet, outcome: Outcome, count: int, other: str, target: str, casts: list[Cast]
) -> None:
    watch = Watch(fleet.taps, casts)
    wrote: dict[str, set[str]] = {cast.world.id: set() for cast in casts}
    done = 0
    while done < count and watch.running:
        left = [p for p in (*fleet.nodes, *fleet.directors) if p.more.get("version", "") != target]
        if not left:
            target = "" if target else other
            continue
        since_s = now_s()
        await _note_versions(fleet, watch.running, wrote)
        await fleet.replace(left[0], target)
        await watch.until_all_go_on(now_s(), Outcome(""))
        await watch.until_all_are_back(outcome)
        outcome.gaps_s += longest_waits(watch.running, since_s, now_s())
        done += 1
        outcome.runs += 1
        await asyncio.sleep(_QUIETLY_S)
    await _note_versions(fleet, watch.running, wrote)
    if done >= len(fleet.nodes):
        for cast in watch.running:
            if len(wrote[cast.world.id]) < 2:
                text = f"world {cast.world.id} was written by one version alone"
                outcome.faults.append(Fault("log", text))


async def _note_versions(
    fleet: MixedFleet, casts: Sequence[Cast], wrote: Mapping[str, set[str]]
) -> None:
    for cast in casts:
        wrote[cast.world.id].add(await fleet.version_of(cast))


def longest_waits(casts: Sequence[Cast], since_s: float, until_s: float) -> list[float]:
    """Return each player's longest wait for an outcome that touches a stretch of time."""
    by_loop_s = asyncio.get_running_loop().time() - now_s()
    found = []
    for cast in casts:
        for client in cast.players:
            waits = zip(client.asked_s, client.acks, strict=True)
            touching = [
                acked_s - asked_s
                for asked_s, acked_s in waits
                if acked_s - by_loop_s >= since_s and asked_s - by_loop_s <= until_s
            ]
            found += [max(touching)] if touching else []
    return found


async def roll_back_too_far(folder: Path, runs: int, seed: str) -> Outcome:
    """Put a node that cannot read what is written beside two that can; then end those two in turn.

    It must say so, own nothing, and keep nobody from going on.
    """
    outcome, dice = Outcome("rolled back too far"), random.Random(seed)
    trees = next_version(folder / "next"), version_before(folder / "before")
    while outcome.runs < runs and not outcome.stuck:
        async with MixedFleet(folder / f"fleet-{outcome.runs}", trees) as fleet:
            await played(fleet, dice, outcome, partial(_too_far, fleet, outcome))
            if _REFUSED not in fleet.logs().decode(errors="replace"):
                outcome.stuck.append("nobody was told that a node could not read what is written")
    return outcome


async def _too_far(fleet: MixedFleet, outcome: Outcome, casts: list[Cast]) -> None:
    watch = Watch(fleet.taps, casts)
    for node in fleet.nodes:  # the worlds were opened by this version, and are gone on by the next
        await fleet.replace(node, "next")
    first, second, third = fleet.nodes
    for cast in casts:
        while await fleet.version_of(cast) != "next":
            await asyncio.sleep(_LOOK_S)
    await fleet.replace(third, "before")
    await watch.until_all_go_on(now_s(), outcome)
    for tap in fleet.taps[2:]:
        tap.set(Trap("passed", lambda command: command.name == "acquire", partial(_took, outcome)))
    watching = asyncio.create_task(_watch_owners(fleet, third, casts, outcome))
    try:
        for node in (first, second):
            old, at_s = watch.epochs(), now_s()
            owners = [(cast, await fleet.owner_of(cast.world.id)) for cast in watch.running]
            mine = [cast for cast, owner in owners if owner is node]
            if node is first:
                await fleet.replace(node, "next")
            else:
                node.kill()
            await watch.until_all_go_on(at_s, outcome, mine, old)
        await watch.until_all_are_back(outcome)
    finally:
        watching.cancel()
    outcome.runs += 1


def _took(outcome: Outcome) -> None:
    outcome.faults.append(Fault("log", "a node asked for a world that it cannot read"))


async def _watch_owners(fleet: MixedFleet, shy: Process, casts: list[Cast], into: Outcome) -> None:
    """See, again and again, that a node owns none of some worlds."""
    while True:
        for cast in casts:
            held = await fleet.reader.held(cast.world.id)
            if held is not None and held.node == shy.name:
                into.faults.append(Fault("log", f"{shy.name} took world {cast.world.id}"))
        await asyncio.sleep(_LOOK_S)
