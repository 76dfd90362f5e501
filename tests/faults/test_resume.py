"""Whoever is cut off comes back to just what it missed: from the ring, the log or its segments."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from support.invariants import Fault, Record
from support.packs import starter

from dreamsync.protocol import server_messages as wire
from dreamsync_server.store import keys
from dreamsync_server.store.redis.client import client as store_client
from faults.bots import Cast, Client, until_position
from faults.line_tap import LineTap
from faults.rig import Rig

SEED = 11
CUTS = 200
DEADLINE_S = 120.0
ROLES = ("ada", "ben", "guest", "guest")
HOST = "dreamsync_server.host.snapshots."
SEALS_SOON = {f"{HOST}SNAPSHOT_EVERY_COMMITS": 30, f"{HOST}LOG_WINDOW_COMMITS": 60}
FORGETS_SOON = {"dreamsync_server.gateway.follower.LOG_WINDOW_COMMITS": 40}


@asynccontextmanager
async def night(folder: Path, seed: int, bounds: dict[str, int]) -> AsyncIterator[Cast]:
    """Give a starter world with four players, two desks and two spectators, being played."""
    async with Rig(folder, bounds=bounds) as rig:
        cast = Cast(rig, starter(), seed, quick=10)
        async with cast.stack:
            await cast.open(speed=2_000)
            await cast.enter_all(ROLES)
            await cast.enter("second desk", "desk")
            await cast.enter("second watcher", "watch", is_json=True)
            playing = asyncio.create_task(cast.play(pause_s=0.015))
            try:
                yield cast
            finally:
                cast.rest()
                await playing


def named(cast: Cast, name: str) -> Client:
    """Return the client of a name."""
    return next(client for client in cast.clients if client.record.name == name)


async def flap(client: Client, dice: random.Random, count: int) -> None:
    """Cut a live session so many times, each at a seeded byte of one way or the other.

    Now and then the line is cut once more on the way back.
    """
    tap = client.tap
    for _ in range(count):
        async with asyncio.timeout(DEADLINE_S):
            while len(tap.lines) == tap.lines_cut or not client.is_live:
                await asyncio.sleep(0.002)
            await cut_once(tap, dice, (300, 2_000, 6_000))
            if dice.random() < 0.25:
                await cut_once(tap, dice, (300, 5_000))


async def cut_once(tap: LineTap, dice: random.Random, most: tuple[int, ...]) -> None:
    """Cut a line at a seeded byte, or at a seeded moment where too little is said for that."""
    before = tap.cuts
    tap.cut_after(dice.choice(("down", "down", "up")), dice.randint(1, dice.choice(most)))
    patience_s = dice.uniform(0.02, 0.3)
    while tap.cuts == before:
        await asyncio.sleep(0.005)
        patience_s -= 0.005
        if patience_s < 0 and tap.is_open:
            tap.cut()


async def restart(rig: Rig) -> None:
    """Kill the node, and wait until it listens again."""
    rig.node.kill()
    async with asyncio.timeout(DEADLINE_S):
        await rig.node.died.wait()
    await rig.until_node_listens()


async def be_away(cast: Cast, client: Client, commits: int) -> tuple[int, int]:
    """Keep a client away for so many commits; return where it was and how far was sealed then."""
    client.tap.is_refusing = True
    client.tap.cut()
    away_at = client.viewer.position[1]
    async with asyncio.timeout(DEADLINE_S):
        while cast.rig.node_tap.confirmed[cast.world.id][-1][1] < away_at + commits:
            await asyncio.sleep(0.01)
    return away_at, await sealed_seq(cast)


async def sealed_seq(cast: Cast) -> int:
    """Return the last commit of a world that lies in a sealed segment."""
    redis = store_client(cast.rig.store.url, retries=1, timeout_s=5.0)
    try:
        return int(await redis.hget(keys.of_world(cast.world.id).own, "z") or 0)
    finally:
        await redis.aclose()


def said(seed: int, faults: list[Fault]) -> str:
    """Return what went wrong and under which seed."""
    lines = "\n".join(f"  {fault.kind}: {fault.text}" for fault in faults[:20])
    return f"seed {seed} (SEED in {Path(__file__).name}):\n{lines}"


def heard(record: Record) -> list[tuple[tuple[int, int], str, str]]:
    """Return the events that a client heard, without those that are for it alone."""
    return [(e.at, e.kind, e.text) for e in record.heard if e.kind != "seat"]


def resumes(record: Record) -> int:
    """Return how often a client came back and was told what it had missed."""
    entered = [t.message for t in record.told if isinstance(t.message, wire.Entered)]
    assert all(message.resumed for message in entered[1:])
    return len(entered) - 1


async def test_two_hundred_disconnects_change_nothing_of_what_is_heard(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    async with night(tmp_path, SEED, SEALS_SOON) as cast:
        leavers = [named(cast, name) for name in ("desk", "watcher")] + cast.players
        each = -(-CUTS // len(leavers))
        async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
            for leaver in leavers:
                group.create_task(flap(leaver, random.Random(dice.random()), each))
        cuts = sum(leaver.tap.cuts for leaver in leavers)
        cast.rest()
        await cast.settle()
        history = await cast.check()
    assert not history.faults, said(SEED, history.faults)
    assert cuts >= CUTS
    assert sum(resumes(leaver.record) for leaver in leavers) >= CUTS
    for one, other in (("desk", "second desk"), ("watcher", "second watcher")):
        left, stayed = named(cast, one), named(cast, other)
        assert resumes(stayed.record) == 0
        first = stayed.record.told[0].position[1]
        assert [e for e in heard(left.record) if e[0][0] > first] == heard(stayed.record)
        assert left.viewer.digest == stayed.viewer.digest


async def test_who_was_away_resumes_from_the_log_and_from_sealed_segments(tmp_path: Path) -> None:
    async with night(tmp_path, SEED + 1, SEALS_SOON) as cast:
        watcher, desk = named(cast, "watcher"), named(cast, "desk")
        away_at, _ = await be_away(cast, watcher, 20)
        await restart(cast.rig)  # the new node's ring is empty: it reads the log
        watcher.tap.is_refusing = False
        async with asyncio.timeout(DEADLINE_S):
            await until_position(watcher.viewer, (0, away_at + 20))

        away_at, sealed = await be_away(cast, desk, 150)
        assert sealed > away_at, "what the desk misses must lie in a segment by now"
        await restart(cast.rig)
        desk.tap.is_refusing = False
        async with asyncio.timeout(DEADLINE_S):
            await until_position(desk.viewer, (0, away_at + 150))
        cast.rest()
        await cast.settle()
        history = await cast.check()
    assert not history.faults, said(SEED + 1, history.faults)
    assert desk.viewer.resets == watcher.viewer.resets == 0
    assert desk.viewer.digest == named(cast, "second desk").viewer.digest


async def test_who_was_away_for_too_long_is_told_so_and_sees_what_is(tmp_path: Path) -> None:
    async with night(tmp_path, SEED + 2, {**SEALS_SOON, **FORGETS_SOON}) as cast:
        desk = named(cast, "desk")
        away_at, _ = await be_away(cast, desk, 120)
        await restart(cast.rig)
        desk.tap.is_refusing = False
        async with asyncio.timeout(DEADLINE_S):
            await until_position(desk.viewer, (0, away_at + 120))
        for client in cast.clients:
            client.record.may_jump = True
        cast.rest()
        await cast.settle()
        history = await cast.check()
    assert not history.faults, said(SEED + 2, history.faults)
    assert [event.key for event in desk.record.heard if event.kind == "reset"] == ["trimmed"]
    assert desk.viewer.digest == named(cast, "second desk").viewer.digest
