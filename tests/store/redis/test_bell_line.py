"""Doorbells in a cluster come from every shard, also where a slot has moved."""

from typing import Any

from store.bench import heard
from support.valkey import fresh_prefix

from dreamsync_server.store.listening import Listening
from dreamsync_server.store.port import Bell
from dreamsync_server.store.redis.store import RedisStore


async def test_bells_of_all_shards_are_heard(cluster: Any) -> None:
    one, two = RedisStore(cluster.url), RedisStore(cluster.url)
    worlds = [fresh_prefix() for _ in range(40)]
    bells = one.listen(Listening(worlds))

    for world in worlds:
        bell = Bell("log", world, 1, 1)
        await heard(bells, lambda bell=bell: two.ring([bell]), bell)

    assert len(one._post._lines) == 3
    await one.close()
    await two.close()
