"""What the host promises, kept on a real Valkey: lost replies, frozen owners, trimmed logs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
from host.bench import Bench, Watched, card, join, kinds, load_pack, replayed, tea
from support.proxy import Proxy
from support.valkey import running_store

from dreamsync_server.clock import SystemClock
from dreamsync_server.host.direct import Direct
from dreamsync_server.host.node import HostNode
from dreamsync_server.limits import APPEND_RETRY_S, LOG_WINDOW_COMMITS, SNAPSHOT_EVERY_COMMITS
from dreamsync_server.store.keys import of_world
from dreamsync_server.store.redis.store import RedisStore
from dreamsync_server.world.commit import Commit

PATIENCE_S = 0.3  # of the stores that go through the proxy


@pytest.fixture(scope="module")
def own_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store of this module's own: a node looks after every world in its store."""
    yield from running_store(tmp_path_factory.mktemp("host"))


@pytest.fixture
async def bench(own_valkey: str) -> AsyncIterator[Bench]:
    store = RedisStore(own_valkey)
    for known in await store.worlds():
        await store.delete_world(known.world)
    for node in "ab":
        await store.drop_lease(f"node:{node}")
    yield Bench(store=store)
    await store.close()


@pytest.fixture
async def proxy(own_valkey: str) -> AsyncIterator[Proxy]:
    async with Proxy(own_valkey) as proxy:
        yield proxy


@pytest.fixture
async def through(proxy: Proxy) -> AsyncIterator[RedisStore]:
    store = RedisStore(proxy.redis_url, timeout_s=PATIENCE_S)
    yield store
    proxy.flow()
    await store.close()


async def until_shown(bench: Bench, watched: Watched, count: int) -> None:
    """Take steps until so many commits were shown."""
    for _ in range(50):
        if len(watched.seen) >= count:
            return
        bench.clock.advance(int(APPEND_RETRY_S * 1000))
        await watched.node.step()
    raise AssertionError(f"{len(watched.seen)} commits shown, not {count}")


async def test_a_world_goes_on_with_another_node_where_the_first_one_died(bench: Bench) -> None:
    a = await bench.night()
    await a.do(tea("s_ada", 1), tea("s_ben", 1))
    expected = a.owner().state.digest
    await bench.crash(a)
    b = await bench.node("b")
    await b.node.step()
    assert kinds(b.commits()) == ["begin"]
    assert await bench.digest_before(b) == expected
    await b.do(tea("s_ada", 1), tea("s_ada", 2))
    assert [outcome[:3] for outcome in b.outcomes()] == [("s_ada", 1, "ok"), ("s_ada", 2, "ok")]
    assert (await replayed(bench)).facts["did.make_tea"] == 3


@pytest.mark.parametrize("is_executed", [True, False])
async def test_an_append_whose_reply_is_lost_counts_once(
    bench: Bench, proxy: Proxy, through: RedisStore, is_executed: bool
) -> None:
    a = await bench.night(store=through)
    shown = len(a.seen)
    position = a.owner().state.position
    batch_id = f"{position.epoch}-{position.seq + 1}".encode()
    is_lost = proxy.lose_reply(batch_id) if is_executed else proxy.lose_request(batch_id)
    await a.do(tea("s_ada", 1))
    assert is_lost.is_set()
    assert len(a.seen) == shown, "nothing is shown while the outcome is unknown"
    assert len(await bench.log()) == shown + is_executed
    await until_shown(bench, a, shown + 1)
    assert a.commits() == await bench.log()
    await replayed(bench)


async def test_a_frozen_owner_that_wakes_shows_nothing_of_what_it_decided(
    bench: Bench, proxy: Proxy, through: RedisStore
) -> None:
    a = await bench.night(store=through)
    shown = len(a.seen)
    proxy.stall()
    await a.do(tea("s_ada", 1))
    await bench.crash(a)
    b = await bench.node("b")
    await b.node.step()
    await b.do(tea("s_ben", 1))
    assert kinds(b.commits()) == ["begin", "act"]
    proxy.flow()
    for _ in range(20):
        bench.clock.advance(int(APPEND_RETRY_S * 1000))
        await a.node.step()
        if a.gone:
            break
    assert a.gone == [("w1", "fenced")]
    assert len(a.seen) == shown
    await b.node.step()
    assert b.outcomes()[-1][:3] == ("s_ada", 1, "ok"), "what it was given was handed on"
    await replayed(bench)


async def test_a_world_is_taken_over_from_its_snapshot_when_its_log_was_trimmed(
    bench: Bench,
) -> None:
    a = await bench.night()
    n = 0
    while len(a.seen) < LOG_WINDOW_COMMITS + 2 * SNAPSHOT_EVERY_COMMITS:
        for _ in range(60):
            n += 1
            a.direct.submit("w1", tea("s_ada", n))
        await a.node.step()
    expected, count = a.owner().state.digest, len(a.seen)
    live = await bench.store._link.read("XLEN", of_world("w1").log)
    assert live < count, "the front of the log was sealed and trimmed"
    await bench.crash(a)
    b = await bench.node("b")
    await b.node.step()
    assert await bench.digest_before(b) == expected
    assert len(await bench.log()) == count + 1
    await replayed(bench)


async def test_drained_worlds_go_on_with_what_was_waiting(bench: Bench) -> None:
    a = await bench.night()
    a.direct.submit("w1", tea("s_ada", 1))
    await a.node.drain()
    b = await bench.node("b")
    await b.node.step()
    assert kinds(b.commits()) == ["begin", "act"]


async def test_running_nodes_hear_an_inbox_and_take_over_when_one_leaves(
    bench: Bench, own_valkey: str
) -> None:
    told: asyncio.Queue[tuple[str, Commit]] = asyncio.Queue()
    stores = [RedisStore(own_valkey), RedisStore(own_valkey)]

    def node(name: str, store: RedisStore) -> HostNode:
        def take(world: str, commits: Sequence[Commit]) -> None:
            for commit in commits:
                told.put_nowait((name, commit))

        draw = (f"{name}{number}" for number in range(100)).__next__
        return HostNode(store, SystemClock(), name, load_pack, draw, on_confirmed=take)

    async def next_told() -> tuple[str, str]:
        async with asyncio.timeout(8):
            name, commit = await told.get()
        return name, commit.cause.kind

    a, b = node("a", stores[0]), node("b", stores[1])
    await a.join()
    await b.join()
    running = [asyncio.create_task(a.run()), asyncio.create_task(b.run())]
    try:
        assert await a.open_world(card()) == "here"
        assert await next_told() == ("a", "open")
        Direct(a).submit("w1", join("s_ada", "ada"))
        assert await next_told() == ("a", "join")
        assert await b.ensure("w1") == "elsewhere"
        assert await bench.store.propose("w1", tea("s_ada", 1))
        assert await next_told() == ("a", "act")
        running[0].cancel()
        assert await next_told() == ("b", "begin")
        assert await bench.store.propose("w1", tea("s_ada", 2))
        assert await next_told() == ("b", "act")
    finally:
        for task in running:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for store in stores:
            await store.close()
