"""Serves a fake world over a real WebSocket, and cuts its lines when told to."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from dreamsync.protocol.bounds import SUBPROTOCOL_JSON, SUBPROTOCOLS
from dreamsync.protocol.codec import decode_client, encode, encode_json
from dreamsync.protocol.fields import wire_map
from support.fake_server import FakeLine, FakeWorld

WAIT_S = 10.0


class HastyClock:
    """A clock whose sleeps take no time but are counted as if they had."""

    def __init__(self) -> None:
        self.slept_s: list[float] = []
        self._ahead_ms = 0

    def mono_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000 + self._ahead_ms

    async def sleep(self, wait_s: float) -> None:
        self.slept_s.append(wait_s)
        self._ahead_ms += int(wait_s * 1000)
        await asyncio.sleep(0)


class FakeServer:
    """The world, its lines and their sockets."""

    def __init__(self, world: FakeWorld) -> None:
        self.world = world
        self.lines: dict[FakeLine, ServerConnection] = {}
        self.url = ""
        self.connections = 0
        self.arrived = asyncio.Event()  # somebody has connected
        self.heard = asyncio.Event()  # a message was taken in
        self._left = asyncio.Event()  # somebody is gone
        self.is_deaf = False  # takes sockets and says nothing

    async def serve_one(self, socket: ServerConnection) -> None:
        """Carry one socket's messages."""
        self.connections += 1
        self.arrived.set()
        line = FakeLine(self.world)
        self.lines[line] = socket
        try:
            async for frame in socket:
                if not self.is_deaf:
                    line.receive(wire_map(decode_client(frame)))
                    self.heard.set()
                    await self.flush()
        except ConnectionClosed:
            pass
        finally:
            line.gone()
            self.lines.pop(line, None)
            self._left.set()

    async def flush(self) -> None:
        """Send what the world has to say, and close what it closed."""
        for line, socket in [*self.lines.items()]:
            is_json = socket.subprotocol == SUBPROTOCOL_JSON
            out, line.out = line.out, []
            for plain in out:
                await socket.send(encode_json(plain) if is_json else encode(plain))
            if line.close_code is not None:
                await socket.close(line.close_code)

    async def commit(self, changes: dict[str, object], text: str = "") -> None:
        """Let something happen in the world, and show it."""
        self.world.commit(changes, text)
        await self.flush()

    async def cut(self) -> None:
        """Break every line without a word, and wait until they are gone."""
        cut = {**self.lines}
        for line, socket in cut.items():
            line.gone()
            socket.transport.abort()
        async with asyncio.timeout(WAIT_S):
            while cut.keys() & self.lines.keys():
                self._left.clear()
                await self._left.wait()


@asynccontextmanager
async def fake_server(world: FakeWorld | None = None, port: int = 0) -> AsyncIterator[FakeServer]:
    """Serve a world on a loopback port."""
    made = FakeServer(world or FakeWorld())
    subprotocols = [Subprotocol(name) for name in SUBPROTOCOLS]
    server: Server
    async with serve(
        made.serve_one, "127.0.0.1", port, subprotocols=subprotocols, compression=None
    ) as server:
        made.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield made
        await made.cut()
