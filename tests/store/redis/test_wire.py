"""A connection that many calls share, against a server that answers as it is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from redis.asyncio import ConnectionPool
from redis.exceptions import ConnectionError as LostError
from redis.exceptions import ResponseError

from dreamsync_server.limits import STORE_COMMANDS_WAITING_MAX
from dreamsync_server.store.redis.client import pool
from dreamsync_server.store.redis.wire import Line

DEADLINE_S = 5.0
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Fake:
    """A server that greets as a store does, and then is handed to a test."""

    def __init__(self) -> None:
        self.serve: Serve = self.stay
        self.connections = 0
        self.url = ""

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        for _ in range(2):  # CLIENT SETINFO, LIB-NAME and LIB-VER
            await reader.readuntil(b"SETINFO\r\n")
            writer.write(b"+OK\r\n")
        await reader.readuntil(b"LIB-VER\r\n")
        await reader.readline()
        await reader.readline()
        await self.serve(reader, writer)

    def say(self, *turns: tuple[int, bytes]) -> None:
        """Serve by script: after so many PINGs say this, and so on; then stay."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for count, said in turns:
                await until_asked(reader, count)
                writer.write(said)
            await self.stay(reader, writer)

        self.serve = serve

    async def stay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read and say nothing."""
        while await reader.read(4096):
            pass


@pytest.fixture
async def fake() -> AsyncIterator[Fake]:
    made = Fake()
    server = await asyncio.start_server(made.accept, "127.0.0.1", 0)
    made.url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield made
    server.close()


def in_s(seconds: float) -> float:
    """Return a moment of the loop's time."""
    return asyncio.get_running_loop().time() + seconds


def made_pool(fake: Fake) -> ConnectionPool:
    """Return what makes connections to it."""
    return pool(fake.url, timeout_s=DEADLINE_S)


async def until_asked(reader: asyncio.StreamReader, count: int) -> None:
    """Read until so many PINGs have come."""
    for _ in range(count):
        await reader.readuntil(b"PING\r\n")


async def test_answers_come_to_whom_they_belong_however_they_are_cut(fake: Fake) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await until_asked(reader, 4)
        for byte in b"$1\r\na\r\n-ERR no\r\n*2\r\n:1\r\n$-1\r\n+d\r\n":
            writer.write(bytes((byte,)))
            await writer.drain()
            await asyncio.sleep(0)

    fake.serve = serve
    line = Line(made_pool(fake), DEADLINE_S)
    two = asyncio.create_task(line.call([("PING", 1), ("PING", 2)], in_s(DEADLINE_S)))
    others = [asyncio.create_task(line.call([("PING",)], in_s(DEADLINE_S))) for _ in range(2)]

    first, error = await two
    assert first == b"a"
    assert isinstance(error, ResponseError)
    assert [await other for other in others] == [[[1, None]], [b"d"]]
    assert fake.connections == 1
    await line.close()


async def test_a_silent_server_costs_every_call_its_deadline_and_then_there_is_a_new_line(
    fake: Fake,
) -> None:
    line = Line(made_pool(fake), DEADLINE_S)
    calls = [asyncio.create_task(line.call([("PING",)], in_s(0.2))) for _ in range(3)]
    for call in calls:
        with pytest.raises(TimeoutError, match="no answer in time"):
            await call

    fake.say((1, b"+PONG\r\n"))
    assert await line.call([("PING",)], in_s(DEADLINE_S)) == [b"PONG"]
    assert fake.connections == 2
    await line.close()


@pytest.mark.parametrize("tries", [1, 2])
async def test_what_was_written_goes_out_again_only_where_that_is_asked_for(
    fake: Fake, tries: int
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await until_asked(reader, 1)
        if fake.connections > 1:
            writer.write(b"+PONG\r\n")
            await writer.drain()
        writer.close()

    fake.serve = serve
    line = Line(made_pool(fake), DEADLINE_S, tries=tries)
    if tries == 1:
        with pytest.raises(LostError):
            await line.call([("PING",)], in_s(DEADLINE_S))
    else:
        assert await line.call([("PING",)], in_s(DEADLINE_S)) == [b"PONG"]
    assert fake.connections == tries
    await line.close()


async def test_what_is_no_answer_ends_the_connection_and_nobody_waits(fake: Fake) -> None:
    fake.say((1, b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    line = Line(made_pool(fake), DEADLINE_S)
    with pytest.raises(LostError, match="not understood"):
        await line.call([("PING",)], in_s(DEADLINE_S))
    await line.close()


async def test_an_answer_that_nobody_asked_for_ends_the_connection(fake: Fake) -> None:
    fake.say((1, b"+PONG\r\n+PONG\r\n"))
    line = Line(made_pool(fake), DEADLINE_S)
    assert await line.call([("PING",)], in_s(DEADLINE_S)) == [b"PONG"]
    assert line.wire is None
    await line.close()


async def test_a_call_that_is_cancelled_takes_nobody_elses_answer(fake: Fake) -> None:
    fake.say((1, b"+open\r\n"), (2, b"+one\r\n+two\r\n"))
    line = Line(made_pool(fake), DEADLINE_S)
    assert await line.call([("PING",)], in_s(DEADLINE_S)) == [b"open"]
    first = asyncio.create_task(line.call([("PING",)], in_s(DEADLINE_S)))
    second = asyncio.create_task(line.call([("PING",)], in_s(DEADLINE_S)))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == [b"two"]
    await line.close()


async def test_too_much_that_waits_is_refused(fake: Fake) -> None:
    fake.say((1, b"+open\r\n"))
    line = Line(made_pool(fake), DEADLINE_S)
    await line.call([("PING",)], in_s(DEADLINE_S))
    many = [("PING",)] * (STORE_COMMANDS_WAITING_MAX + 1)
    waiting = asyncio.create_task(line.call(many, in_s(DEADLINE_S)))
    await asyncio.sleep(0)
    with pytest.raises(LostError, match="too much"):
        await line.call([("PING",)], in_s(DEADLINE_S))
    await line.close()
    with pytest.raises(LostError, match="closed"):
        await waiting


async def test_a_server_that_does_not_greet_is_given_up(fake: Fake) -> None:
    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await fake.stay(reader, writer)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    line = Line(pool(url, timeout_s=0.2), 0.2)
    with pytest.raises(TimeoutError):
        await line.call([("PING",)], in_s(DEADLINE_S))
    await line.close()
    server.close()
