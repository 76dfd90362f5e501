"""The shell: real sockets that are cut, refuse, lie and keep silent."""

import asyncio

import pytest
from support.fake_server import WORLD, FakeWorld
from support.fake_socket import FakeServer, HastyClock, fake_server
from websockets.asyncio.server import ServerConnection, serve

from dreamsync.connection import BACKOFF_MAX_S, STABLE_S, Backoff, Connection
from dreamsync.entry import Entry, Greeting
from dreamsync.errors import DreamsyncError, LineLostError, UnreachableError
from dreamsync.notices import Live, Notice, Over, Settled
from dreamsync.session import ClientSession, State

WAIT_S = 10.0


class Client:
    """A session with its connection, and what it was told."""

    def __init__(self, url: str, clock: HastyClock, *, is_json: bool = False) -> None:
        self.session = ClientSession(Greeting("test", "en"), Entry(WORLD, "player"))
        self.told: list[Notice] = []
        self._news = asyncio.Event()
        self.connection = Connection(
            url, self.session, self._hear, is_json=is_json, clock=clock, jitter=lambda: 1.0,
            patience_s=60.0,
        )  # fmt: skip

    def _hear(self, notice: Notice) -> None:
        self.told.append(notice)
        self._news.set()

    async def hear(self, kind: type[Notice], count: int = 1) -> None:
        """Wait until so many notices of a kind were told."""
        async with asyncio.timeout(WAIT_S):
            while sum(isinstance(one, kind) for one in self.told) < count:
                self._news.clear()
                await self._news.wait()

    def add(self) -> None:
        self.session.propose({"type": "act", "action": "add", "params": {"by": 1}})
        self.connection.wake()

    def ended_by(self) -> list[DreamsyncError | None]:
        return [one.error for one in self.told if isinstance(one, Over)]


@pytest.mark.parametrize("is_json", [False, True])
async def test_it_opens_acts_and_closes(
    server: FakeServer, clock: HastyClock, is_json: bool
) -> None:
    client = Client(server.url, clock, is_json=is_json)
    await client.connection.open(WAIT_S)
    client.add()
    await client.hear(Settled)
    await client.connection.close()
    await client.connection.close()
    assert server.world.facts["expo.crowd"] == 1
    assert client.ended_by() == [None]


async def test_a_lost_line_is_taken_up_again_and_what_was_not_acked_is_sent_again(
    server: FakeServer, clock: HastyClock
) -> None:
    client = Client(server.url, clock)
    await client.connection.open(WAIT_S)
    for count in range(1, 6):
        client.add()
        await server.cut()
        await client.hear(Settled, count)
    assert server.world.facts["expo.crowd"] == 5
    assert [plain["n"] for plain in server.world.acted] == [1, 2, 3, 4, 5]
    assert server.connections >= 3
    assert client.session.resets == client.session.mismatches == 0
    await client.connection.close()


async def test_nothing_at_the_address_is_said_at_once(clock: HastyClock) -> None:
    async with fake_server() as gone:
        url = gone.url
    client = Client(url, clock)
    with pytest.raises(UnreachableError) as caught:
        await client.connection.open(WAIT_S)
    assert (caught.value.fault, caught.value.code) == ("network", "nothing_there")
    assert caught.value.text.endswith("cannot be reached: nothing listens there")
    assert clock.slept_s == []
    with pytest.raises(UnreachableError, match="its name is not known") as unknown:
        await Client("ws://nowhere.invalid/dream", clock).connection.open(WAIT_S)
    assert unknown.value.code == "unknown_name"


async def test_waits_grow_while_the_server_is_away_until_patience_ends(clock: HastyClock) -> None:
    async with fake_server() as server:
        client = Client(server.url, clock)
        await client.connection.open(WAIT_S)
    await client.hear(Over)
    assert [type(error) for error in client.ended_by()] == [LineLostError]
    assert clock.slept_s[:8] == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0]
    await client.connection.close()


