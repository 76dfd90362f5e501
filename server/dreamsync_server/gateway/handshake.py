"""A connection's first bytes: one HTTP request in, what to answer out. No I/O.

The library reads the request and judges the handshake; this file finds the request's end, bounds
its length, and decides between the socket, a page and a refusal.
"""

from dataclasses import dataclass
from typing import Final, cast

from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.typing import LoggerLike, Subprotocol

from dreamsync.protocol.bounds import SOCKET_PATH, SUBPROTOCOLS
from dreamsync_server.gateway.auth import Trust, Visitor
from dreamsync_server.gateway.http import Site, only_get, plain_answer
from dreamsync_server.limits import FRAME_BYTES_MAX, HEAD_BYTES_MAX

SWITCHING: Final = 101
_END: Final = b"\r\n\r\n"
_WITH_A_BODY: Final = (b"POST /", b"PUT /", b"PATCH /", b"DELETE /")
_OFFERED: Final = tuple(Subprotocol(name) for name in SUBPROTOCOLS)


@dataclass(frozen=True, slots=True)
class Plain:
    """An answer in plain HTTP; the connection ends behind it. `result` says what it was:
    page, bad (no request or no handshake), draining."""

    answer: bytes
    result: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The handshake is done once `answer` is written. `rest` are bytes of frames already.

    `is_welcome` is False where the page that connects is of a foreign origin: a browser shows a
    page the close code, but not the status of a refused handshake.
    """

    answer: bytes
    rest: bytes
    visitor: Visitor
    subprotocol: str
    is_welcome: bool


class Handshake:
    """The request of one connection as it comes in."""

    __slots__ = ("_peer", "_protocol", "_seen", "_site", "_trust")

    def __init__(self, peer: str, trust: Trust, site: Site, logger: LoggerLike) -> None:
        self._peer = peer
        self._trust = trust
        self._site = site
        self._seen = b""
        self._protocol = ServerProtocol(
            subprotocols=_OFFERED, max_size=FRAME_BYTES_MAX, logger=logger
        )

    def feed(self, data: bytes, *, is_draining: bool = False) -> Plain | Opened | None:
        """Take bytes in; None while the request is not whole, after which nothing more is fed."""
        protocol = self._protocol
        self._seen += data
        end = self._seen.find(_END)
        rest = b"" if end < 0 else self._seen[end + len(_END) :]
        protocol.receive_data(data[: len(data) - len(rest)])
        events = protocol.events_received()
        if events:
            return self._judge(cast("Request", events[0]), rest, is_draining)
        if protocol.handshake_exc is not None or end >= 0:
            if self._seen.startswith(_WITH_A_BODY):  # the library reads none
                return Plain(only_get().serialize(), "bad")
            said = b"".join(protocol.data_to_send())
            return Plain(said or plainly(400, "That was no HTTP request.\n"), "bad")
        if len(self._seen) > HEAD_BYTES_MAX:
            return Plain(plainly(431, "The request is too long.\n"), "bad")
        return None

    def _judge(self, request: Request, rest: bytes, is_draining: bool) -> Plain | Opened:
        protocol = self._protocol
        visitor = self._trust.visitor(self._peer, request.headers)
        if request.path.partition("?")[0] != SOCKET_PATH:
            protocol.send_response(self._site.answer(request, visitor))
            return Plain(b"".join(protocol.data_to_send()), "page")
        if is_draining:
            return Plain(plainly(503, "The server is being stopped.\n"), "draining")
        response = protocol.accept(request)
        protocol.send_response(response)
        answer = b"".join(protocol.data_to_send())
        if response.status_code != SWITCHING:
            return Plain(answer, "bad")
        is_welcome = self._trust.allows_origin(request.headers)
        return Opened(answer, rest, visitor, protocol.subprotocol or "", is_welcome)


def plainly(status: int, text: str) -> bytes:
    """Return a whole plain answer of one line, as bytes."""
    return plain_answer(status, text).serialize()
