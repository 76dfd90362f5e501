"""What is done to a store of several servers while people play."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from redis.crc import key_slot

from dreamsync_server.store import keys
from faults.bots import Cast
from faults.store_rig import StoreRig

Strike = Callable[[StoreRig, Cast, random.Random], Awaitable[None]]


async def kill_primary(rig: StoreRig, cast: Cast, dice: random.Random) -> None:
    """Kill the primary of a world; a replica takes over; the killed one comes back as one."""
    primary = rig.primary_of(cast.world.id)
    primary.kill()
    await rig.until_taken_over(primary)
    primary.start()  # as its supervisor would: with one replica only, nothing is confirmed without


async def freeze_primary(rig: StoreRig, cast: Cast, dice: random.Random) -> None:
    """Freeze the primary of a world past its failover: it wakes and believes it is one."""
    primary = rig.primary_of(cast.world.id)
    primary.freeze()
    await rig.until_taken_over(primary)
    await asyncio.sleep(dice.uniform(0.0, 0.5))
    primary.thaw()


async def fail_over(rig: StoreRig, cast: Cast, dice: random.Random) -> None:
    """Let an operator move the primary, as before an upgrade of its machine."""
    primary = rig.primary_of(cast.world.id)
    if rig.stores.kind == "sentinel":
        rig.stores.sentinels[0].ask("SENTINEL", "FAILOVER", "dreams")
    else:
        port = str(primary.port)
        followers = [
            each
            for each in rig.stores.servers
            if each.info("replication").get("master_port") == port
        ]
        followers[0].ask("CLUSTER", "FAILOVER")
    await rig.until_taken_over(primary)


async def lag_replicas(rig: StoreRig, cast: Cast, dice: random.Random) -> None:
    """Let the replicas stand still for a while: nothing is confirmed meanwhile."""
    primary = rig.primary_of(cast.world.id)
    followers = [each for each in rig.stores.servers if each is not primary]
    if rig.stores.kind == "cluster":
        port = str(primary.port)
        followers = [
            each for each in followers if each.info("replication").get("master_port") == port
        ]
    for each in followers:
        each.freeze()
    await asyncio.sleep(dice.uniform(0.3, 1.0))
    for each in followers:
        each.thaw()


async def move_slot_by_keys(rig: StoreRig, cast: Cast, dice: random.Random) -> None:
    """Move a world's slot to another shard, key by key."""
    source, target, slot = _move(rig, cast, dice)
    rig.stores.begin_move(slot, source, target)
    await asyncio.sleep(dice.uniform(0.0, 0.2))
    await asyncio.to_thread(rig.stores.end_move, slot, source, target)


async def move_slot_at_once(rig: StoreRig, cast: Cast, dice: random.Random) -> None:
    """Move a world's slot in one piece, where the server can (Valkey 9)."""
    source, target, slot = _move(rig, cast, dice)
    name = target.ask("CLUSTER", "MYID").decode()
    source.ask("CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", slot, slot, "NODE", name)
    async with asyncio.timeout(30):
        while True:
            owners = [row for row in source.ask("CLUSTER", "SLOTS") if row[0] <= slot <= row[1]]
            if owners and owners[0][2][1] == target.port:
                return
            await asyncio.sleep(0.02)


def _move(rig: StoreRig, cast: Cast, dice: random.Random) -> tuple[Any, Any, int]:
    slot = key_slot(keys.of_world(cast.world.id).own.encode())
    source = rig.primary_of(cast.world.id)
    others = [each for each in rig.stores.primaries() if each is not source]
    return source, dice.choice(others), slot


STRIKES: Final[Mapping[str, Mapping[str, Strike]]] = {
    "sentinel": {
        "primary killed": kill_primary,
        "primary frozen": freeze_primary,
        "primary moved": fail_over,
        "replicas lag": lag_replicas,
    },
    "cluster": {
        "primary killed": kill_primary,
        "primary frozen": freeze_primary,
        "primary moved": fail_over,
        "replicas lag": lag_replicas,
        "slot moved by keys": move_slot_by_keys,
        "slot moved at once": move_slot_at_once,
    },
}
"""By the kind of store."""