async def test_it_comes_back_when_the_server_does(clock: HastyClock) -> None:
    world = FakeWorld()
    async with fake_server(world) as server:
        client = Client(server.url, clock)
        await client.connection.open(WAIT_S)
        port = int(server.url.rpartition(":")[2])
    async with fake_server(world, port):
        client.add()
        await client.hear(Settled)
    assert [one.is_first for one in client.told if isinstance(one, Live)][:2] == [True, False]
    await client.connection.close()


async def test_the_time_that_a_draining_server_names_is_waited(
    server: FakeServer, clock: HastyClock
) -> None:
    client = Client(server.url, clock)
    await client.connection.open(WAIT_S)
    for line in [*server.world.lines]:
        line.hang_up(4010, "node_draining", retry_ms=3000)
    await server.flush()
    await client.hear(Live, 2)
    assert clock.slept_s == [3.0]  # and no more: the server spreads them itself
    await client.connection.close()


async def test_a_close_that_is_final_is_not_retried(server: FakeServer, clock: HastyClock) -> None:
    client = Client(server.url, clock)
    await client.connection.open(WAIT_S)
    for line in [*server.world.lines]:
        line.hang_up(4006)
    await server.flush()
    await client.hear(Over)
    assert [getattr(error, "code", None) for error in client.ended_by()] == ["removed"]
    assert clock.slept_s == []
    await client.connection.close()


async def test_a_server_that_says_nothing_is_given_up_in_time(
    server: FakeServer, clock: HastyClock
) -> None:
    server.is_deaf = True
    client = Client(server.url, clock)
    with pytest.raises(UnreachableError, match="within"):
        await client.connection.open(0.05)
    assert client.session.state is State.OVER


async def test_a_server_that_speaks_something_else_is_said_so(clock: HastyClock) -> None:
    async def chat(socket: ServerConnection) -> None:
        await socket.send("hello?")
        await socket.wait_closed()

    async with serve(chat, "127.0.0.1", 0, compression=None) as other:
        port = other.sockets[0].getsockname()[1]
        client = Client(f"ws://127.0.0.1:{port}", clock)
        with pytest.raises(DreamsyncError) as caught:
            await client.connection.open(WAIT_S)
    assert caught.value.fault in ("server", "network")


async def test_a_frame_that_cannot_be_read_drops_the_line_which_is_taken_up_again(
    server: FakeServer, clock: HastyClock
) -> None:
    client = Client(server.url, clock)
    await client.connection.open(WAIT_S)
    for socket in server.lines.values():
        await socket.send(b"\xc1")
    await client.hear(Live, 2)
    assert client.session.state is State.LIVE
    await client.connection.close()


async def test_a_proposal_put_off_by_the_server_is_sent_again_by_itself(
    server: FakeServer, clock: HastyClock
) -> None:
    server.world.not_taken = [("rate", 20), ("store_unavailable", 20)]
    client = Client(server.url, clock)
    await client.connection.open(WAIT_S)
    client.add()
    await client.hear(Settled)
    assert [plain["n"] for plain in server.world.acted] == [1]
    await client.connection.close()


async def test_an_open_that_is_cancelled_leaves_nothing_behind(
    server: FakeServer, clock: HastyClock
) -> None:
    server.is_deaf = True
    before = asyncio.all_tasks()
    client = Client(server.url, clock)
    opening = asyncio.create_task(client.connection.open(WAIT_S))
    async with asyncio.timeout(WAIT_S):
        await server.arrived.wait()
    opening.cancel()
    await asyncio.wait([opening], timeout=WAIT_S)
    assert opening.cancelled()
    ours = [task for task in asyncio.all_tasks() - before if "dreamsync" in task.get_name()]
    assert ours == []


def test_waits_double_up_to_their_bound_and_jitter_makes_them_shorter() -> None:
    backoff = Backoff(lambda: 0.5)
    waits_s = [backoff.next_s() for _ in range(40)]
    assert waits_s[:3] == [0.125, 0.25, 0.5]
    assert max(waits_s) == BACKOFF_MAX_S / 2
    backoff.stood(0.5)
    assert backoff.next_s() == 0.5
    backoff.stood(STABLE_S)
    assert backoff.next_s(1.0) == 1.125
