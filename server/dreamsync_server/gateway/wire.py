"""Bytes of a websocket client to messages, with its control frames metered. No I/O.

Theory of operation. A frame's bytes are gathered until it is whole, and only then handed to the
library's parser, one frame at a time. So the parser is in no frame between two frames, and one
parser serves many connections in turn: a connection keeps one for itself only while a message
of several fragments comes in. An idle connection holds no parser at all (5 KiB each).

Control frames are counted before the parser sees them, since it answers pings by itself: a client
that sends ten thousand pings in one segment gets `control_burst` answers and is cut.

The scan here reads lengths only. What is right and wrong in a frame (masks, reserved bits, order,
sizes, close codes) is the library's to judge; a frame it cannot take ends the connection.
"""

from dataclasses import dataclass
from typing import Final

from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import LoggerLike

from dreamsync.protocol.codes import CLOSE_BY_NAME, CLOSE_BY_NUMBER
from dreamsync_server.gateway.ratelimit import TokenBucket
from dreamsync_server.limits import (
    CONTROL_BURST,
    CONTROL_PER_S,
    FRAGMENTS_MAX,
    FRAME_BYTES_MAX,
)

UNSUPPORTED: Final = 1003
ABNORMAL: Final = 1006  # never on the wire: the line was lost
INVALID_DATA: Final = 1007
INTERNAL: Final = 1011
FLOOD: Final = CLOSE_BY_NAME["flood"].number
PROTOCOL: Final = CLOSE_BY_NAME["protocol"].number
PARSERS_KEPT: Final = 8
CLOSE_REASON_BYTES_MAX: Final = 123
_STANDARD_NAMES: Final = {
    1000: "normal",
    1001: "going_away",
    1002: "protocol_error",
    UNSUPPORTED: "unsupported",
    1005: "no_code",
    ABNORMAL: "lost",
    INVALID_DATA: "invalid_data",
    1009: "too_big",
    INTERNAL: "internal",
}
_LENGTH_16: Final = 126
_LENGTH_64: Final = 127
_CONTROL: Final = 0x8


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message: str of a text message, bytes of a binary one."""

    payload: bytes | str


@dataclass(frozen=True, slots=True)
class Control:
    """A ping or pong; `answer` is to be written, empty where there is nothing to say.

    `pong` is what a pong holds: what was asked in the ping that it answers; None for a ping.
    """

    answer: bytes
    pong: bytes | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A fragment that does not end its message."""


@dataclass(frozen=True, slots=True)
class End:
    """The conversation is over; nothing more is read.

    `answer` is to be written (a close frame, or an echo of one), then the line is shut. `code` is
    the close code that was sent, `reason` its words; `is_ours` where the peer broke a rule, not
    where it closed.
    """

    code: int
    reason: str
    answer: bytes
    is_ours: bool


Received = Message | Control | Part | End


class ParserPool:
    """Parsers of the library that are in no frame and in no message."""

    __slots__ = ("_free", "_logger")

    def __init__(self, logger: LoggerLike) -> None:
        self._logger = logger
        self._free: list[ServerProtocol] = []

    def lend(self) -> ServerProtocol:
        """Return a parser of an open connection; a new one where none is free."""
        if self._free:
            return self._free.pop()
        return ServerProtocol(state=State.OPEN, max_size=FRAME_BYTES_MAX, logger=self._logger)

    def give_back(self, parser: ServerProtocol) -> None:
        """Take a parser back that has read whole frames only and ended the message they made."""
        assert parser.state is State.OPEN, "a parser that has failed serves nobody any more"
        if len(self._free) < PARSERS_KEPT:
            self._free.append(parser)


