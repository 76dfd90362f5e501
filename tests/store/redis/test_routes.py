"""Who has a key: a stalled shard holds only its own worlds; a slot that moves is followed."""

import asyncio
from typing import Any

from redis.crc import key_slot
from store import builders
from support.valkey import fresh_prefix

from dreamsync_server.errors import StoreUnavailableError
from dreamsync_server.store import keys
from dreamsync_server.store.port import Appended, Ownership
from dreamsync_server.store.redis.routes import open_routes
from dreamsync_server.store.redis.store import RedisStore

SLOTS = 16_384


async def owned_on(store: RedisStore, shard: int) -> Ownership:
    """Return a new world whose keys lie at one of three shards."""
    while True:
        world = fresh_prefix()
        if key_slot(keys.of_world(world).own.encode()) * 3 // SLOTS == shard:
            assert await store.create_world(builders.card(world))
            owner = await store.acquire(world, "node1", "n1", None)
            assert owner is not None
            return owner


async def test_a_stalled_shard_holds_only_its_own_worlds(cluster: Any) -> None:
    store = RedisStore(cluster.url, replicas=1, timeout_s=0.8)
    owners = [await owned_on(store, shard) for shard in range(3)]
    assert len({store.shard_of(owner.world) for owner in owners}) == 3
    for _ in range(12):
        await owned_on(store, 1)
    cluster.servers[0].freeze()
    try:
        stalled = asyncio.ensure_future(store.append([builders.batch(owners[0])]))
        others = [await store.append([builders.batch(owner)]) for owner in owners[1:]]
        assert not stalled.done()
        mixed = await store.append([builders.batch(each._replace(tail=1)) for each in owners])
        assert [type(answer) for answer in mixed] == [StoreUnavailableError, Appended, Appended]
        assert await store.ping()
        listed = {card.world for card in await store.worlds()}
        assert isinstance((await stalled)[0], StoreUnavailableError)
    finally:
        cluster.servers[0].thaw()

    assert [answers[0] for answers in others] == [Appended("ok", 1)] * 2
    assert listed
    assert (await store.append([builders.batch(owners[0])]))[0] in (
        Appended("ok", 1),  # what was on its way has landed, or lands now
    )
    await store.close()


async def test_a_slot_that_moves_key_by_key_takes_its_world_along(cluster: Any) -> None:
    store = RedisStore(cluster.url)
    owner = await owned_on(store, 0)
    slot = key_slot(keys.of_world(owner.world).own.encode())
    source, target = cluster.servers[0], cluster.servers[1]

    for here, there in ((source, target), (target, source)):
        cluster.begin_move(slot, here, there)
        cluster.end_move(slot, here, there)
        batch = builders.batch(owner, 2)
        assert list(await store.append([batch])) == [Appended("ok", owner.tail + 2)]
        owner = owner._replace(tail=owner.tail + 2)
        assert len(await store.read(owner.world, 0)) == owner.tail
        assert store.shard_of(owner.world) == f"127.0.0.1:{there.port}"
    await store.close()


async def test_a_slot_on_its_way_holds_its_world_and_is_asked_for_where_it_is(
    cluster: Any,
) -> None:
    store = RedisStore(cluster.url, timeout_s=0.5)
    owner = await owned_on(store, 0)
    slot = key_slot(keys.of_world(owner.world).own.encode())
    source, target = cluster.servers[0], cluster.servers[1]
    cluster.begin_move(slot, source, target)
    cluster.move_key(keys.of_world(owner.world).own, source, target)

    held = await store.held(owner.world)
    (answer,) = await store.append([builders.batch(owner)])
    cluster.end_move(slot, source, target)
    (again,) = await store.append([builders.batch(owner)])

    assert held is not None
    assert held.epoch == owner.epoch
    assert isinstance(answer, StoreUnavailableError)
    assert again == Appended("ok", 1)
    cluster.begin_move(slot, target, source)
    cluster.end_move(slot, target, source)
    await store.close()


async def test_nobody_to_ask_is_unavailable_in_time() -> None:
    for url in ("redis+cluster://127.0.0.1:1", "redis+sentinel://127.0.0.1:1/dreams"):
        store = RedisStore(url, timeout_s=0.5)
        async with asyncio.timeout(3):
            assert await store.ping() is False
        await store.close()


def test_a_url_leads_to_routes_without_a_connection() -> None:
    kinds = [
        type(open_routes(url, 1.0)).__name__
        for url in ("redis://h", "redis+cluster://h", "redis+sentinel://h/dreams")
    ]

    assert kinds == ["OneServer", "InCluster", "BehindSentinels"]
