"""Doorbells over pub/sub: one connection a process, one channel a world.

A channel a world, not a bucket, because a node follows few of all worlds and the server then
sends it nothing else; its name carries the world's hash tag, so that it can be a sharded channel
in a cluster. A bell may be lost at any time: nothing but speed hangs on it.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Final

from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from dreamsync_server.errors import StoreError
from dreamsync_server.limits import BELL_IDLE_S, STORE_TIMEOUT_S
from dreamsync_server.store import keys
from dreamsync_server.store.bells import BellTray
from dreamsync_server.store.listening import Listening
from dreamsync_server.store.port import Bell
from dreamsync_server.store.redis.link import Link, client

log = logging.getLogger(__name__)

INBOX_BELL: Final = "inbox"
_KEEP_OPEN: Final = "dreamsync:bells"  # a subscription that is always there
_PAUSE_S: Final = (0.05, 0.1, 0.2, 0.5, 1.0)  # before connecting again


class RedisDoorbells:
    """The part of the contract that is about doorbells."""

    _link: Link
    _post: "BellPost"

    async def ring(self, bells: Sequence[Bell]) -> None:
        """Publish doorbells in one pipeline; may be lost. Never raises."""
        if not bells:
            return
        try:
            await self._link.publish([(keys.of_world(b.world).bell, spell_bell(b)) for b in bells])
        except StoreError as error:
            log.info("%d doorbells were lost: %s", len(bells), error)

    async def listen(self, worlds: Listening) -> AsyncIterator[Bell]:
        """Yield doorbells of the worlds in `worlds`, which may be changed while it runs."""
        tray = BellTray(worlds)
        with self._post.delivering(tray):
            while True:
                yield await tray.take()


class BellPost:
    """The process's one subscription: it follows what the trays follow, and fills them.

    It is made when the first tray comes, and from then on kept up until it is closed.
    """

    def __init__(self, url: str) -> None:
        self._client = client(url, retries=0, timeout_s=STORE_TIMEOUT_S, connections=1)
        self._trays: list[BellTray] = []
        self._is_changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._failures = 0  # in a row

    @contextlib.contextmanager
    def delivering(self, tray: BellTray) -> Iterator[None]:
        """Fill a tray while the context lasts."""
        self._trays.append(tray)
        unwatch = tray.worlds.watch(lambda _world, _is_added: self._is_changed.set())
        self._is_changed.set()
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            unwatch()
            self._trays.remove(tray)
            self._is_changed.set()

    async def close(self) -> None:
        """Stop listening and close the connection."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=STORE_TIMEOUT_S)
        await self._client.aclose()

    async def _run(self) -> None:
        """Keep a subscription up until cancelled."""
        while True:
            pubsub = self._client.pubsub()
            try:
                async with asyncio.timeout(STORE_TIMEOUT_S):
                    await pubsub.subscribe(_KEEP_OPEN)
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._follow(pubsub))
                    group.create_task(self._receive(pubsub))
            except* (RedisError, OSError) as errors:
                log.info("the doorbells are lost for now: %s", errors.exceptions[0])
            except* Exception:
                log.exception("the doorbells are lost for now")
            finally:
                with contextlib.suppress(RedisError, OSError):  # it is gone anyway
                    await pubsub.aclose()  # type: ignore[no-untyped-call]
            pause_s = _PAUSE_S[min(self._failures, len(_PAUSE_S) - 1)]
            self._failures += 1
            await asyncio.sleep(pause_s)

    async def _follow(self, pubsub: PubSub) -> None:
        """Subscribe to what the trays follow, and again after every change."""
        following: dict[str, None] = {}
        while True:
            self._is_changed.clear()
            wanted = dict.fromkeys(world for tray in self._trays for world in tray.worlds)
            added = [keys.of_world(world).bell for world in wanted if world not in following]
            dropped = [keys.of_world(world).bell for world in following if world not in wanted]
            async with asyncio.timeout(STORE_TIMEOUT_S):
                if added:
                    await pubsub.subscribe(*added)
                if dropped:
                    await pubsub.unsubscribe(*dropped)
            following = wanted
            await self._is_changed.wait()

    async def _receive(self, pubsub: PubSub) -> None:
        """Fill the trays.

        Raises:
            TimeoutError: nothing came, and then no answer to the question whether it lives.
        """
        is_asked = False
        while True:
            async with asyncio.timeout(BELL_IDLE_S + STORE_TIMEOUT_S):
                message = await pubsub.get_message(timeout=BELL_IDLE_S)
            if message is not None:
                is_asked = False
                self._failures = 0
                self._deliver(message)
            elif is_asked:
                raise TimeoutError("the store is silent")
            else:
                is_asked = True
                async with asyncio.timeout(STORE_TIMEOUT_S):
                    await pubsub.ping()

    def _deliver(self, message: Mapping[str, Any]) -> None:
        if message["type"] != "message":
            return
        bell = read_bell(message["channel"], message["data"])
        if bell is not None:
            for tray in self._trays:
                tray.put(bell)


def spell_bell(bell: Bell) -> str:
    """Return what is published on a world's channel."""
    return INBOX_BELL if bell.kind == "inbox" else f"log:{bell.epoch}:{bell.tail}"


def read_bell(channel: bytes, said: bytes) -> Bell | None:
    """Return the bell that was published, or None where it is none that is known here."""
    world = keys.world_of_bell(channel)
    kind, *numbers = said.decode(errors="replace").split(":")
    if world is None:
        return None
    if kind == INBOX_BELL:
        return Bell("inbox", world, 0, 0)
    if kind != "log" or [number.isdecimal() for number in numbers[:2]] != [True, True]:
        return None
    return Bell("log", world, int(numbers[0]), int(numbers[1]))
