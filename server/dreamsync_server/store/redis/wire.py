"""A connection that many calls share: what one turn of the loop asks is written together.

redis-py connects, greets and checks (TLS, password, the server's role). Then its socket is ours:
a server answers a connection's commands in their order, so that a call needs no connection to
itself, and what a turn of the loop has to say goes out in one write (docs/bench.md, `acks`).
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

import hiredis
from redis.asyncio.connection import AbstractConnection, ConnectionPool, DefaultParser
from redis.exceptions import ConnectionError as LostError
from redis.exceptions import RedisError

from dreamsync_server.limits import STORE_COMMANDS_WAITING_MAX

Command = tuple[str | bytes | int, ...]
Answers = list[Any]
_NO_MORE: Final = object()


class Asked:
    """Commands that were written together, and what of their answers is there."""

    __slots__ = ("answers", "count", "done", "until_s")

    def __init__(self, count: int, until_s: float, done: "asyncio.Future[Answers]") -> None:
        self.answers: Answers = []
        self.count = count
        self.until_s = until_s
        self.done = done


class Wire(asyncio.Protocol):
    """One connection, once it is greeted. It ends as soon as a call has no answer in time.

    `hear` is given what the server says unasked, where the connection is subscribed: then no
    answers are counted.
    """

    def __init__(
        self, connection: AbstractConnection, hear: Callable[[Any], None] | None = None
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._connection = connection  # kept: it would close the socket when it goes
        self._hear = hear
        self._reader = hiredis.Reader(
            protocolError=LostError, replyError=DefaultParser.parse_error, notEnoughData=_NO_MORE
        )
        self._asked: deque[Asked] = deque()
        self._out: list[bytes] = []
        self._count_waiting = 0
        self._timer: asyncio.TimerHandle | None = None
        self.is_open = True
        self.lost: asyncio.Future[None] = self._loop.create_future()
        writer: Any = connection._writer
        self._transport: asyncio.Transport = writer.transport
        self._transport.set_protocol(self)

    def send(self, commands: Sequence[Command], until_s: float) -> "asyncio.Future[Answers]":
        """Write commands, and return what will be their answers; one may be an error.

        The future raises ConnectionError where the connection ends before, and TimeoutError where
        that is because the server was silent. Cancelling it takes back nothing.
        """
        done: asyncio.Future[Answers] = self._loop.create_future()
        if not self.is_open or self._count_waiting > STORE_COMMANDS_WAITING_MAX:
            why = "too much waits for it" if self.is_open else "the connection is lost"
            done.set_exception(LostError(why))
            return done
        self._asked.append(Asked(len(commands), until_s, done))
        self._count_waiting += len(commands)
        self.say(commands)
        if self._timer is None:
            self._timer = self._loop.call_at(until_s, self._look)
        return done

    def say(self, commands: Sequence[Command]) -> None:
        """Write commands at the end of this turn of the loop; nobody waits for an answer."""
        if not self._out and commands:
            self._loop.call_soon(self._flush)
        pack: Any = hiredis.pack_command  # whose stub wants one kind of argument
        self._out += [pack(command) for command in commands]

    def close(self, error: Exception | None = None) -> None:
        """End the connection now; what waits for answers gets the error."""
        if not self.is_open:
            return
        self.is_open = False
        if self._timer is not None:
            self._timer.cancel()
        self._transport.abort()
        self._connection._close()  # type: ignore[no-untyped-call]
        asked, self._asked = self._asked, deque()
        for one in asked:
            if not one.done.done():
                one.done.set_exception(error or LostError("the connection is closed"))
        if not self.lost.done():
            self.lost.set_result(None)

    # --- what the transport tells ----------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Take in what came."""
        reader, asked, hear = self._reader, self._asked, self._hear
        reader.feed(data)
        try:
            while (reply := reader.gets()) is not _NO_MORE:
                if hear is not None:
                    hear(reply)
                    continue
                first = asked[0]
                first.answers.append(reply)
                self._count_waiting -= 1
                if len(first.answers) == first.count:
                    asked.popleft()
                    if not first.done.done():
                        first.done.set_result(first.answers)
        except (RedisError, IndexError) as error:  # no words of the protocol, or nobody had asked
            self.close(LostError(f"the server is not understood: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Know that the connection has ended."""
        self.close(LostError(f"the connection is lost{f': {exc}' if exc else ''}"))

    # --- inside ----------------------------------------------------------------------------------

    def _flush(self) -> None:
        out, self._out = self._out, []
        if self.is_open:
            self._transport.write(b"".join(out) if len(out) > 1 else out[0])

    def _look(self) -> None:
        """End the connection where the server owes an answer that is due; else look again then."""
        self._timer = None
        if not self._asked:
            return
        until_s = self._asked[0].until_s
        if until_s <= self._loop.time():
            self.close(TimeoutError("no answer in time"))
        else:
            self._timer = self._loop.call_at(until_s, self._look)


async def open_wire(
    pool: ConnectionPool, timeout_s: float, hear: Callable[[Any], None] | None = None
) -> Wire:
    """Connect and greet as the pool's connections do.

    Raises:
        RedisError: there is no server, it does not let us in, or it is not what it must be.
        TimeoutError: it does not greet in time.
    """
    connection: Any = pool.make_connection()  # type: ignore[no-untyped-call]
    try:
        async with asyncio.timeout(timeout_s):
            await connection.connect()
    except BaseException:
        connection._close()
        raise
    return Wire(connection, hear)


class Line:
    """The way to a server for one kind of call: a wire, and a new one once that is lost."""

    def __init__(self, pool: ConnectionPool, timeout_s: float, *, tries: int = 1) -> None:
        self._pool = pool
        self._timeout_s = timeout_s
        self._tries = tries
        self._wire: Wire | None = None
        self._opening: asyncio.Task[None] | None = None

    @property
    def wire(self) -> Wire | None:
        """The wire, where one is open."""
        wire = self._wire
        return wire if wire is not None and wire.is_open else None

    async def call(self, commands: Sequence[Command], until_s: float) -> Answers:
        """Return the answers to some commands; one may be the error that it gave.

        Raises:
            RedisError: there is no connection, or it was lost; what was written may be done.
            TimeoutError: there is no answer by `until_s`, in the loop's time.
        """
        for last in range(self._tries - 1, -1, -1):
            wire = self.wire or await self._opened(until_s)
            try:
                return await wire.send(commands, until_s)
            except LostError:
                if not last:
                    raise
        raise AssertionError("there is a last try")

    async def close(self) -> None:
        """End the connection."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait([self._opening])
        if self._wire is not None:
            self._wire.close()

    async def _opened(self, until_s: float) -> Wire:
        if self._opening is None or self._opening.done():
            self._opening = asyncio.get_running_loop().create_task(self._open())
            self._opening.add_done_callback(_heed)
        async with asyncio.timeout_at(until_s):
            await asyncio.shield(self._opening)
        wire = self.wire
        if wire is None:
            raise LostError("the connection is lost")
        return wire

    async def _open(self) -> None:
        self._wire = await open_wire(self._pool, self._timeout_s)


def _heed(task: "asyncio.Task[None]") -> None:
    """Take note of a task's error, also where nobody waits for it any more."""
    if not task.cancelled():
        task.exception()
