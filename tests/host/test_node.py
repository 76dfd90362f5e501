"""A node keeps its lease, stops deciding without it, and gives its worlds up when it leaves."""

import asyncio
import contextlib
from collections.abc import Sequence

import pytest
from host.bench import Bench, card, join, kinds, load_pack, replayed, tea

from dreamsync_server.clock import SystemClock
from dreamsync_server.errors import OperatorError, StoreUnavailableError
from dreamsync_server.host.direct import Direct
from dreamsync_server.host.node import HostNode
from dreamsync_server.host.owner import RefusedError
from dreamsync_server.limits import (
    FENCE_SELF_S,
    LEASE_S,
    TAKEOVER_GRACE_MS,
)
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.world.commit import Commit

FENCED_MS = int(FENCE_SELF_S * 1000) + 1


async def test_drain_gives_worlds_up_and_loses_no_proposal(bench: Bench) -> None:
    a = await bench.night()
    a.direct.submit("w1", tea("s_ada", 1))
    a.direct.submit("w1", tea("s_ada", 2))
    await a.node.drain()
    assert a.gone == [("w1", "released")]
    assert await a.node.ensure("w1") == "draining"
    b = await bench.node("b")
    await b.node.step()
    assert kinds(b.commits()) == ["begin", "act", "act"]
    assert [outcome[:3] for outcome in b.outcomes()] == [("s_ada", 1, "ok"), ("s_ada", 2, "ok")]


async def test_a_node_without_its_lease_decides_nothing_and_goes_on_when_it_is_back(
    bench: Bench,
) -> None:
    a = await bench.night()
    shown = len(a.seen)
    bench.clock.advance(FENCED_MS)
    with pytest.raises(RefusedError) as refused:
        a.direct.submit("w1", tea("s_ada", 1))
    assert refused.value.code == "store_unavailable"
    with pytest.raises(StoreUnavailableError):
        await a.node.ensure("w2")
    a.owner().queue.append(tea("s_ada", 1))
    a.node.wake(a.owner())
    bench.store.fail_next("lease", "before")
    await a.node.step()
    assert len(a.seen) == shown
    await a.node.step()
    assert kinds(a.commits())[shown:] == ["act"]
    assert a.gone == []


async def test_a_node_that_comes_back_drops_what_another_took(bench: Bench) -> None:
    a = await bench.night()
    bench.clock.advance(int(LEASE_S * 1000) + 1)
    b = await bench.node("b")
    await b.node.step()
    assert b.node.worlds == ["w1"]
    await a.node.step()
    assert a.gone == [("w1", "fenced")]
    assert a.node.worlds == []


async def test_a_suspended_machine_adds_no_more_than_the_grace(bench: Bench) -> None:
    a = await bench.night()
    await bench.pass_time(5_000, a)
    bench.clock.advance(8 * 3_600_000)
    await a.node.step()
    await a.do(tea("s_ada", 1))
    now_ms = a.commits()[-1].world_ms
    assert 5_000 + TAKEOVER_GRACE_MS <= now_ms <= 5_000 + TAKEOVER_GRACE_MS + 2_000
    await replayed(bench)


async def test_two_processes_under_one_name_are_refused(bench: Bench) -> None:
    await bench.node("a")
    second = HostNode(bench.store, bench.clock, "a", load_pack, lambda: "other")

    async def let_time_pass() -> None:
        while True:
            bench.clock.advance(5_000)
            await bench.store.lease("node:a", "token1", LEASE_S)
            await asyncio.sleep(0)

    passing = asyncio.create_task(let_time_pass())
    try:
        with pytest.raises(OperatorError, match="no lease for node 'a': another process has it"):
            await second.join()
    finally:
        passing.cancel()


class Told:
    """Lets a test wait for what a running node shows."""

    def __init__(self) -> None:
        self.commits: list[Commit] = []
        self._is_told = asyncio.Event()

    def take(self, world: str, commits: Sequence[Commit]) -> None:
        self.commits.extend(commits)
        self._is_told.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.commits) < count:
                self._is_told.clear()
                await self._is_told.wait()


async def test_a_running_node_answers_hands_and_bells_and_lets_go_when_cancelled() -> None:
    clock = SystemClock()
    store = MemoryStore(clock)
    told = Told()
    tokens = iter("abcdefgh")
    node = HostNode(store, clock, "a", load_pack, lambda: next(tokens), on_confirmed=told.take)
    await node.join()
    running = asyncio.create_task(node.run())
    try:
        assert await node.open_world(card()) == "here"
        Direct(node).submit("w1", join("s_ada", "ada"))
        await told.until(2)
        assert await store.propose("w1", tea("s_ada", 1))
        await told.until(3)
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    assert kinds(told.commits) == ["open", "join", "act"]
    held = await store.held("w1")
    assert held is not None
    assert held.node == ""
    assert await store.lease_holder("node:a") is None


async def test_an_append_in_flight_when_a_node_is_cancelled_still_counts() -> None:
    clock = SystemClock()
    store = MemoryStore(clock)
    told = Told()
    tokens = iter("abcdefgh")
    node = HostNode(store, clock, "a", load_pack, lambda: next(tokens), on_confirmed=told.take)
    await node.join()
    running = asyncio.create_task(node.run())
    assert await node.open_world(card()) == "here"
    is_in_flight, may_go_on = asyncio.Event(), asyncio.Event()

    async def gate(method: str, side: str) -> None:
        if (method, side) == ("append", "before"):
            is_in_flight.set()
            await may_go_on.wait()

    async with asyncio.timeout(5):
        store.gate = gate
        Direct(node).submit("w1", join("s_ada", "ada"))
        await is_in_flight.wait()
        running.cancel()
        may_go_on.set()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    assert kinds(await store.read("w1", 0)) == ["open", "join"]
    assert kinds(told.commits) == ["open", "join"]
    held = await store.held("w1")
    assert held is not None
    assert held.node == ""
