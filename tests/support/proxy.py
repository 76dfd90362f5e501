"""A proxy between two real peers that loses, holds and cuts what passes, when a test says so.

It knows nothing of what it carries: the store's protocol, WebSocket, anything on a stream. The
windows that matter are made by `lose_request` (it never arrives) and `lose_reply` (it arrives,
is executed, and the answer is lost); both act once, on the first bytes that contain a pattern.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from types import TracebackType

from support.carrier import CHUNK_BYTES, Carrier, Pair, Streams


@dataclass(eq=False)
class _Pair(Pair):
    """Two connections, and what was seen of them."""

    seen: bytes = b""  # the end of what the client sent, in which a pattern may begin
    losing: asyncio.Event | None = None


@dataclass(eq=False)
class _Rule:
    """Something to lose once: what contains `pattern`, or the reply to it."""

    pattern: bytes
    is_reply: bool
    is_lost: asyncio.Event = field(default_factory=asyncio.Event)


class Proxy(Carrier[_Pair]):
    """Carries every connection to `target`: `unix:///path`, or any `scheme://host:port`."""

    def __init__(self, target: str) -> None:
        super().__init__()
        self.connections = 0  # carried so far
        self._target = target
        self._rules: list[_Rule] = []
        self._is_flowing = asyncio.Event()
        self._is_flowing.set()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.flow()
        await super().__aexit__(kind, error, trace)

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

    def refuse(self, is_refusing: bool = True) -> None:
        """Close new connections at once, or take them again."""
        self.is_refusing = is_refusing

    def _add(self, rule: _Rule) -> asyncio.Event:
        self._rules.append(rule)
        return rule.is_lost

    def paired(self, client: asyncio.StreamWriter, beyond: asyncio.StreamWriter) -> _Pair:
        """Return a pair of which nothing was seen yet."""
        return _Pair(client, beyond)

    def works(
        self, client: asyncio.StreamReader, beyond: asyncio.StreamReader, pair: _Pair
    ) -> tuple[Coroutine[None, None, None], Coroutine[None, None, None]]:
        """Return what carries bytes there and back."""
        there = self._pump(client, pair.beyond, pair, self._may_go)
        return there, self._pump(beyond, pair.client, pair, self._may_come)

    async def reach(self) -> Streams:
        """Connect to the target."""
        self.connections += 1
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
