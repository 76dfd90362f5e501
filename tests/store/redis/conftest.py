"""What the tests against a real server share."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from store import builders
from support.proxy import Proxy
from support.stores import running_stores
from support.valkey import fresh_prefix

from dreamsync_server.store.port import Ownership
from dreamsync_server.store.redis.store import RedisStore


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A cluster: three primaries with a replica each. A test leaves it as it was."""
    folder = tmp_path_factory.mktemp("cluster")
    yield from running_stores("cluster", folder, down_after_ms=30_000)  # none takes over


@pytest.fixture
async def store(valkey_url: str) -> AsyncIterator[RedisStore]:
    """A client of the real store."""
    store = RedisStore(valkey_url)
    yield store
    await store.close()


@pytest.fixture
async def owner(store: RedisStore) -> Ownership:
    """An owned world with nothing in its log."""
    world = fresh_prefix()
    assert await store.create_world(builders.card(world))
    owner = await store.acquire(world, "node1", "n1", None)
    assert owner is not None
    return owner


@pytest.fixture
async def proxy(valkey_url: str) -> AsyncIterator[Proxy]:
    """A proxy before the real store."""
    async with Proxy(valkey_url) as proxy:
        yield proxy


@pytest.fixture
async def through(proxy: Proxy) -> AsyncIterator[RedisStore]:
    """A client that reaches the real store through the proxy, and soon loses patience."""
    store = RedisStore(proxy.redis_url, timeout_s=0.3)
    yield store
    proxy.flow()
    await store.close()