class FrameReader:
    """The inbound side of one connection."""

    __slots__ = ("_at", "_bytes", "_control", "_is_over", "_is_text", "_parser", "_parts", "_pool")

    def __init__(self, pool: ParserPool) -> None:
        self._pool = pool
        self._bytes = b""
        self._at = 0  # where in _bytes the next frame begins
        self._parser: ServerProtocol | None = None  # kept while a message is in parts
        self._parts: list[bytes] | None = None
        self._is_text = False
        self._control: TokenBucket | None = None
        self._is_over = False

    def feed(self, data: bytes) -> None:
        """Take in what was read from the line."""
        rest = self._bytes[self._at :] if self._at < len(self._bytes) else b""
        self._bytes = rest + data if rest else data
        self._at = 0

    def next(self, now_s: float) -> Received | None:
        """Return what the next whole frame brings; None until there is one, and after an End."""
        if self._is_over:
            return None
        size = _frame_size(self._bytes, self._at)
        if size > FRAME_BYTES_MAX + 14:  # too big by its own word: the parser says so at once
            size = len(self._bytes) - self._at
        elif size == 0 or self._at + size > len(self._bytes):
            return None
        chunk = self._bytes[self._at : self._at + size]
        self._at += size
        if self._at == len(self._bytes):
            self._bytes, self._at = b"", 0
        opcode = chunk[0] & 0x0F
        if opcode & _CONTROL and opcode != Opcode.CLOSE and not self._take_control(now_s):
            return self._end(FLOOD, "flood")
        return self._parse(chunk)

    def _take_control(self, now_s: float) -> bool:
        if self._control is None:
            self._control = TokenBucket(CONTROL_PER_S, CONTROL_BURST, now_s)
        return self._control.take(now_s)

    def _parse(self, chunk: bytes) -> Received:
        parser = self._parser or self._pool.lend()
        self._parser = None
        parser.receive_data(chunk)
        events = parser.events_received()
        answer = b"".join(parser.data_to_send())
        if parser.state is not State.OPEN:
            return self._over(parser, answer)
        assert len(events) == 1, "the scan and the parser differ on where a frame ends"
        frame = events[0]
        assert isinstance(frame, Frame)
        received = self._received(frame, answer)
        if self._is_over:
            return received
        if self._parts is None:
            self._pool.give_back(parser)
        else:
            self._parser = parser
        return received

    def _received(self, frame: Frame, answer: bytes) -> Received:
        data = bytes(frame.data)
        if frame.opcode is Opcode.PING:
            return Control(answer)
        if frame.opcode is Opcode.PONG:
            return Control(answer, data)
        if frame.opcode is not Opcode.CONT:
            self._is_text = frame.opcode is Opcode.TEXT
            if frame.fin:
                return self._message(data)
            self._parts = [data]
            return Part()
        assert self._parts is not None, "the parser takes no continuation of nothing"
        self._parts.append(data)
        if not frame.fin:
            if len(self._parts) >= FRAGMENTS_MAX:
                return self._end(PROTOCOL, f"a message comes in at most {FRAGMENTS_MAX} frames")
            return Part()
        whole, self._parts = b"".join(self._parts), None
        return self._message(whole)

    def _message(self, data: bytes) -> Received:
        if not self._is_text:
            return Message(data)
        try:
            return Message(data.decode())
        except UnicodeDecodeError:
            return self._end(INVALID_DATA, "a text message is not UTF-8")

    def _over(self, parser: ServerProtocol, answer: bytes) -> End:
        """Return how the parser ended the connection, by the peer's close or by its fault."""
        self._forget()
        if parser.parser_exc is None and parser.close_rcvd is not None:
            return End(parser.close_rcvd.code, parser.close_rcvd.reason, answer, is_ours=False)
        sent = parser.close_sent
        code, reason = (ABNORMAL, "") if sent is None else (sent.code, sent.reason)
        return End(code, reason, answer, is_ours=True)

    def _end(self, code: int, reason: str) -> End:
        self._forget()
        return End(code, reason, close_frame(code, reason), is_ours=True)

    def _forget(self) -> None:
        self._is_over = True
        self._bytes, self._at = b"", 0
        self._parser = self._parts = None


def close_frame(code: int, reason: str) -> bytes:
    """Return a close frame as a server sends it; a reason that is too long is cut short.

    Source: RFC 6455, section 5.5.1.
    """
    words = reason.encode()[:CLOSE_REASON_BYTES_MAX].decode(errors="ignore").encode()
    payload = code.to_bytes(2, "big") + words
    return bytes((0x80 | Opcode.CLOSE, len(payload))) + payload


def close_name(code: int) -> str:
    """Return a close code's name, `other` for one that a peer made up."""
    known = CLOSE_BY_NUMBER.get(code)
    return known.name if known else _STANDARD_NAMES.get(code, "other")


def ping_frame(payload: bytes = b"") -> bytes:
    """Return a ping as a server sends it; its pong holds the same, of at most 125 bytes."""
    return bytes((0x80 | Opcode.PING, len(payload))) + payload


def _frame_size(data: bytes, at: int) -> int:
    """Return the bytes a client's frame at `at` takes, its header counted; 0 while unknown."""
    have = len(data) - at
    if have < 2:
        return 0
    second = data[at + 1]
    mask = 4 if second & 0x80 else 0
    length = second & 0x7F
    if length < _LENGTH_16:
        return 2 + mask + length
    if length == _LENGTH_16:
        return 0 if have < 4 else 4 + mask + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0 if have < 10 else 10 + mask + int.from_bytes(data[at + 2 : at + 10], "big")
