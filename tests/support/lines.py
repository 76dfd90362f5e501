"""A listener on a real port with an echo behind every line, and raw clients to try it with."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dreamsync.protocol.bounds import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from dreamsync_server.clock import Clock, ManualClock
from dreamsync_server.gateway.auth import Trust
from dreamsync_server.gateway.http import Page, Site
from dreamsync_server.gateway.lines import Line
from dreamsync_server.gateway.listener import Listener, ListenOptions
from dreamsync_server.telemetry import Telemetry

DEADLINE_S = 10.0
TEXT, BINARY, CLOSE, PING, PONG, CONT = 1, 2, 8, 9, 10, 0
ONE_PAGE = {"/": Page.of(b"<!doctype html>" + b"<p>page</p>" * 40, "text/html; charset=utf-8")}


@dataclass
class Echo:
    """Sends back what it receives, and remembers everything it was told."""

    line: Line
    told: list[Any] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def received(self, payload: bytes | str) -> None:
        self._note(payload)
        if payload in (b"raise", "raise"):
            raise RuntimeError("a fault of ours")
        self.line.write(server_frame(payload))

    def answered(self, ping: bytes) -> None:
        self._note(("answered", ping))

    def late(self) -> None:
        self._note("late")

    def congested(self, is_congested: bool) -> None:
        self._note("congested" if is_congested else "drained")

    def lost(self, code: int) -> None:
        self._note(("lost", code))

    def _note(self, what: Any) -> None:
        self.told.append(what)
        self.changed.set()

    async def until(self, what: Any) -> None:
        """Wait until it was told something."""
        async with asyncio.timeout(DEADLINE_S):
            while what not in self.told:
                self.changed.clear()
                await self.changed.wait()


@dataclass
class Gate:
    """A listener under test."""

    listener: Listener
    clock: Clock
    telemetry: Telemetry
    echoes: list[Echo]
    joined: asyncio.Event

    @property
    def port(self) -> int:
        return self.listener.port

    def pass_time(self, seconds: float) -> None:
        """Let time pass by the manual clock, and what it asks for be done."""
        assert isinstance(self.clock, ManualClock)
        self.clock.advance(int(seconds * 1000))
        self.listener.tick()

    def count(self, name: str, **labels: str) -> float:
        return self.telemetry.registry.get_sample_value(f"dreamsync_{name}", labels) or 0.0

    async def echo(self, index: int) -> Echo:
        """Return who stands behind the line that came as the index-th, once it is there."""
        async with asyncio.timeout(DEADLINE_S):
            while len(self.echoes) <= index:
                self.joined.clear()
                await self.joined.wait()
        return self.echoes[index]


@contextlib.asynccontextmanager
async def open_gate(
    options: ListenOptions | None = None,
    trust: Trust | None = None,
    clock: Clock | None = None,
    site: Site | None = None,
) -> AsyncIterator[Gate]:
    """Open a listener on a free port of loopback."""
    trust = trust or Trust()
    telemetry = Telemetry(has_process=False)
    echoes: list[Echo] = []
    joined = asyncio.Event()

    def connect(line: Line) -> Echo:
        echoes.append(Echo(line))
        joined.set()
        return echoes[-1]

    clock = clock or ManualClock()
    listener = Listener(
        options or ListenOptions(),
        clock=clock,
        telemetry=telemetry,
        trust=trust,
        site=site or Site(ONE_PAGE, telemetry, trust),
        connect=connect,
    )
    async with listener:
        yield Gate(listener, clock, telemetry, echoes, joined)


class ServerFrame(NamedTuple):
    """A frame a server sent."""

    opcode: int
    payload: bytes

    @property
    def close_code(self) -> int:
        assert self.opcode == CLOSE
        return int.from_bytes(self.payload[:2], "big")


class RawClient:
    """A client that may send any bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._ahead = b""  # the next frame's first byte, where it was looked at already

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await asyncio.wait_for(self.writer.drain(), DEADLINE_S)

    async def upgrade(
        self, subprotocol: str = SUBPROTOCOL_MSGPACK, behind: bytes = b"", **headers: str
    ) -> None:
        """Do the handshake; `behind` follows it in the same segment."""
        await self.send(request(subprotocol=subprotocol, **headers) + behind)
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), DEADLINE_S)
        assert head.startswith(b"HTTP/1.1 101 "), head

    async def frame(self) -> ServerFrame:
        """Return the next frame; every server frame must be whole and unmasked."""
        async with asyncio.timeout(DEADLINE_S):
            ahead, self._ahead = self._ahead, b""
            first, second = ahead + await self.reader.readexactly(2 - len(ahead))
            length = second
            if second == 126:
                (length,) = struct.unpack("!H", await self.reader.readexactly(2))
            elif second == 127:
                (length,) = struct.unpack("!Q", await self.reader.readexactly(8))
            assert first & 0x80
            assert second < 128
            return ServerFrame(first & 0x0F, await self.reader.readexactly(length))

    async def is_at_end(self) -> bool:
        """Wait for more; return whether the line has ended instead."""
        try:
            async with asyncio.timeout(DEADLINE_S):
                first = await self.reader.readexactly(1)
        except asyncio.IncompleteReadError:
            return True
        self._ahead = first
        return False

    async def closing(self) -> ServerFrame:
        """Return the close frame, what comes before it passed by; then the line must end."""
        while (found := await self.frame()).opcode != CLOSE:
            pass
        assert await self.rest() == b""
        return found

    async def rest(self) -> bytes:
        """Return all there is up to the end of the line."""
        return await asyncio.wait_for(self.reader.read(), DEADLINE_S)

    async def end(self) -> None:
        self.writer.close()
        with contextlib.suppress(OSError, TimeoutError):  # the other end may have cut it
            await asyncio.wait_for(self.writer.wait_closed(), DEADLINE_S)


