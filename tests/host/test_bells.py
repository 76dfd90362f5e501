"""Doorbells carry the newest confirmed tail of each world, and nobody waits for them."""

import asyncio
from collections.abc import Sequence

from host.bench import Bench

from dreamsync_server.host.bells import Ringer
from dreamsync_server.store.port import Bell
from dreamsync_server.world.commit import Position


async def test_the_newest_tail_of_each_world_is_rung_in_one_go(bench: Bench) -> None:
    rung: list[Sequence[Bell]] = []

    async def ring(bells: Sequence[Bell]) -> None:
        rung.append(bells)

    bench.store.ring = ring  # type: ignore[method-assign]
    ringer = Ringer(bench.store)
    ringer.add("w1", Position(5, 1))
    ringer.add("w2", Position(6, 9))
    ringer.add("w1", Position(5, 3))
    await ringer.flush()
    await ringer.flush()
    assert rung == [[Bell("log", "w1", 5, 3), Bell("log", "w2", 6, 9)]]


async def test_a_running_ringer_rings_what_is_added(bench: Bench) -> None:
    rung: asyncio.Queue[Sequence[Bell]] = asyncio.Queue()
    bench.store.ring = rung.put  # type: ignore[method-assign, assignment]
    ringer = Ringer(bench.store)
    running = asyncio.create_task(ringer.run())
    try:
        async with asyncio.timeout(5):
            for seq in (1, 2):
                ringer.add("w1", Position(5, seq))
                assert await rung.get() == [Bell("log", "w1", 5, seq)]
    finally:
        running.cancel()
