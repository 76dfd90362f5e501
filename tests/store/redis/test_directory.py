"""The directory on a real server: its hints may be stale, and do no harm."""

import pytest
from store import builders
from support.proxy import Proxy
from support.valkey import fresh_prefix

from dreamsync_server.errors import StoreUnavailableError
from dreamsync_server.store import keys
from dreamsync_server.store.redis.store import RedisStore


async def test_a_listing_without_its_world_is_passed_over(store: RedisStore) -> None:
    gone, there = fresh_prefix(), fresh_prefix()
    await store._link.write("ZADD", keys.directory_of(gone), 1, gone)
    await store.create_world(builders.card(there))

    listed = [card.world for card in await store.worlds()]

    assert there in listed
    assert gone not in listed


async def test_a_world_whose_making_broke_off_leaves_its_id_free(
    through: RedisStore, proxy: Proxy
) -> None:
    card = builders.card(fresh_prefix(), code_hash=fresh_prefix())
    proxy.lose_request(keys.of_world(card.world).card.encode())

    with pytest.raises(StoreUnavailableError):
        await through.create_world(card)

    assert await through.card(card.world) is None
    assert await through.create_world(card) is True
    assert await through.world_by_code(card.code_hash) == card.world


async def test_memory_is_told_as_a_share_of_its_ceiling(store: RedisStore) -> None:
    assert await store.memory_share() == 0.0

    await store._link.write("CONFIG", "SET", "maxmemory", "1gb")
    try:
        assert 0.0 < await store.memory_share() < 1.0
    finally:
        await store._link.write("CONFIG", "SET", "maxmemory", "0")
