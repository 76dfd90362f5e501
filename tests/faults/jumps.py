"""A wall clock set by hours, forward and back, on one node: nobody may see time run back."""

import asyncio
import itertools
import os
import random
from functools import partial
from pathlib import Path

from support.invariants import Fault

from dreamsync.protocol import server_messages as wire
from dreamsync_server.host.lease import lease_of
from dreamsync_server.limits import TAKEOVER_GRACE_MS
from dreamsync_server.world.commit import Commit
from faults.bots import Cast
from faults.campaign import SPEEDS
from faults.fleet import Fleet, Watch, played
from faults.outcome import Outcome
from faults.rig import now_s

PER_WORLD = 5
_HOUR_MS = 3_600_000
_LOOK_S = 1.2  # more than a lease is renewed in
_SLACK_MS = 60_000  # of world time, for a loaded machine


class Wrong(Fleet):
    """A fleet each of whose nodes has a wall clock that may be set."""

    def more_of(self, number: int, space: str) -> dict[str, str]:
        """Return what the nursery is told of a node: where its clock's fault is written."""
        self.set_clock(number, 0)
        return {"wall": str(self._file(number))}

    def set_clock(self, number: int, by_ms: int) -> None:
        """Set the wall clock of a node so much wrong."""
        # In place: a file that is emptied first may be read by a clock just then.
        file = os.open(self._file(number), os.O_WRONLY | os.O_CREAT, 0o600)
        os.pwrite(file, str(by_ms).ljust(24).encode(), 0)
        os.close(file)

    def _file(self, number: int) -> Path:
        return self.folder / f"clock-{number}"


async def jump_clocks(folder: Path, runs: int, seed: str) -> Outcome:
    """Set the owner's wall clock by hours; see that it keeps its lease; kill it after that."""
    outcome, dice = Outcome("wall clock set by hours"), random.Random(seed)
    async with Wrong(folder, nodes=2) as fleet:
        while outcome.runs < runs and not outcome.stuck:
            some = min(PER_WORLD, runs - outcome.runs)
            await played(fleet, dice, outcome, partial(_jump, fleet, dice, outcome, some))
    return outcome


async def _jump(
    fleet: Wrong, dice: random.Random, outcome: Outcome, count: int, casts: list[Cast]
) -> None:
    watch = Watch(fleet.taps, casts)
    for _ in range(count):
        await asyncio.sleep(0.3)
        if not watch.running:
            break
        cast = dice.choice(watch.running)
        node = await fleet.owner_of(cast.world.id)
        name, starts = node.name, node.starts
        hours = dice.choice((-30, -5, -1, 1, 5, 30))
        fleet.set_clock(fleet.nodes.index(node), hours * _HOUR_MS)
        await asyncio.sleep(_LOOK_S)
        if node.starts - 1 > node.kills:
            outcome.stuck.append(f"a node ended by itself at a clock set by {hours} h")
        if node.starts != starts or not node.is_up:
            continue  # it had been killed before, and had not been missed yet
        if await fleet.reader.lease_holder(lease_of(name)) is None:
            outcome.stuck.append(f"a clock set by {hours} h cost a node its lease")
        old, struck_s = watch.epochs(), now_s()
        mine = [c for c in watch.running if await fleet.owner_of(c.world.id) is node]
        node.kill()
        await watch.until_all_go_on(struck_s, outcome, mine, old)
        await watch.until_all_are_back(outcome)
        outcome.runs += 1
    for cast in casts:
        lasted_ms = int(1000 * (now_s() - cast.asked_for_s))
        commits, _ = await cast.log()
        outcome.faults += clock_faults(commits, SPEEDS["starter"], lasted_ms)
        outcome.faults += shown_faults(cast)


def clock_faults(commits: list[Commit], speed: int, lasted_ms: int) -> list[Fault]:
    """Return where the log's clocks ran back, or hours ahead of what has passed."""
    found = []
    for before, after in itertools.pairwise(commits):
        if after.world_ms < before.world_ms or after.at_ms < before.at_ms:
            found.append(Fault("log", f"time runs back at {after.position}"))
    begun = sum(commit.cause.kind == "begin" for commit in commits)
    most_ms = (lasted_ms + begun * TAKEOVER_GRACE_MS) * speed // 1000 + _SLACK_MS
    passed_ms = commits[-1].world_ms - commits[0].world_ms
    if passed_ms > most_ms:
        found.append(Fault("log", f"world time went {passed_ms} ms on, {most_ms} at most"))
    return found


def shown_faults(cast: Cast) -> list[Fault]:
    """Return where a client was shown an earlier world time than before."""
    found = []
    for client in cast.clients:
        last_ms, last_pos = 0, (0, 0)
        for _, said in client.tap.messages():
            match said:
                case wire.Entered() | wire.Reset():
                    now_ms, pos = said.ms, said.position
                case wire.View() | wire.Quiet():
                    now_ms, pos = said.ms, said.pos
                case _:
                    continue
            if now_ms < last_ms and pos > last_pos:
                text = f"{client.record.name} was shown {now_ms} at {pos} after {last_ms}"
                found.append(Fault("log", text))
            last_ms, last_pos = now_ms, pos
    return found
