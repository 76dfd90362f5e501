"""A proxy between two real peers that loses, holds and cuts what passes, when a test says so.

It knows nothing of what it carries: the store's protocol, WebSocket, anything on a stream. The
windows that matter are made by `lose_request` (it never arrives) and `lose_reply` (it arrives,
is executed, and the answer is lost); both act once, on the first bytes that contain a pattern.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

CHUNK_BYTES = 64 * 1024
CLOSE_S = 5.0


@dataclass(eq=False)
class _Pair:
    """One client's connection and the one to the target that was opened for it."""

    client: asyncio.StreamWriter
    target: asyncio.StreamWriter
    seen: bytes = b""  # the end of what the client sent, in which a pattern may begin
    losing: asyncio.Event | None = None

    def cut(self) -> None:
        """Reset both connections."""
        for writer in (self.client, self.target):
            writer.transport.abort()


@dataclass(eq=False)
class _Rule:
    """Something to lose once: what contains `pattern`, or the reply to it."""

    pattern: bytes
    is_reply: bool
    is_lost: asyncio.Event = field(default_factory=asyncio.Event)


class Proxy:
    """Listens on a TCP port of loopback and carries every connection to `target`.

    `target` is `unix:///path`, or any `scheme://host:port`.
    """

    def __init__(self, target: str) -> None:
        self.connections = 0  # accepted so far
        self._target = target
        self._server: asyncio.Server | None = None
        self._pairs: list[_Pair] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._rules: list[_Rule] = []
        self._is_flowing = asyncio.Event()
        self._is_flowing.set()
        self._is_refusing = False

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        self.cut()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_S)

    @property
    def port(self) -> int:
        """The port it listens on."""
        assert self._server is not None, "not started"
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def redis_url(self) -> str:
        """How a store's client finds it."""
        return f"redis://127.0.0.1:{self.port}"

    def lose_request(self, pattern: bytes = b"") -> asyncio.Event:
        """Cut the connection on which a request with this pattern comes, instead of passing it.

        Acts once; the event is set when it did.
        """
        return self._add(_Rule(pattern, is_reply=False))

    def lose_reply(self, pattern: bytes = b"") -> asyncio.Event:
        """Pass the next request with this pattern, drop the reply to it, then cut.

        Acts once; the event is set when it did. What the reply answers has then been executed.
        """
        return self._add(_Rule(pattern, is_reply=True))

    def stall(self) -> None:
        """Let nothing through, in either direction, until `flow`: connections stay open."""
        self._is_flowing.clear()

    def flow(self) -> None:
        """Let what was held go on, in order."""
        self._is_flowing.set()

    def cut(self) -> None:
        """Reset every connection there is; new ones are taken."""
        for pair in self._pairs:
            pair.cut()

    def refuse(self, is_refusing: bool = True) -> None:
        """Close new connections at once, or take them again."""
        self._is_refusing = is_refusing

    def _add(self, rule: _Rule) -> asyncio.Event:
        self._rules.append(rule)
        return rule.is_lost

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self._is_refusing:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._carry(reader, writer)
        finally:
            self._tasks.discard(task)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            target_reader, target_writer = await self._connect()
        except OSError:
            writer.transport.abort()
            return
        pair = _Pair(writer, target_writer)
        self._pairs.append(pair)
        there = asyncio.ensure_future(self._pump(reader, target_writer, pair, self._may_go))
        back = asyncio.ensure_future(self._pump(target_reader, writer, pair, self._may_come))
        try:
            await asyncio.wait([there, back], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._pairs.remove(pair)
            there.cancel()
            back.cancel()
            pair.cut()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        scheme, _, place = self._target.partition("://")
        if scheme == "unix":
            return await asyncio.open_unix_connection(place)
        host, _, port = place.partition("/")[0].rpartition(":")
        return await asyncio.open_connection(host, int(port))

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        pair: _Pair,
        may_pass: Callable[[_Pair, bytes], bool],
    ) -> None:
        """Carry bytes one way until the end, or until they must not pass."""
        try:
            while some := await reader.read(CHUNK_BYTES):
                await self._is_flowing.wait()
                if not may_pass(pair, some):
                    return
                writer.write(some)
                await writer.drain()
        except OSError:
            return

    def _may_go(self, pair: _Pair, some: bytes) -> bool:
        """Look at what a client sends."""
        for rule in tuple(self._rules):
            if rule.pattern not in pair.seen + some:
                continue
            self._rules.remove(rule)
            if not rule.is_reply:
                rule.is_lost.set()
                return False
            pair.losing = rule.is_lost
        pair.seen = (pair.seen + some)[-256:]
        return True

    def _may_come(self, pair: _Pair, some: bytes) -> bool:
        """Look at what the target answers."""
        if pair.losing is None:
            return True
        pair.losing.set()
        return False
