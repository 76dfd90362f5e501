"""Between one client and the node: keeps every byte that the node sent, and cuts the line.

Frames of a server are not masked and not compressed here, so what is kept can be searched as it
is, and read again as the messages that the client was sent.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Literal

from support.carrier import CHUNK_BYTES, Carrier, Pair, Streams

from dreamsync.protocol.codec import decode_server
from dreamsync.protocol.server_messages import ServerMessage

Way = Literal["down", "up"]  # from the node, to the node
_TEXT, _BINARY = 1, 2


@dataclass(eq=False)
class Line(Pair):
    """One connection: what came down, with the moment of each piece."""

    pieces: list[tuple[int, bytes]] = field(default_factory=list)

    def messages(self) -> Iterator[tuple[int, ServerMessage]]:
        """Yield the whole messages that came, with the moment at which each was whole."""
        buffer, has_head = bytearray(), False
        for tick, some in self.pieces:
            buffer += some
            if not has_head:
                _, end, rest = buffer.partition(b"\r\n\r\n")
                if not end:
                    continue
                has_head, buffer = True, rest
            while (frame := _take_frame(buffer)) is not None:
                opcode, payload = frame
                if opcode in (_TEXT, _BINARY):
                    told = payload.decode() if opcode == _TEXT else payload
                    yield tick, decode_server(told)


def _take_frame(buffer: bytearray) -> tuple[int, bytes] | None:
    """Take one whole frame of a server out of a buffer."""
    if len(buffer) < 2:
        return None
    length, start = buffer[1] & 0x7F, 2
    if length > 125:
        start = 4 if length == 126 else 10
        length = int.from_bytes(buffer[2:start], "big")
    if len(buffer) < start + length:
        return None
    assert buffer[0] & 0x80, "a server of ours sends no fragments"
    frame = buffer[0] & 0x0F, bytes(buffer[start : start + length])
    del buffer[: start + length]
    return frame


class LineTap(Carrier[Line]):
    """Carries one client, line after line, to the node's port.

    Where several nodes serve, `node_port` is called for each new line: a load balancer's choice.
    """

    def __init__(self, node_port: int | Callable[[], tuple[str, int]], tick: Iterator[int]) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self.cuts = 0  # made here, by bytes or by `cut`
        self.lines_cut = 0  # number of the last line that was cut, from 1
        self._node_port = node_port
        self._tick = tick
        self._left: tuple[Way, int] | None = None

    @property
    def url(self) -> str:
        """What a client connects to."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def is_open(self) -> bool:
        """Whether the client has a line now."""
        return bool(self.pairs)

    @property
    def raw(self) -> bytes:
        """Every byte that came down, on all lines; lines are kept apart by a zero byte."""
        return b"\0".join(b"".join(some for _, some in line.pieces) for line in self.lines)

    def messages(self) -> Iterator[tuple[int, ServerMessage]]:
        """Yield every message that came, in order."""
        for line in self.lines:
            yield from line.messages()

    def cut_after(self, way: Way, count_bytes: int) -> None:
        """Cut when so many more bytes have gone one way; what is beyond is not passed on."""
        self._left = (way, count_bytes)

    def cut(self) -> None:
        """Cut now."""
        for line in tuple(self.pairs):
            self._note_cut(line)
            line.cut()

    def _note_cut(self, line: Line) -> None:
        self.cuts += 1
        self.lines_cut = max(self.lines_cut, self.lines.index(line) + 1)

    async def reach(self) -> Streams:
        """Connect to the node, or to the one that is chosen for this line."""
        node = self._node_port
        return await asyncio.open_connection(*(node() if callable(node) else ("127.0.0.1", node)))

    def paired(self, client: asyncio.StreamWriter, beyond: asyncio.StreamWriter) -> Line:
        """Begin a line."""
        line = Line(client, beyond)
        self.lines.append(line)
        return line

    def works(
        self, client: asyncio.StreamReader, beyond: asyncio.StreamReader, pair: Line
    ) -> tuple[Coroutine[None, None, None], Coroutine[None, None, None]]:
        """Return what carries bytes up and down."""
        return self._pump(client, pair, "up"), self._pump(beyond, pair, "down")

    async def _pump(self, reader: asyncio.StreamReader, line: Line, way: Way) -> None:
        writer = line.client if way == "down" else line.beyond
        try:
            while some := await reader.read(CHUNK_BYTES):
                some, is_last = self._within(way, some)
                if way == "down":
                    line.pieces.append((next(self._tick), some))
                writer.write(some)
                if is_last:
                    self._note_cut(line)
                    return
                await writer.drain()
        except OSError:
            return

    def _within(self, way: Way, some: bytes) -> tuple[bytes, bool]:
        """Return what of some bytes may pass, and whether the line is cut behind them."""
        if self._left is None or self._left[0] != way:
            return some, False
        left = self._left[1] - len(some)
        if left > 0:
            self._left = (way, left)
            return some, False
        self._left = None
        return some[: len(some) + left], True
