"""The store on a real Valkey keeps the contract."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from store.bench import Bench
from store.contract import StoreContract
from support.valkey import fresh_prefix

from dreamsync_server.store.port import Store
from dreamsync_server.store.redis.store import RedisStore


@pytest.fixture
async def bench(valkey_url: str) -> AsyncIterator[Bench]:
    store, other = RedisStore(valkey_url), RedisStore(valkey_url)

    async def pass_time(ms: int) -> None:
        await asyncio.sleep(ms / 1000)  # the server's own clock is the one that counts

    yield Bench(store, other, pass_time, fresh_prefix())
    await asyncio.gather(store.close(), other.close())


class TestRedisStore(StoreContract):
    """The contract, kept by a real server."""


def test_it_is_a_store(valkey_url: str) -> None:
    store: Store = RedisStore(valkey_url)

    assert callable(store.append)


async def test_closing_twice_does_no_harm(valkey_url: str) -> None:
    store = RedisStore(valkey_url)
    assert await store.ping()

    await store.close()
    await store.close()
