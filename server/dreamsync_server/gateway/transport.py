"""One client's line: bytes of a socket to messages for whoever stands behind it, and back.

    HEAD ──request──► OPEN ──close, fault, flood, silence──► SHUT ──► GONE
      └──plain HTTP, refused, too slow──────────────────────►┘

HEAD reads one HTTP request, which the library judges. OPEN reads frames (`wire.py`), at most
FRAMES_PER_TURN of them before others have their turn, and writes prepared frames, once a turn
(`outbox.py`). SHUT has said its last word: it reads on only to throw away, so that the kernel does
not turn our close frame into a reset, and is cut after CLOSE_S. No task and no timer is held for
a connection: `Deadlines` calls `due`. A peer's fault costs one calm line in the log.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from enum import Enum
from typing import Any, Final, cast

from dreamsync.protocol.bounds import SUBPROTOCOL_JSON
from dreamsync.protocol.codes import CLOSE_BY_NAME, CLOSE_BY_NUMBER
from dreamsync_server.gateway.auth import Visitor, is_loopback
from dreamsync_server.gateway.handshake import Handshake, Opened, Plain, plainly
from dreamsync_server.gateway.lines import Common, Receiver
from dreamsync_server.gateway.sockets import direct_fd, peer_of, rest_of
from dreamsync_server.gateway.wire import (
    ABNORMAL,
    FLOOD,
    INTERNAL,
    UNSUPPORTED,
    Control,
    End,
    FrameReader,
    Message,
    close_frame,
    close_name,
    ping_frame,
)
from dreamsync_server.limits import (
    BUFFER_HARD_BYTES,
    BUFFER_SOFT_BYTES,
    BUFFER_STALLED_S,
    CLOSE_S,
    FRAMES_PER_TURN,
    HANDSHAKE_S,
    HELLO_S,
    HTTP_ANSWER_S,
    IDLE_CUT_S,
    IDLE_PING_S,
    REFUSED_LINGER_MAX,
)

log = logging.getLogger(__name__)

TOO_SLOW: Final = CLOSE_BY_NAME["too_slow"].number
ORIGIN: Final = CLOSE_BY_NAME["origin"].number
HELLO_TIMEOUT: Final = CLOSE_BY_NAME["hello_timeout"].number
_PING: Final = ping_frame()


class Stage(Enum):
    """How far a line has come."""

    HEAD = "head"
    OPEN = "open"
    SHUT = "shut"
    GONE = "gone"


class ClientTransport(asyncio.BufferedProtocol):
    """One client's line. It is made by the listener; `connect` gives it who stands behind it."""

    __slots__ = (
        "_code", "_common", "_counted_as", "_fd", "_greeted", "_handshake", "_has_entered",
        "_heard_s", "_is_paused", "_opened_s", "_pinged_s", "_reader", "_receiver", "_stage",
        "_stalled_s", "_transport", "due_slot", "subprotocol", "visitor",
    )  # fmt: skip

    def __init__(self, common: Common) -> None:
        self._common = common
        self._stage = Stage.HEAD
        self._transport = cast("asyncio.Transport", None)  # from connection_made on
        self._handshake: Handshake | None = None
        self._reader: FrameReader | None = None
        self._receiver: Receiver | None = None
        self._has_entered = self._greeted = self._is_paused = False
        self._counted_as = ""
        self._opened_s = self._heard_s = self._pinged_s = 0.0
        self._stalled_s: float | None = None
        self._code = ABNORMAL
        self._fd = -1
        self.visitor = Visitor("", is_local=False)
        self.subprotocol = ""
        self.due_slot = -1

    # --- for who stands behind it ----------------------------------------------------------

    def write(self, frame: bytes) -> None:
        """Write a prepared frame before the loop's next turn; no-op once the line is shut."""
        if self._stage is Stage.OPEN:
            self._common.outbox.put(self, frame)

    def close(self, code: int, text: str = "") -> None:
        """Write what was sent, close with a code and cut the line CLOSE_S later."""
        if self._stage is Stage.OPEN:
            self._shut(code, close_frame(code, text))

    def buffered(self) -> int:
        """Return what the socket has not taken yet; what was sent this turn is not counted."""
        return self._transport.get_write_buffer_size()

    def is_open(self) -> bool:
        """Return whether messages can be sent."""
        return self._stage is Stage.OPEN

    def abort(self) -> None:
        """Cut the line at once."""
        self._transport.abort()

    # --- what asyncio calls ----------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to read the request, or say that there are too many connections."""
        common = self._common
        self._transport = cast("asyncio.Transport", transport)
        self._opened_s = self._heard_s = common.clock.mono_s()
        peer = peer_of(transport)
        counted_as = "" if is_loopback(peer) or common.trust.is_proxy(peer) else peer
        self.visitor = Visitor(peer, is_local=False)
        common.add(self)
        self._has_entered = common.admission.enter(counted_as)
        if not self._has_entered:
            self._refuse()
            return
        self._counted_as = counted_as
        common.telemetry.connections.inc()
        self._fd = direct_fd(transport)
        self._transport.set_write_buffer_limits(BUFFER_SOFT_BYTES, BUFFER_SOFT_BYTES // 4)
        self._handshake = Handshake(peer, common.trust, common.site, common.library_log)
        common.deadlines.put(self, self._opened_s + HANDSHAKE_S)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return where the next bytes go."""
        return self._common.read

    def buffer_updated(self, nbytes: int) -> None:
        """Take in what was read."""
        if self._stage is Stage.SHUT:
            return
        data = bytes(self._common.read[:nbytes])
        self._common.telemetry.bytes_in.inc(nbytes)
        self._safely(self._take_in, data)

    def eof_received(self) -> bool:
        """Close as well, behind what was sent this turn: half a line is of no use."""
        if self._stage is Stage.OPEN or self._stage is Stage.HEAD:
            self._transport.write(self._common.outbox.take(self))
            self._stage = Stage.SHUT
            self._common.loop.call_soon(self._part, ABNORMAL)
            self._common.deadlines.put(self, self._common.clock.mono_s() + CLOSE_S)
        return False

    def pause_writing(self) -> None:
        """Tell who stands behind that the client does not keep up."""
        self._stalled_s = self._common.clock.mono_s()
        self._plan()
        if self._receiver is not None:
            self._receiver.congested(True)

    def resume_writing(self) -> None:
        """Tell who stands behind that the client has caught up."""
        self._stalled_s = None
        if self._receiver is not None:
            self._receiver.congested(False)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of everything."""
        common = self._common
        common.remove(self)
        self._part(self._code)
        self._stage = Stage.GONE
        self._reader = self._handshake = None
        if not self._has_entered:
            common.lingering -= 1
            return
        common.admission.leave(self._counted_as)
        common.telemetry.connections.dec()
        if self.subprotocol:
            self._note_end()

    # --- what the outbox and the deadlines call --------------------------------------------

    def write_now(self, data: bytes) -> None:
        """Give bytes to the socket; cut a client that lets more than BUFFER_HARD_BYTES wait."""
        if self._stage is not Stage.OPEN:
            return
        waiting = self._transport.get_write_buffer_size()
        if waiting > BUFFER_HARD_BYTES:
            self._cut_slow("too much is waiting to be read")
        elif waiting or self._fd < 0 or (data := rest_of(self._fd, data)):
            self._transport.write(data)

    def due(self, now_s: float) -> None:
        """Do what the time asks for."""
        self._safely(self._due, now_s)

    def _due(self, now_s: float) -> None:
        match self._stage:
            case Stage.HEAD:
                self._common.telemetry.handshakes.labels("timeout").inc()
                self._finish(plainly(408, "No request came in time.\n"), linger_s=CLOSE_S)
            case Stage.OPEN:
                self._due_open(now_s)
            case Stage.SHUT | Stage.GONE:
                self._transport.abort()

    # --- the request -----------------------------------------------------------------------

    def _take_head(self, data: bytes) -> None:
        common = self._common
        assert self._handshake is not None
        match self._handshake.feed(data, is_draining=common.is_draining):
            case Plain(answer, result):
                if result != "page":
                    common.telemetry.handshakes.labels(result).inc()
                self._finish(answer)
            case Opened() as opened:
                self._open(opened)
            case None:
                pass

    def _open(self, opened: Opened) -> None:
        common = self._common
        if common.trust.is_proxy(self.visitor.address):  # only now is it known for whom
            if not common.admission.add(opened.visitor.address):
                common.telemetry.handshakes.labels("full").inc()
                self._finish(plainly(503, "Too many connections from your address.\n"))
                return
            self._counted_as = opened.visitor.address
        self.visitor = opened.visitor
        self.subprotocol = opened.subprotocol
        self._handshake = None
        self._transport.write(opened.answer)
        self._stage = Stage.OPEN
        if not opened.is_welcome:
            common.telemetry.handshakes.labels("origin").inc()
            self.close(ORIGIN, f"origin: {CLOSE_BY_NUMBER[ORIGIN].meaning}")
            return
        common.telemetry.handshakes.labels("ok").inc()
        self._reader = FrameReader(common.pool)
        self._opened_s = self._heard_s = self._pinged_s = common.clock.mono_s()
        self._receiver = common.connect(self)
        self._plan()
        if opened.rest and self._reader is not None:
            self._reader.feed(opened.rest)
            self._read_on()

    def _refuse(self) -> None:
        """Say that there are too many connections; beyond REFUSED_LINGER_MAX just cut."""
        common = self._common
        common.lingering += 1
        common.telemetry.handshakes.labels("full").inc()
        if common.lingering > REFUSED_LINGER_MAX:
            self._stage = Stage.SHUT
            self._transport.abort()
        else:
            self._finish(plainly(503, "Too many connections.\n"), linger_s=CLOSE_S)

    def _finish(self, answer: bytes, *, linger_s: float = HTTP_ANSWER_S) -> None:
        """Write a plain answer and be done."""
        self._handshake = None
        self._stage = Stage.SHUT
        self._transport.write(answer)
        self._shut_writing(linger_s)

    # --- what comes in ---------------------------------------------------------------------

    def _take_in(self, data: bytes) -> None:
        if self._stage is Stage.HEAD:
            self._take_head(data)
        elif self._reader is not None:
            self._reader.feed(data)
            self._read_on()

    def _read_on(self) -> None:
        """Take in whole frames, a turn's worth at most; leave the rest to the next turn."""
        reader = self._reader
        if reader is None or self._stage is not Stage.OPEN:
            return
        now_s = self._common.clock.mono_s()
        for _ in range(FRAMES_PER_TURN):
            received = reader.next(now_s)
            if received is None:
                if self._is_paused:
                    self._is_paused = False
                    self._transport.resume_reading()
                return
            self._heard_s = now_s
            if type(received) is Message:
                self._take_message(received.payload)
            elif type(received) is Control:
                if received.answer:
                    self._common.outbox.put(self, received.answer)
                elif received.pong and self._receiver is not None:
                    self._receiver.answered(received.pong)
            elif type(received) is End:
                self._ended(received)
            if not self.is_open():
                return
        if not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()
        self._common.loop.call_soon(self._safely, self._read_on)

    def _take_message(self, payload: bytes | str) -> None:
        self._greeted = True
        self._common.telemetry.messages_in.inc()
        if (type(payload) is str) is not (self.subprotocol == SUBPROTOCOL_JSON):
            self.close(UNSUPPORTED, "the sub-protocol has another kind of frame")
            return
        assert self._receiver is not None
        self._receiver.received(payload)

    def _ended(self, end: End) -> None:
        if end.code == FLOOD:
            self._common.telemetry.floods_cut.inc()
        self._shut(end.code, end.answer)

    # --- the end ---------------------------------------------------------------------------

    def _due_open(self, now_s: float) -> None:
        if not self._greeted and now_s >= self._opened_s + HELLO_S:
            if self._receiver is not None:
                self._receiver.late()
            self.close(HELLO_TIMEOUT, "hello_timeout")
        elif self._stalled_s is not None and now_s >= self._stalled_s + BUFFER_STALLED_S:
            self._cut_slow("nothing was read for too long")
        elif now_s >= self._heard_s + IDLE_CUT_S:
            self._cut_slow("nothing was heard for too long")
        else:
            if now_s >= max(self._heard_s, self._pinged_s) + IDLE_PING_S:
                self._pinged_s = now_s
                self._common.outbox.put(self, _PING)
            self._plan()

    def _plan(self) -> None:
        """Set the one deadline to the first thing that time will ask for."""
        if self._stage is not Stage.OPEN:
            return
        due_s = min(max(self._heard_s, self._pinged_s) + IDLE_PING_S, self._heard_s + IDLE_CUT_S)
        if not self._greeted:
            due_s = min(due_s, self._opened_s + HELLO_S)
        if self._stalled_s is not None:
            due_s = min(due_s, self._stalled_s + BUFFER_STALLED_S)
        self._common.deadlines.put(self, due_s)

    def _cut_slow(self, reason: str) -> None:
        self._common.telemetry.slow_cut.inc()
        self._shut(TOO_SLOW, close_frame(TOO_SLOW, f"too_slow: {reason}"))

    def _safely(self, step: Callable[..., None], *arguments: Any) -> None:
        """Take a step; a fault of ours in it is noted and costs this line, the others go on."""
        try:
            step(*arguments)
        except Exception:
            log.exception("the line of %s is closed by a fault of ours", self.visitor.address)
            if self._stage is Stage.OPEN:
                self._shut(INTERNAL, close_frame(INTERNAL, "internal"))
            else:
                self._transport.abort()

    def _shut(self, code: int, answer: bytes) -> None:
        """Write the last word and end the conversation."""
        self._stage, self._code = Stage.SHUT, code
        self._transport.write(self._common.outbox.take(self) + answer)
        self._reader = None
        self._common.loop.call_soon(self._part, code)
        self._shut_writing(CLOSE_S)

    def _shut_writing(self, linger_s: float) -> None:
        self._common.deadlines.put(self, self._common.clock.mono_s() + linger_s)
        if self._is_paused:
            self._is_paused = False
            self._transport.resume_reading()
        if self._transport.can_write_eof():
            with contextlib.suppress(OSError):  # a line torn meanwhile has nothing left to shut
                self._transport.write_eof()
        else:  # TLS has no half of a line to shut
            self._transport.close()

    def _part(self, code: int) -> None:
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            receiver.lost(code)

    def _note_end(self) -> None:
        name, who = close_name(self._code), self.visitor.address
        self._common.telemetry.closes.labels(name).inc()
        after_s = self._common.clock.mono_s() - self._opened_s
        log.info("client %s left after %.1f s: %d %s", who, after_s, self._code, name)
