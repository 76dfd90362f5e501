"""A store that would lose worlds is refused with one sentence; a good one is told what it is."""

from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from support.proxy import Proxy

from dreamsync_server.errors import OperatorError
from dreamsync_server.store import check
from dreamsync_server.store.check import StoreProfile, check_store
from dreamsync_server.store.embedded import EmbeddedStore

GOOD = {
    "redis_version": "7.2.4",
    "valkey_version": "8.0.1",
    "role": "master",
    "aof_enabled": 1,
    "maxmemory_policy": "noeviction",
    "connected_slaves": 2,
}


async def test_a_good_store_is_told_what_it_is(valkey_url: str) -> None:
    profile = await check_store(valkey_url)

    assert profile.name.startswith(("Valkey ", "Redis "))
    assert (profile.fsync, profile.replicas) == ("always", 0)


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("appendonly", "no", "keeps no append-only file"),
        ("maxmemory-policy", "allkeys-lru", "may drop data .*allkeys-lru"),
    ],
)
async def test_a_store_that_would_lose_worlds_is_refused(
    tmp_path: Path, setting: str, value: str, sentence: str
) -> None:
    async with EmbeddedStore(tmp_path / "data") as server:
        redis: Any = Redis.from_url(server.url)
        await redis.config_set(setting, value)
        keys = await redis.dbsize()

        with pytest.raises(OperatorError, match=sentence):
            await check_store(server.url)

        assert await redis.dbsize() == keys
        await redis.aclose()


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"valkey_version": "7.2.9"}, "Valkey 7.2.9, which is too old"),
        ({"valkey_version": None, "redis_version": "6.2.14"}, "Redis 6.2.14, which is too old"),
        ({"role": "slave"}, "is a replica"),
    ],
)
def test_old_ones_and_replicas_are_refused(told: dict[str, Any], sentence: str) -> None:
    said = {name: value for name, value in (GOOD | told).items() if value is not None}

    with pytest.raises(OperatorError, match=sentence):
        check._judged(said, "always", "somewhere")


def test_a_redis_of_today_will_do() -> None:
    said = {name: value for name, value in GOOD.items() if name != "valkey_version"}

    assert check._judged(said, "everysec", "x") == StoreProfile("Redis 7.2.4", "everysec", 2)


async def test_nobody_there_is_one_sentence_without_the_password() -> None:
    with pytest.raises(OperatorError, match="cannot be reached") as caught:
        await check_store("redis://user:secret@127.0.0.1:1/0")

    assert "secret" not in str(caught.value)


async def test_one_who_never_answers_is_given_up(valkey_url: str) -> None:
    async with Proxy(valkey_url) as proxy:
        proxy.stall()
        with pytest.raises(OperatorError, match="cannot be reached"):
            await check_store(proxy.redis_url)
        proxy.flow()


async def test_what_is_no_url_is_refused() -> None:
    with pytest.raises(OperatorError, match="no URL of a store"):
        await check_store("ftp://somewhere")
