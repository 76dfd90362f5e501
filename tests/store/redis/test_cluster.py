"""The whole contract on a real cluster, each write confirmed by a replica."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from store.bench import Bench
from store.contract import StoreContract
from support.valkey import fresh_prefix

from dreamsync_server.store.redis.store import RedisStore


@pytest.fixture
async def bench(cluster: Any) -> AsyncIterator[Bench]:
    store, other = RedisStore(cluster.url, replicas=1), RedisStore(cluster.url, replicas=1)

    async def pass_time(ms: int) -> None:
        await asyncio.sleep(ms / 1000)  # the servers' own clocks are the ones that count

    yield Bench(store, other, pass_time, fresh_prefix())
    await asyncio.gather(store.close(), other.close())


class TestCluster(StoreContract):
    """The contract, kept there."""
