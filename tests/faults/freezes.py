"""Processes that stand still past their lease and wake: an owner, and a director."""

import asyncio
import random
from functools import partial
from pathlib import Path

from dreamsync_server.director.finding import lease_of_directed
from dreamsync_server.limits import LEASE_S
from faults.bots import Cast
from faults.fleet import BACK_S, Fleet, Watch, played
from faults.outcome import Outcome
from faults.rig import Process, now_s

PER_WORLD = 6  # strikes before worlds are judged and others opened
_QUIETLY_S = 0.4
_LOOK_S = 0.05


async def freeze_owners(folder: Path, runs: int, seed: str) -> Outcome:
    """SIGSTOP the node that owns a world, past its lease; another takes over; it wakes."""
    outcome, dice = Outcome("owner frozen"), random.Random(seed)
    async with Fleet(folder, nodes=2) as fleet:
        while outcome.runs < runs and not outcome.stuck:
            some = min(PER_WORLD, runs - outcome.runs)
            await played(fleet, dice, outcome, partial(_owners, fleet, dice, outcome, some))
    return outcome


async def _owners(
    fleet: Fleet, dice: random.Random, outcome: Outcome, count: int, casts: list[Cast]
) -> None:
    watch = Watch(fleet.taps, casts)
    for _ in range(count):
        await asyncio.sleep(dice.uniform(_QUIETLY_S, 2 * _QUIETLY_S))
        if not watch.running:
            return
        node = await fleet.owner_of(dice.choice(watch.running).world.id)
        owners = [(cast, await fleet.owner_of(cast.world.id)) for cast in watch.running]
        mine = [cast for cast, owner in owners if owner is node]
        fleet.struck.add(node)
        at_s, old = now_s(), watch.epochs()
        node.freeze()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(watch.until_all_go_on(at_s, outcome, mine, old))
                await asyncio.sleep(LEASE_S + dice.uniform(0.2, 2.0))
        finally:
            node.thaw()
            fleet.struck.discard(node)
        outcome.runs += 1
        await watch.until_all_are_back(outcome)


async def freeze_directors(folder: Path, runs: int, seed: str) -> Outcome:
    """SIGSTOP the director of a world, past its lease; another takes its term; it wakes."""
    outcome, dice = Outcome("director frozen"), random.Random(seed)
    async with Fleet(folder, nodes=1, directors=2) as fleet:
        while outcome.runs < runs and not outcome.stuck:
            some = min(PER_WORLD, runs - outcome.runs)
            strikes = partial(_directors, fleet, dice, outcome, some)
            await played(fleet, dice, outcome, strikes, packs=("expo", "expo"))
    return outcome


async def _directors(
    fleet: Fleet, dice: random.Random, outcome: Outcome, count: int, casts: list[Cast]
) -> None:
    watch = Watch(fleet.taps, casts)
    for _ in range(count):
        await asyncio.sleep(dice.uniform(_QUIETLY_S, 2 * _QUIETLY_S))
        if not watch.running:
            return
        cast = dice.choice(watch.running)
        director = await _director_of(fleet, cast)
        tail = await fleet.reader.tail(cast.world.id)
        assert tail is not None
        at_s = now_s()
        director.freeze()
        try:
            async with asyncio.timeout(BACK_S):
                await _until_another_term(fleet, cast, tail.seq)
            outcome.gaps_s.append(now_s() - at_s)
        except TimeoutError:
            if cast.is_running:
                outcome.stuck.append(f"world {cast.world.id} got no other director")
        finally:
            await asyncio.sleep(dice.uniform(0.0, 1.0))
            director.thaw()
        outcome.runs += 1


async def _director_of(fleet: Fleet, cast: Cast) -> Process:
    async with asyncio.timeout(BACK_S):
        while True:
            name = await fleet.reader.lease_holder(lease_of_directed(cast.world.id))
            for director in fleet.directors:
                if director.name == name:
                    return director
            await asyncio.sleep(_LOOK_S)


async def _until_another_term(fleet: Fleet, cast: Cast, after: int) -> None:
    """Wait until the world has taken another director's term; or has ended."""
    while cast.is_running:
        for commit in await fleet.reader.read(cast.world.id, after):
            after = commit.position.seq
            if commit.cause.kind == "term":
                return
        await asyncio.sleep(_LOOK_S)
