"""Doorbells and notes over pub/sub: one connection a server, one channel a world or topic.

A channel a world, not a bucket, because a node follows few of all worlds and the server then
sends it nothing else; its name carries the world's hash tag, so that it is a sharded channel of
the world's shard. A bell may be lost at any time: nothing but speed hangs on it.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Final, NamedTuple

from dreamsync_server.errors import StoreError
from dreamsync_server.limits import STORE_TIMEOUT_S
from dreamsync_server.store import keys
from dreamsync_server.store.bells import BellTray
from dreamsync_server.store.listening import Listening
from dreamsync_server.store.notes import NoteTray
from dreamsync_server.store.port import Bell, Note
from dreamsync_server.store.redis.bell_line import BellLine
from dreamsync_server.store.redis.client import Server
from dreamsync_server.store.redis.link import Link
from dreamsync_server.store.redis.routes import Routes

log = logging.getLogger(__name__)

INBOX_BELL: Final = "inbox"
_PAUSE_S: Final = 0.5  # before asking again who has a channel


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
    """The process's subscriptions, one a server: they follow what the listeners want, and bring it.

    They are made when the first listener comes, and from then on kept up until it is closed.
    """

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._rounds: list[Round] = []
        self._lines: dict[Server, BellLine] = {}
        self._is_changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        routes.watch(self._is_changed.set)

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
        """Stop listening and close the connections."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=STORE_TIMEOUT_S)
        for line in self._lines.values():
            await line.close()
        self._lines = {}

    async def _run(self) -> None:
        """Have each channel followed at the server that has it, after every change, for ever."""
        while True:
            self._is_changed.clear()
            try:
                await self._sort()
            except StoreError as error:
                log.info("the doorbells wait: %s", error)
                await asyncio.sleep(_PAUSE_S)
                continue
            await self._is_changed.wait()

    async def _sort(self) -> None:
        wanted: dict[Server, dict[str, None]] = {}
        for channel in dict.fromkeys(name for each in self._rounds for name in each.channels()):
            server = await self._routes.server_of(channel)
            wanted.setdefault(server, {})[channel] = None
        for server in [server for server in self._lines if server not in wanted]:
            await self._lines.pop(server).close()
        for server, channels in wanted.items():
            line = self._lines.get(server)
            if line is None:
                doubt, is_cluster = self._routes.doubt, self._routes.is_cluster
                line = BellLine(server, self._deliver, doubt, is_cluster=is_cluster)
                self._lines[server] = line
            line.want(channels)

    def _deliver(self, channel: bytes, said: bytes) -> None:
        for each in self._rounds:
            each.put(channel, said)


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
