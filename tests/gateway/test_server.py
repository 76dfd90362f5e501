"""The gateway of a node as one thing."""

import asyncio

import pytest
from support.lines import client_frame, open_client, plain_request, raw_client
from support.node import open_node

from dreamsync_server.clock import SystemClock
from dreamsync_server.errors import OperatorError
from dreamsync_server.gateway.hall import Hall
from dreamsync_server.gateway.server import GatewayServer
from dreamsync_server.settings import Settings
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.telemetry import Telemetry

DEADLINE_S = 30.0


class SilentStore(MemoryStore):
    """A store that can be told not to answer."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self.is_silent = False
        self.asked_in_vain = asyncio.Event()

    async def ping(self) -> bool:
        if self.is_silent:
            self.asked_in_vain.set()
        return not self.is_silent


def server_of(store: MemoryStore, **settings: object) -> GatewayServer:
    """Return a gateway without any packs or host."""
    telemetry = Telemetry(has_process=False)
    hall = Hall(store, SystemClock(), None, None, telemetry=telemetry)  # type: ignore[arg-type]
    return GatewayServer(Settings(**{"port": 0, **settings}), hall, telemetry)  # type: ignore[arg-type]


async def get(port: int, path: str) -> bytes:
    async with raw_client(port) as client:
        await client.send(plain_request(path))
        return await client.rest()


async def test_it_is_ready_while_the_store_answers() -> None:
    store = SilentStore()
    async with asyncio.timeout(DEADLINE_S), server_of(store) as server:
        assert (await get(server.port, "/readyz")).endswith(b"ready\n")
        store.is_silent = True
        await store.asked_in_vain.wait()
        answer = await get(server.port, "/readyz")
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert answer.endswith(b"the store does not answer\n")
        assert (await get(server.port, "/healthz")).endswith(b"ok\n")


async def test_a_node_that_drains_is_not_ready() -> None:
    async with asyncio.timeout(DEADLINE_S), server_of(MemoryStore(SystemClock())) as server:
        server.hall.drain()
        assert (await get(server.port, "/readyz")).endswith(b"the node is being stopped\n")


async def test_what_the_operator_set_is_kept() -> None:
    store = MemoryStore(SystemClock())
    token = "let-me-in"
    async with (
        asyncio.timeout(DEADLINE_S),
        server_of(store, operator_token=token, allow_origins=("https://friend.example",)) as server,
    ):
        assert server.trust.is_operator_token(token)
        assert b"dreamsync_connections" in await get(server.port, "/metrics")
        assert b"<h1>" in await get(server.port, "/")


async def test_a_port_in_use_leaves_nothing_running() -> None:
    store = MemoryStore(SystemClock())
    before = asyncio.all_tasks()
    async with server_of(store) as first:
        running = asyncio.all_tasks()
        with pytest.raises(OperatorError, match="is in use"):
            async with server_of(store, port=first.port):
                pytest.fail("two servers on one port")
        assert asyncio.all_tasks() == running
    assert asyncio.all_tasks() == before


async def test_a_first_message_that_is_no_hello_is_closed_by_policy() -> None:
    async with asyncio.timeout(DEADLINE_S), open_node() as node:
        async with open_client(node.server.port) as client:
            await client.send(client_frame(b"\xc1garbage"))
            assert (await client.closing()).close_code == 4000


async def test_a_flood_of_garbage_is_answered_for_a_while_and_then_cut() -> None:
    hello = b"\x84\xa4type\xa5hello\xa1v\x01\xa6client\xa1x\xa4lang\xa2en"
    async with asyncio.timeout(DEADLINE_S), open_node() as node, node.connect() as dream:
        async with open_client(node.server.port) as client:
            await client.send(client_frame(hello) + client_frame(b"\xc1") * 3_000)
            assert (await client.closing()).close_code == 4008
        assert node.count("errors_total", code="bad_message") > 50
        while not await dream.packs():  # the others are served; the first may find it reading
            await asyncio.sleep(0.01)
