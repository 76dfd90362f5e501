"""Doorbells on a real server: what is published, and what comes after a lost connection."""

import pytest
from store.bench import heard
from support.proxy import Proxy
from support.valkey import fresh_prefix

from dreamsync_server.store import keys
from dreamsync_server.store.listening import Listening
from dreamsync_server.store.port import Bell
from dreamsync_server.store.redis.doorbells import read_bell, spell_bell
from dreamsync_server.store.redis.store import RedisStore


@pytest.mark.parametrize(
    "bell", [Bell("log", "w1", 1_700_000_000_000, 42), Bell("inbox", "w1", 0, 0)]
)
def test_a_bell_is_read_as_it_was_spelled(bell: Bell) -> None:
    channel = keys.of_world(bell.world).bell.encode()

    assert read_bell(channel, spell_bell(bell).encode()) == bell


@pytest.mark.parametrize("said", [b"", b"log", b"log:1", b"log:x:y", b"dream:1:2", b"\xff"])
def test_what_is_no_bell_is_none(said: bytes) -> None:
    assert read_bell(b"{w:w1}:bell", said) is None


def test_a_newer_bell_with_more_in_it_is_still_read() -> None:
    assert read_bell(b"{w:w1}:bell", b"log:1:2:more") == Bell("log", "w1", 1, 2)
    assert read_bell(b"dreamsync:bells", b"log:1:2") is None


async def test_bells_are_heard_again_after_the_connection_was_lost(
    through: RedisStore, store: RedisStore, proxy: Proxy
) -> None:
    world = fresh_prefix()
    bells = through.listen(Listening([world]))
    first, second = Bell("log", world, 1, 1), Bell("log", world, 1, 2)
    await heard(bells, lambda: store.ring([first]), first)

    proxy.cut()

    await heard(bells, lambda: store.ring([second]), second)


async def test_many_listeners_share_one_connection(
    through: RedisStore, store: RedisStore, proxy: Proxy
) -> None:
    worlds = [fresh_prefix() for _ in range(20)]
    listeners = [through.listen(Listening([world])) for world in worlds]

    for world, bells in zip(worlds, listeners, strict=True):
        bell = Bell("log", world, 1, 1)
        await heard(bells, lambda bell=bell: store.ring([bell]), bell)  # type: ignore[misc]

    assert proxy.connections == 1


async def test_ringing_a_server_that_is_gone_raises_nothing() -> None:
    store = RedisStore("unix:///nowhere/at.sock")

    await store.ring([Bell("log", "w1", 1, 1)])
    await store.close()
