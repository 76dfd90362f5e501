"""The whole contract behind real Sentinels, each write confirmed by a replica."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from store.bench import Bench
from store.contract import StoreContract
from support.stores import running_stores
from support.valkey import fresh_prefix

from dreamsync_server.store.redis.store import RedisStore


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    yield from running_stores("sentinel", tmp_path_factory.mktemp("sentinel"))


@pytest.fixture
async def bench(stores: Any) -> AsyncIterator[Bench]:
    store, other = RedisStore(stores.url, replicas=1), RedisStore(stores.url, replicas=1)

    async def pass_time(ms: int) -> None:
        await asyncio.sleep(ms / 1000)  # the servers' own clocks are the ones that count

    yield Bench(store, other, pass_time, fresh_prefix())
    await asyncio.gather(store.close(), other.close())


class TestSentinel(StoreContract):
    """The contract, kept there."""
