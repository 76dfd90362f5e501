"""What stands between two real peers: a port of loopback whose connections are carried on.

Who is between decides what passes: see `proxy.py`, and `line_tap.py` and `store_tap.py` in faults/.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Self, TypeVar

CHUNK_BYTES = 64 * 1024
CLOSE_S = 5.0

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(eq=False)
class Pair:
    """One client's connection and the one beyond that was opened for it."""

    client: asyncio.StreamWriter
    beyond: asyncio.StreamWriter

    def cut(self) -> None:
        """Reset both sides."""
        for writer in (self.client, self.beyond):
            writer.transport.abort()


SomePair = TypeVar("SomePair", bound=Pair)


class Carrier(Generic[SomePair]):
    """Listens while its context lasts. Two works carry each connection, until one of them ends."""

    def __init__(self) -> None:
        self.is_refusing = False  # new connections are closed at once
        self.pairs: dict[SomePair, None] = {}  # those there are now
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def reach(self) -> Streams:
        """Open the connection beyond."""
        raise NotImplementedError

    def paired(self, client: asyncio.StreamWriter, beyond: asyncio.StreamWriter) -> SomePair:
        """Return what is known of two connections that belong together."""
        raise NotImplementedError

    def works(
        self, client: asyncio.StreamReader, beyond: asyncio.StreamReader, pair: SomePair
    ) -> tuple[Coroutine[None, None, None], Coroutine[None, None, None]]:
        """Return what carries a pair there and back."""
        raise NotImplementedError

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
        self._cut_all()  # this ends the tasks, as cancelling would, but without a word of asyncio's
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_S)
        for task in self._tasks:
            task.cancel()

    @property
    def port(self) -> int:
        """The port it listens on."""
        assert self._server is not None, "not started"
        return int(self._server.sockets[0].getsockname()[1])

    def cut(self) -> None:
        """Reset every connection there is; new ones are taken."""
        self._cut_all()

    def _cut_all(self) -> None:
        for pair in tuple(self.pairs):
            pair.cut()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            if self.is_refusing:
                writer.transport.abort()
            else:
                await self._carry(reader, writer)
        finally:
            self._tasks.discard(task)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            beyond_reader, beyond_writer = await self.reach()
        except OSError:
            writer.transport.abort()
            return
        pair = self.paired(writer, beyond_writer)
        self.pairs[pair] = None
        works = [asyncio.ensure_future(work) for work in self.works(reader, beyond_reader, pair)]
        try:
            await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for work in works:
                work.cancel()
            pair.cut()
            del self.pairs[pair]
