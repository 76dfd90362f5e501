"""Logs on a real server: outcomes that are not known, kills, and what lies where."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from store import builders
from store.bench import seqs, snapshot
from support.proxy import Proxy
from support.valkey import fresh_prefix

from dreamsync_server.errors import StoreError, StoreUnavailableError
from dreamsync_server.limits import SEGMENT_BYTES_MAX
from dreamsync_server.store import keys
from dreamsync_server.store.embedded import EmbeddedStore
from dreamsync_server.store.port import Appended, Ownership
from dreamsync_server.store.redis.store import RedisStore


async def test_an_append_whose_answer_is_lost_is_there_once_when_it_is_sent_again(
    through: RedisStore, proxy: Proxy, owner: Ownership
) -> None:
    batch = builders.batch(owner, 3)
    is_lost = proxy.lose_reply(b"n1.0")

    (first,) = await through.append([batch])
    (again,) = await through.append([batch])

    assert is_lost.is_set()
    assert isinstance(first, StoreUnavailableError)
    assert again == Appended("ok", 3)
    assert seqs(await through.read(owner.world, 0)) == [1, 2, 3]


async def test_an_append_that_never_arrived_is_there_once_when_it_is_sent_again(
    through: RedisStore, proxy: Proxy, owner: Ownership
) -> None:
    batch = builders.batch(owner, 3)
    is_lost = proxy.lose_request(b"n1.0")

    (first,) = await through.append([batch])
    before = await through.held(owner.world)
    (again,) = await through.append([batch])

    assert is_lost.is_set()
    assert isinstance(first, StoreUnavailableError)
    assert before is not None
    assert before.tail == 0
    assert again == Appended("ok", 3)
    assert seqs(await through.read(owner.world, 0)) == [1, 2, 3]


async def test_an_append_that_stalls_is_unavailable_for_each_of_its_worlds(
    through: RedisStore, store: RedisStore, proxy: Proxy, owner: Ownership
) -> None:
    world = fresh_prefix()
    await store.create_world(builders.card(world))
    second = await store.acquire(world, "node1", "n2", None)
    assert second is not None
    batches = [builders.batch(owner), builders.batch(second)]
    assert await through.ping()
    proxy.stall()

    answers = await through.append(batches)
    proxy.flow()

    assert [type(answer) for answer in answers] == [StoreUnavailableError] * 2
    async with asyncio.timeout(5):
        while StoreUnavailableError in map(type, again := await through.append(batches)):
            pass  # its deadline is short, and the machine may be busy
    assert list(again) == [Appended("ok", 1)] * 2


async def test_a_cut_connection_is_made_again(
    through: RedisStore, proxy: Proxy, owner: Ownership
) -> None:
    await through.append([builders.batch(owner)])
    proxy.cut()

    async with asyncio.timeout(5):
        while True:
            (answer,) = await through.append([builders.batch(owner._replace(tail=1))])
            if isinstance(answer, Appended):
                break

    assert answer == Appended("ok", 2)


async def test_sealed_commits_leave_the_live_stream_and_segments_are_bounded(
    store: RedisStore, owner: Ownership
) -> None:
    filling = "x" * 100_000
    for _ in range(6):
        await store.append([builders.batch(owner, 5, filling=filling)])
        owner = owner._replace(tail=owner.tail + 5)
    names = keys.of_world(owner.world)
    read = store._link.read

    assert await store.save_snapshot(owner, snapshot(owner, 30), keep_after=25)

    assert await read("XLEN", names.log) == 5
    firsts = [int(first) for first in await read("ZRANGE", names.sealed, 0, -1)]
    assert firsts == [1, 11, 21]
    assert 10 * len(filling) < SEGMENT_BYTES_MAX < 11 * len(filling)
    assert await read("HLEN", names.segments) == 3
    assert seqs(await store.read(owner.world, 0)) == list(range(1, 31))


async def test_sealing_twice_at_once_loses_nothing(store: RedisStore, owner: Ownership) -> None:
    await store.append([builders.batch(owner, 60)])
    owner = owner._replace(tail=60)

    saved = await asyncio.gather(
        *[store.save_snapshot(owner, snapshot(owner, 60), keep) for keep in (50, 40, 30, 20, 10)]
    )

    assert saved == [True] * 5
    assert seqs(await store.read(owner.world, 0)) == list(range(1, 61))


async def test_a_gap_in_the_log_is_an_error_and_never_passed_over(
    store: RedisStore, owner: Ownership
) -> None:
    await store.append([builders.batch(owner, 5)])
    await store._link.write("XTRIM", keys.of_world(owner.world).log, "MAXLEN", "2")

    with pytest.raises(StoreError, match="commit 1 is not in the store"):
        await store.read(owner.world, 0)
    assert seqs(await store.read(owner.world, 3)) == [4, 5]


async def test_keys_of_a_world_all_die_with_it(store: RedisStore, owner: Ownership) -> None:
    texts = {"t1": ("s_mia", "salt", "now?")}
    batch = builders.batch(owner, 2)
    batch.commits[0].texts.update(texts)  # type: ignore[attr-defined]
    await store.append([batch])
    owner = owner._replace(tail=2)
    await store.save_snapshot(owner, snapshot(owner, 2), keep_after=1)
    await store.propose(owner.world, builders.proposal())
    await store.set_status(owner.world, {"awake": True})
    pattern = keys.of_world(owner.world).own.replace(":own", "*")
    before = await store._link.read("KEYS", pattern)

    await store.delete_world(owner.world)

    assert len(before) == len(keys.WorldKeys._fields) - 1  # all but the channel
    assert await store._link.read("KEYS", pattern) == []


async def test_nothing_acked_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    async with EmbeddedStore(tmp_path / "data") as server:
        store = RedisStore(server.url)
        world = fresh_prefix()
        await store.create_world(builders.card(world))
        owner = await store.acquire(world, "node1", "n1", None)
        assert owner is not None
        acked = 0
        for kill_at in (7, 19):
            while acked < kill_at:
                (answer,) = await store.append([builders.batch(owner._replace(tail=acked))])
                assert answer == Appended("ok", acked + 1)
                acked += 1
            unknown = builders.batch(owner._replace(tail=acked))
            sending = asyncio.ensure_future(store.append([unknown]))
            await asyncio.sleep(0)  # so that it is on its way when the server dies
            os.kill(server.pid, signal.SIGKILL)
            assert await server.wait() == -signal.SIGKILL
            await sending

            await server.start()

            held = await store.held(world)
            assert held is not None
            assert held.tail in (acked, acked + 1)
            (answer,) = await store.append([unknown])
            assert answer == Appended("ok", acked + 1)
            acked += 1
        assert seqs(await store.read(world, 0)) == list(range(1, acked + 1))
        await store.close()


async def test_a_tail_is_told_only_when_enough_replicas_have_it(
    valkey_url: str, store: RedisStore, owner: Ownership
) -> None:
    await store.append([builders.batch(owner)])
    alone, strict = RedisStore(valkey_url), RedisStore(valkey_url, replicas=1, timeout_s=0.6)
    assert (await alone.tail(owner.world)) == builders.batch(owner).commits[-1].position
    with pytest.raises(StoreUnavailableError, match="replicas"):
        await strict.tail(owner.world)
    assert await strict.tail(f"{owner.world}-none") is None
    await alone.close()
    await strict.close()
