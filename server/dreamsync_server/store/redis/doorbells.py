"""Doorbells and notes over pub/sub: one connection a process, one channel a world or topic.

A channel a world, not a bucket, because a node follows few of all worlds and the server then
sends it nothing else; its name carries the world's hash tag, so that it can be a sharded channel
in a cluster. A bell may be lost at any time: nothing but speed hangs on it.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from dreamsync_server.errors import StoreError
from dreamsync_server.limits import BELL_IDLE_S, STORE_TIMEOUT_S
from dreamsync_server.store import keys
from dreamsync_server.store.bells import BellTray
from dreamsync_server.store.listening import Listening
from dreamsync_server.store.notes import NoteTray
from dreamsync_server.store.port import Bell, Note
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

        def put(channel: bytes, said: bytes) -> None:
            bell = read_bell(channel, said)
            if bell is not None:
                tray.put(bell)

        with self._post.delivering(Round(worlds, lambda world: keys.of_world(world).bell, put)):
            while True:
                yield await tray.take()

    async def tell(self, notes: Sequence[Note]) -> None:
        """Say something on topics, in one pipeline; may be lost. Never raises."""
        if not notes:
            return
        try:
            await self._link.publish(notes)
        except StoreError as error:
            log.info("%d notes were lost: %s", len(notes), error)

    async def hear(self, topics: Listening) -> AsyncIterator[Note]:
        """Yield what is said on the topics in `topics`, which may be changed while it runs."""
        tray = NoteTray(topics)

        def put(channel: bytes, said: bytes) -> None:
            tray.put(Note(channel.decode(), said))

        with self._post.delivering(Round(topics, str, put)):
            while True:
                yield await tray.take()


class Round(NamedTuple):
    """What one listener wants brought: names it may change, the channel of each, and a way in.

    `put` is given every message there is, also of channels that others want.
    """

    names: Listening
    channel_of: Callable[[str], str]
    put: Callable[[bytes, bytes], None]

    def channels(self) -> Iterator[str]:
        """Return the channels it wants now."""
        return map(self.channel_of, self.names)


class BellPost:
    """The process's one subscription: it follows what the listeners want, and brings it.

    It is made when the first listener comes, and from then on kept up until it is closed.
    """

    def __init__(self, url: str) -> None:
        self._client = client(url, retries=0, timeout_s=STORE_TIMEOUT_S, connections=1)
        self._rounds: list[Round] = []
        self._is_changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._failures = 0  # in a row

    @contextlib.contextmanager
    def delivering(self, wanted: Round) -> Iterator[None]:
        """Bring what is wanted while the context lasts."""
        self._rounds.append(wanted)
        unwatch = wanted.names.watch(lambda _world, _is_added: self._is_changed.set())
        self._is_changed.set()
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            unwatch()
            self._rounds.remove(wanted)
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
        """Subscribe to what is wanted, and again after every change."""
        following: dict[str, None] = {}
        while True:
            self._is_changed.clear()
            wanted = dict.fromkeys(name for each in self._rounds for name in each.channels())
            added = [channel for channel in wanted if channel not in following]
            dropped = [channel for channel in following if channel not in wanted]
            async with asyncio.timeout(STORE_TIMEOUT_S):
                if added:
                    await pubsub.subscribe(*added)
                if dropped:
                    await pubsub.unsubscribe(*dropped)
            following = wanted
            await self._is_changed.wait()

    async def _receive(self, pubsub: PubSub) -> None:
        """Bring what comes.

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
        for wanted in self._rounds:
            wanted.put(message["channel"], message["data"])


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
