"""Leases in a cluster: more than half of their keys decide, whichever shard is silent."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from redis.crc import key_slot
from support.valkey import fresh_prefix

from dreamsync_server.store import keys
from dreamsync_server.store.redis.leases import RedisLeases
from dreamsync_server.store.redis.store import RedisStore


def test_the_keys_of_a_lease_are_spread_over_the_slots() -> None:
    slots = [key_slot(name.encode()) for name in keys.lease_parts("node:a")]

    assert [slot * 5 // 16_384 for slot in slots] == [0, 1, 2, 3, 4]
    assert all(sum(slot * 3 // 16_384 == i for slot in slots) >= 2 or i == 1 for i in range(3))


@pytest.fixture
def frozen(cluster: Any) -> Iterator[Any]:
    """Return a function that freezes a primary until the test is over."""
    stopped = []

    def freeze(number: int) -> None:
        stopped.append(cluster.servers[number])
        cluster.servers[number].freeze()

    yield freeze
    for member in stopped:
        member.thaw()


@pytest.mark.parametrize("number", [0, 1, 2])
async def test_a_silent_shard_costs_no_lease(cluster: Any, frozen: Any, number: int) -> None:
    one, two = RedisStore(cluster.url), RedisStore(cluster.url)
    holder = f"node:{fresh_prefix()}"
    assert await one.lease(holder, "a", 30.0)
    frozen(number)

    async with asyncio.timeout(1.0):
        assert await one.lease(holder, "a", 30.0)
        assert await two.lease_holder(holder) == "a"
        assert await two.lease(holder, "b", 30.0) is False
        await one.drop_lease(holder, "a")
        assert await two.lease(holder, "b", 30.0)

    cluster.servers[number].thaw()
    await asyncio.gather(one.close(), two.close())


async def test_of_two_who_ask_at_once_one_at_most_has_it(cluster: Any) -> None:
    one, two = RedisStore(cluster.url), RedisStore(cluster.url)

    for _ in range(20):
        holder = f"node:{fresh_prefix()}"
        got = await asyncio.gather(
            one.lease(holder, "a", 30.0), two.lease(holder, "b", 30.0), return_exceptions=True
        )
        assert got.count(True) <= 1

    assert issubclass(RedisStore, RedisLeases)
    await asyncio.gather(one.close(), two.close())
