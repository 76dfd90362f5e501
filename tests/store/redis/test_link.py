"""Scripts, deadlines and errors of the connections to a real server."""

import asyncio

import pytest
from redis.exceptions import (
    BusyLoadingError,
    ConnectionError,  # noqa: A004 - the library's name
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
)
from store import builders
from support.proxy import Proxy
from support.valkey import fresh_prefix

from dreamsync_server.errors import StoreError, StoreUnavailableError
from dreamsync_server.store.port import Appended, Ownership
from dreamsync_server.store.redis.link import Call, Link, load_scripts, redis_url, store_error
from dreamsync_server.store.redis.store import RedisStore


@pytest.fixture
def key() -> str:
    return f"test:{fresh_prefix()}"


async def test_a_server_that_forgot_its_scripts_is_told_them_again(
    store: RedisStore, owner: Ownership
) -> None:
    link = store._link
    await link.write("SCRIPT", "FLUSH", "SYNC")

    answers = await store.append([builders.batch(owner), builders.batch(owner._replace(tail=1))])

    assert list(answers) == [Appended("ok", 1), Appended("ok", 2)]
    (known,) = await link.read("SCRIPT", "EXISTS", load_scripts()["append"].sha)
    assert known


async def test_a_cancelled_write_goes_on_to_its_end(
    through: RedisStore, store: RedisStore, owner: Ownership, proxy: Proxy
) -> None:
    assert await through.ping()
    proxy.stall()
    appending = asyncio.ensure_future(through.append([builders.batch(owner)]))
    await asyncio.sleep(0)  # so that it has begun
    appending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await appending

    proxy.flow()
    await through.close()

    assert [c.position.seq for c in await store.read(owner.world, 0)] == [1]


async def test_a_stalled_server_is_unavailable_within_the_deadline(
    through: RedisStore, proxy: Proxy
) -> None:
    assert await through.ping()
    proxy.stall()

    async with asyncio.timeout(5):
        assert await through.ping() is False
        with pytest.raises(StoreUnavailableError, match="no answer in time"):
            await through.worlds()
        with pytest.raises(StoreUnavailableError, match="no answer in time"):
            await through.lease("node:x", "a", 1.0)


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    store = RedisStore("unix:///nowhere/at.sock")

    with pytest.raises(StoreUnavailableError, match="not available"):
        await store.worlds()
    assert await store.ping() is False
    await store.close()


async def test_a_write_is_sent_once_even_when_its_answer_is_lost(
    proxy: Proxy, store: RedisStore, key: str
) -> None:
    link = Link(proxy.redis_url, timeout_s=0.3)
    is_lost = proxy.lose_reply(b"INCR")

    with pytest.raises(StoreUnavailableError):
        await link.write("INCR", key)

    assert is_lost.is_set()
    assert await store._link.read("GET", key) == b"1"
    await link.close()


async def test_a_read_tries_once_more_when_its_connection_was_closed(proxy: Proxy) -> None:
    link = Link(proxy.redis_url)
    is_lost = proxy.lose_request(b"GET")

    assert await link.read("GET", "nothing") is None
    assert is_lost.is_set()
    await link.close()


async def test_many_calls_share_one_connection(proxy: Proxy) -> None:
    link = Link(proxy.redis_url)

    answers = await asyncio.gather(*[link.read("ECHO", str(i)) for i in range(200)])

    assert answers == [str(i).encode() for i in range(200)]
    assert proxy.connections == 1
    await link.close()


async def test_confirmation_by_replicas_is_asked_for_and_its_lack_is_unavailable(
    valkey_url: str, owner: Ownership
) -> None:
    waiting = RedisStore(valkey_url, replicas=1, timeout_s=0.6)
    batch = builders.batch(owner)

    (first,) = await waiting.append([batch])
    (again,) = await waiting.append([batch])
    fenced = await waiting.append([builders.batch(owner._replace(nonce="x"))])

    assert isinstance(first, StoreUnavailableError)
    assert isinstance(again, StoreUnavailableError)
    assert list(fenced) == [Appended("fenced", 1)]
    with pytest.raises(StoreUnavailableError, match="replicas"):
        await waiting.acquire(owner.world, "node2", "n2", await waiting.held(owner.world))
    await waiting.close()


async def test_a_fault_of_a_script_is_ours_and_no_reason_to_try_again(
    store: RedisStore, key: str
) -> None:
    await store._link.write("SET", key, "text")

    with pytest.raises(StoreError, match="WRONGTYPE") as caught:
        await store._link.script(Call("release", (key,), ("1", "n")))

    assert not isinstance(caught.value, StoreUnavailableError)


@pytest.mark.parametrize(
    "error",
    [
        ConnectionError("gone"),
        TimeoutError(),
        BusyLoadingError("reading its data"),
        OutOfMemoryError("OOM"),
        ReadOnlyError("a replica now"),
        ResponseError("MISCONF errors writing to the AOF file"),
        ResponseError("NOREPLICAS not enough good replicas to write"),
    ],
)
def test_what_passes_is_unavailable(error: Exception) -> None:
    assert type(store_error(error)) is StoreUnavailableError


def test_schemes_of_valkey_are_known() -> None:
    assert redis_url("valkey://h:1/0") == "redis://h:1/0"
    assert redis_url("valkeys://h:1") == "rediss://h:1"
    assert redis_url("unix:///a:b.sock") == "unix:///a:b.sock"
