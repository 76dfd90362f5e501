"""The reference store keeps the contract, and fails where it is told to."""

import asyncio
from typing import Literal

import pytest
from store import builders
from store.bench import Bench
from store.contract import StoreContract

from dreamsync_server.clock import ManualClock
from dreamsync_server.errors import StoreUnavailableError
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.port import Appended


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def bench(clock: ManualClock) -> Bench:
    store = MemoryStore(clock)

    async def pass_time(ms: int) -> None:
        clock.advance(ms)

    return Bench(store, store, pass_time, "w")


class TestMemoryStore(StoreContract):
    """The contract, kept in memory."""


@pytest.mark.parametrize(("side", "tail"), [("before", 0), ("after", 1)])
async def test_an_append_told_to_fail_gives_the_error_in_every_place(
    bench: Bench, side: Literal["before", "after"], tail: int
) -> None:
    store = bench.store
    assert isinstance(store, MemoryStore)
    owners = [await bench.owned(), await bench.owned()]
    batches = [builders.batch(owner) for owner in owners]
    store.fail_next("append", side)

    answers = await store.append(batches)

    assert [type(answer) for answer in answers] == [StoreUnavailableError] * 2
    held = await store.held(owners[0].world)
    assert held is not None
    assert held.tail == tail
    assert list(await store.append(batches)) == [Appended("ok", 1)] * 2


async def test_a_call_told_to_fail_raises_as_often_as_told(bench: Bench) -> None:
    store = bench.store
    assert isinstance(store, MemoryStore)
    store.fail_next("worlds", "before", times=2)

    for _ in range(2):
        with pytest.raises(StoreUnavailableError, match="worlds"):
            await store.worlds()
    assert await store.worlds() == []


async def test_a_gate_may_hold_a_call_between_doing_and_answering(bench: Bench) -> None:
    store = bench.store
    assert isinstance(store, MemoryStore)
    owner = await bench.owned()
    is_done, may_answer = asyncio.Event(), asyncio.Event()

    async def gate(method: str, side: str) -> None:
        if (method, side) == ("append", "after"):
            is_done.set()
            await may_answer.wait()

    store.gate = gate
    appending = asyncio.ensure_future(store.append([builders.batch(owner)]))
    await is_done.wait()

    assert len(await store.read(owner.world, 0)) == 1
    assert not appending.done()
    may_answer.set()
    assert list(await appending) == [Appended("ok", 1)]
