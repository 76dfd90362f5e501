"""A URL leads to its store, or to a sentence that says which URLs do."""

import pytest

from dreamsync_server.errors import OperatorError
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.open import open_store
from dreamsync_server.store.redis.address import SCHEMES
from dreamsync_server.store.redis.store import RedisStore


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_of_a_server_is_known(scheme: str) -> None:
    place = "/tmp/x.sock" if scheme == "unix" else "h:1/2"
    assert isinstance(open_store(f"{scheme}://{place}"), RedisStore)


def test_memory_is_a_new_store_each_time() -> None:
    first, second = open_store("memory://"), open_store("memory://")

    assert isinstance(first, MemoryStore)
    assert first is not second


@pytest.mark.parametrize(
    "url",
    [
        "redis+sentinel://h:26379/dreams",
        "rediss+sentinel://user:p@h1,h2:26380/dreams/2?sentinel_password=x",
        "valkey+cluster://h1:7000,h2:7001",
    ],
)
async def test_sentinels_and_clusters_are_known_by_their_urls(url: str) -> None:
    store = open_store(url)
    assert isinstance(store, RedisStore)
    await store.close()


def test_a_fault_in_a_url_is_told_without_the_password() -> None:
    with pytest.raises(OperatorError, match="needs the name of the service") as caught:
        open_store("redis+sentinel://user:secret@h:26379")

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "memory", "postgres://h/db", "/tmp/x.sock", "redis:/h"])
def test_other_urls_are_refused_with_those_that_are_known(url: str) -> None:
    with pytest.raises(OperatorError, match="must begin with one of unix://"):
        open_store(url)


async def test_a_real_server_is_reached_by_its_url(valkey_url: str) -> None:
    store = open_store(valkey_url)

    assert await store.ping()
    await store.close()