@contextlib.asynccontextmanager
async def raw_client(
    port: int, *, read_bytes: int = 2**16, **options: Any
) -> AsyncIterator[RawClient]:
    """Connect, without any handshake."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=read_bytes, **options)
    client = RawClient(reader, writer)
    try:
        yield client
    finally:
        await client.end()


@contextlib.asynccontextmanager
async def open_client(
    port: int, subprotocol: str = SUBPROTOCOL_MSGPACK
) -> AsyncIterator[RawClient]:
    """Connect and do the handshake."""
    async with raw_client(port) as client:
        await client.upgrade(subprotocol)
        yield client


def request(
    path: str = "/dream",
    method: str = "GET",
    subprotocol: str = SUBPROTOCOL_JSON,
    **headers: str,
) -> bytes:
    """Return a handshake; headers are given with `_` for `-`, and leave one out where empty."""
    lines = {
        "Host": "localhost",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": subprotocol,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    shown = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"{method} {path} HTTP/1.1\r\n{shown}\r\n".encode()


def plain_request(path: str, method: str = "GET", **headers: str) -> bytes:
    """Return a request without a handshake."""
    shown = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{shown}\r\n".encode()


def client_frame(
    payload: bytes = b"",
    opcode: int = BINARY,
    *,
    is_final: bool = True,
    mask: bytes = b"\x37\xfa\x21\x3d",
) -> bytes:
    """Return a frame as a client sends it."""
    head = bytes([(0x80 if is_final else 0) | opcode])
    length = len(payload)
    if length < 126:
        head += bytes([0x80 | length])
    elif length < 2**16:
        head += bytes([0x80 | 126]) + struct.pack("!H", length)
    else:
        head += bytes([0x80 | 127]) + struct.pack("!Q", length)
    key = int.from_bytes((mask * (length // 4 + 1))[:length], "big")
    return head + mask + (int.from_bytes(payload, "big") ^ key).to_bytes(length, "big")


def server_frame(payload: bytes | str) -> bytes:
    """Return a data frame as a server sends it."""
    data = payload.encode() if isinstance(payload, str) else payload
    opcode = TEXT if isinstance(payload, str) else BINARY
    length = len(data)
    if length < 126:
        return bytes([0x80 | opcode, length]) + data
    if length < 2**16:
        return bytes([0x80 | opcode, 126]) + struct.pack("!H", length) + data
    return bytes([0x80 | opcode, 127]) + struct.pack("!Q", length) + data
