"""A store that would lose worlds is refused with one sentence; a good one is told what it is."""

from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from support.proxy import Proxy
from support.stores import running_stores

from dreamsync_server.errors import OperatorError
from dreamsync_server.store import check
from dreamsync_server.store.check import check_store
from dreamsync_server.store.embedded import EmbeddedStore
from dreamsync_server.store.profiles import FSYNCED, RELAXED, REPLICATED, SOLO, Profile

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
    assert (profile.profile, profile.replicas) == (SOLO, 0)


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
        ({"cluster_enabled": 1}, r"name it redis\+cluster://"),
    ],
)
def test_old_ones_replicas_and_a_part_of_a_cluster_are_refused(
    told: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(OperatorError, match=sentence):
        check._judged(said(**told), "one", SOLO, 0)


def said(settings: dict[str, str] | None = None, **more: Any) -> check._Told:
    """Return what a good store says, but for what a test changes."""
    info = {name: value for name, value in (GOOD | more).items() if value is not None}
    kept = {"appendfsync": "always", "min-replicas-to-write": "1"} | (settings or {})
    return check._Told("h:6379", info, kept)


@pytest.mark.parametrize(
    ("profile", "told", "mended"),
    [
        (SOLO, said({"appendfsync": "everysec"}), "CONFIG SET appendfsync always"),
        (FSYNCED, said({"appendfsync": "no"}), "CONFIG SET appendfsync always"),
        (REPLICATED, said({"min-replicas-to-write": "0"}), "CONFIG SET min-replicas-to-write 1"),
        (REPLICATED, said({"min-replicas-max-lag": "0"}), "CONFIG SET min-replicas-max-lag 2"),
        (REPLICATED, said(connected_slaves=0), "replicaof h 6379"),
        (SOLO, said(connected_slaves=0), "CONFIG SET min-replicas-to-write 0"),
        (
            SOLO,
            said({"no-appendfsync-on-rewrite": "yes"}),
            "CONFIG SET no-appendfsync-on-rewrite no",
        ),
        (FSYNCED, said(valkey_version=None, redis_version="7.0.1"), "no WAITAOF"),
        (RELAXED, said(aof_enabled=0), "CONFIG SET appendonly yes"),
        (RELAXED, said(maxmemory_policy="allkeys-lru"), "CONFIG SET maxmemory-policy noeviction"),
    ],
)
def test_what_breaks_a_profile_is_told_with_what_mends_it(
    profile: Profile, told: check._Told, mended: str
) -> None:
    with pytest.raises(OperatorError, match=mended):
        check._judged(told, "one", profile, profile.replicas)


async def test_the_profile_that_suits_is_taken_where_none_is_asked_for(tmp_path: Path) -> None:
    async with EmbeddedStore(tmp_path / "data") as server:
        redis: Any = Redis.from_url(server.url)
        first = await check_store(server.url)
        await redis.config_set("appendfsync", "everysec")
        second = await check_store(server.url)
        with pytest.raises(OperatorError, match="asks no replicas"):
            await check_store(server.url, "relaxed", 2)
        await redis.aclose()

    assert (first.profile, second.profile) == (SOLO, RELAXED)
    assert "may take the last second (relaxed, " in second.survives


async def test_a_store_that_does_not_tell_its_settings_is_used_with_that_said() -> None:
    known = check.StoreProfile("Redis 7.4.0", SOLO, 0, is_known=False)

    assert "as far as Redis 7.4.0 tells" in known.survives


async def test_every_primary_of_a_cluster_is_looked_at_and_each_profile_fits(
    tmp_path: Path,
) -> None:
    for stores in running_stores("cluster", tmp_path, down_after_ms=30_000):
        fitting = await check_store(stores.url)
        fsynced = await check_store(stores.url, "fsynced")
        stores.primaries()[2].ask("CONFIG", "SET", "min-replicas-to-write", 0)
        with pytest.raises(OperatorError, match=str(stores.primaries()[2].port)):
            await check_store(stores.url)

    assert (fitting.profile, fitting.replicas) == (REPLICATED, 1)
    assert fsynced.profile is FSYNCED


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
    with pytest.raises(OperatorError, match="its query holds 'bogus', which says nothing"):
        await check_store("redis://127.0.0.1:1?bogus=1")


@pytest.mark.parametrize(
    ("kind", "asked"), [("redis+cluster", "is it a cluster"), ("redis+sentinel", "Sentinels")]
)
async def test_one_server_named_as_several_is_asked_about(
    tmp_path: Path, kind: str, asked: str
) -> None:
    for stores in running_stores("one", tmp_path):
        place = stores.url.partition("://")[2]
        with pytest.raises(OperatorError, match=asked):
            await check_store(f"{kind}://{place}/{'dreams' if 'sentinel' in kind else ''}")


async def test_a_primary_that_waits_for_a_replica_is_told_as_replicaof_reads_it(
    tmp_path: Path,
) -> None:
    for stores in running_stores("one", tmp_path):
        place = stores.url.partition("://")[2]
        stores.servers[0].ask("CONFIG", "SET", "min-replicas-to-write", 1)
        with pytest.raises(OperatorError, match=f"replicaof {place.replace(':', ' ')}`"):
            await check_store(stores.url, "replicated")
