"""Carries one session over WebSockets: opens, reads, writes, and comes back when a line is lost."""

import asyncio
import errno
import logging
import random
import ssl
import time
from collections.abc import Callable, Mapping
from socket import gaierror
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as connect_websocket
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from dreamsync.errors import (
    ClosedError,
    DreamsyncError,
    LineLostError,
    ProtocolFaultError,
    UnreachableError,
)
from dreamsync.notices import Broken, Live, Notice, Over
from dreamsync.protocol import bounds
from dreamsync.protocol.codec import ProtocolError, decode_server, encode, encode_json
from dreamsync.session import ClientSession, State

OPEN_S: Final = 10.0  # to a socket that speaks the protocol
ENTER_S: Final = 15.0  # from there until the session stands
SEND_S: Final = 10.0  # one message; beyond: the line is lost
CLOSE_S: Final = 2.0
BACKOFF_FIRST_S: Final = 0.25
BACKOFF_MAX_S: Final = 15.0
STABLE_S: Final = 10.0  # a line that stood this long makes the next wait short again
MOVED: Final = "node_draining"  # a line ended so is followed by the next at the time that was said
FLAPPING: Final = 2  # as how many failures a shorter one counts, at most
PATIENCE_S: Final = 300.0  # without a session before it is given up
_FRAMES_WAITING_MAX: Final = 64

_log = logging.getLogger("dreamsync")


class Clock(Protocol):
    """Where the time comes from; tests hand in one of their own."""

    def mono_ms(self) -> int:
        """Return milliseconds of a clock that never steps."""
        ...

    async def sleep(self, wait_s: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's clock."""

    def mono_ms(self) -> int:
        """Return milliseconds since some start."""
        return time.monotonic_ns() // 1_000_000

    async def sleep(self, wait_s: float) -> None:
        """Wait."""
        await asyncio.sleep(wait_s)


class Backoff:
    """How long to wait before the next line: twice as long each time, and anywhere below it."""

    def __init__(self, jitter: Callable[[], float]) -> None:
        self._jitter = jitter
        self._failures = 0

    def next_s(self, least_s: float = 0.0) -> float:
        """Return the next wait, `least_s` at least."""
        ceiling_s = min(BACKOFF_MAX_S, BACKOFF_FIRST_S * (1 << min(self._failures, 16)))
        self._failures += 1
        return least_s + self._jitter() * ceiling_s

    def stood(self, live_s: float) -> None:
        """Take note of a line on which the session stood for so long.

        One that breaks at once again and again is waited for, but not for long.
        """
        self._failures = 0 if live_s >= STABLE_S else min(self._failures, FLAPPING)


class Connection:
    """One session's way to a server, across as many sockets as it takes.

    `on_notice` is called with each notice of the session, in order, on the event loop. `jitter`
    gives a number in [0, 1).
    """

    def __init__(
        self,
        url: str,
        session: ClientSession,
        on_notice: Callable[[Notice], None],
        *,
        is_json: bool = False,
        tls: ssl.SSLContext | None = None,
        clock: Clock | None = None,
        jitter: Callable[[], float] = random.random,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._url = url
        self._session = session
        self._on_notice = on_notice
        self._subprotocol = bounds.SUBPROTOCOL_JSON if is_json else bounds.SUBPROTOCOL_MSGPACK
        self._encode: Callable[[Mapping[str, Any]], str | bytes] = (
            encode_json if is_json else encode
        )
        self._tls = tls
        self._clock = clock or SystemClock()
        self._backoff = Backoff(jitter)
        self._patience_ms = int(patience_s * 1000)
        self._wake = asyncio.Event()
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task: asyncio.Task[None] | None = None
        self._broken: Broken | None = None
        self._live_ms: int | None = None  # when the session last stood
        self._has_been_live = False
        self._has_stood = False  # the session stood on the last line

    @property
    def now_ms(self) -> int:
        """The time by the connection's clock."""
        return self._clock.mono_ms()

    async def open(self, timeout_s: float) -> None:
        """Open the first line and wait until the session stands. Call once.

        Raises:
            UnreachableError: nothing answered in time; nothing is retried the first time.
            DreamsyncError: what the server refused with.
        """
        self._task = asyncio.create_task(self._run(), name="dreamsync connection")
        is_open = False
        try:
            async with asyncio.timeout(timeout_s):
                await asyncio.shield(self._opened)
            is_open = True
        except TimeoutError:
            text = f"No session at {self._url} within {timeout_s:g} s."
            raise UnreachableError("timeout", text) from None
        finally:
            if not is_open:
                await self.close()

    def wake(self) -> None:
        """Say that the session may have something to send."""
        self._flush_notices()
        self._wake.set()

    async def close(self) -> None:
        """End the session on this side and close the socket. May be called twice."""
        self._session.end(None)
        self._flush_notices()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task], timeout=3 * CLOSE_S)
            if task.done() and not task.cancelled() and (error := task.exception()) is not None:
                _log.error("the connection broke off", exc_info=error)

    # The life of the connection.

    async def _run(self) -> None:
        try:
            await self._keep_up()
        finally:
            # Where this is a bug of ours, whoever waits must hear of it rather than wait for ever.
            self._session.end(ClosedError("internal", "The connection broke off.", "client"))
            self._flush_notices()

    async def _keep_up(self) -> None:
        while self._session.state is not State.OVER:
            why, retry_ms = await self._one_line()
            if self._is_over():
                break
            if not self._has_been_live and retry_ms is None:
                self._session.end(why)
                break
            since_ms = self.now_ms - self._live_ms if self._live_ms is not None else 0
            if since_ms > self._patience_ms:
                self._session.end(LineLostError("line_lost", f"Given up: {why.text}"))
                break
            is_planned, self._has_stood = self._has_stood and why.code == MOVED, False
            wait_s = (retry_ms or 0) / 1000
            if not is_planned:
                wait_s = self._backoff.next_s(wait_s)
            _log.info("line lost (%s), next try in %.2f s", why.text, wait_s)
            await self._clock.sleep(wait_s)

    def _is_over(self) -> bool:
        return self._session.state is State.OVER

    async def _one_line(self) -> tuple[DreamsyncError, int | None]:
        """Live through one socket; return why it ended, and when to come back if that was said."""
        try:
            async with asyncio.timeout(OPEN_S):
                socket = await self._dial()
        except TimeoutError:
            text = f"{self._url} did not answer in {OPEN_S:g} s."
            return UnreachableError("timeout", text), None
        except (OSError, WebSocketException, ValueError) as error:
            code, why_not = _why_not(error)
            text = f"{self._url} cannot be reached: {why_not}"
            return UnreachableError(code, text), None
        why = await self._talk(socket)
        self._session.line_down(socket.close_code)
        self._flush_notices()
        told = self._take_broken()
        return (why, None) if told is None else (told.error, told.retry_ms)

    async def _talk(self, socket: ClientConnection) -> DreamsyncError:
        """Carry the session over a socket until one of them ends; return why."""
        opened_ms = self.now_ms
        self._session.line_up()
        why: DreamsyncError = LineLostError("line_lost", "The server closed the line.")
        try:
            async with asyncio.TaskGroup() as group:
                writer = group.create_task(self._write(socket))
                try:
                    await self._read(socket)
                finally:
                    writer.cancel()
        except* ConnectionClosed:
            why = LineLostError("line_lost", "The line was lost.")
        except* TimeoutError:
            why = LineLostError("timeout", "The server did not let the session in, in time.")
        except* (ProtocolError, ProtocolFaultError) as group_of:
            why = ProtocolFaultError("bad_message", str(group_of.exceptions[0]))
            _log.warning("dropping the line: %s", why.text)
        finally:
            await self._hang_up(socket)
        if self._session.state is State.LIVE:
            self._live_ms, self._has_stood = self.now_ms, True
            self._backoff.stood((self.now_ms - opened_ms) / 1000)
        return why

    def _take_broken(self) -> Broken | None:
        told, self._broken = self._broken, None
        return told

    async def _dial(self) -> ClientConnection:
        host = urlsplit(self._url).hostname or ""
        is_near = host == "localhost" or host.startswith("127.") or host == "::1"
        is_tls = self._url.startswith("wss:")
        return await connect_websocket(
            self._url,
            ssl=(self._tls or True) if is_tls else None,
            subprotocols=[Subprotocol(self._subprotocol)],
            compression=None,
            proxy=None if is_near else True,
            open_timeout=OPEN_S,
            close_timeout=CLOSE_S,
            # Silence for IDLE_CUT_S is a lost line: a ping unanswered for the rest of it.
            ping_interval=bounds.IDLE_PING_S,
            ping_timeout=bounds.IDLE_CUT_S - bounds.IDLE_PING_S,
            max_size=bounds.SERVER_FRAME_BYTES_MAX,
            max_queue=_FRAMES_WAITING_MAX,
        )

    async def _hang_up(self, socket: ClientConnection) -> None:
        try:
            async with asyncio.timeout(2 * CLOSE_S):
                await socket.close()
        except (TimeoutError, OSError):
            socket.transport.abort()

    async def _read(self, socket: ClientConnection) -> None:
        """Read until the line or the session ends.

        Raises:
            ConnectionClosed, TimeoutError: the line is lost, the session did not stand in time.
            ProtocolError, ProtocolFaultError: what came may not come.
        """
        async with asyncio.timeout(ENTER_S) as deadline:
            async for frame in socket:
                self._session.received(decode_server(frame), self.now_ms)
                self._flush_notices()
                if self._broken is not None or self._is_over():
                    return
                if self._session.state is State.LIVE:
                    deadline.reschedule(None)
                self._wake.set()

    async def _write(self, socket: ClientConnection) -> None:
        """Send what there is to send, until the line ends; then make the reader see it."""
        try:
            while True:
                self._wake.clear()
                for plain in self._session.outgoing(self.now_ms):
                    async with asyncio.timeout(SEND_S):
                        await socket.send(self._encode(plain))
                await self._wait_for_work()
        except ConnectionClosed:
            return
        except TimeoutError:
            socket.transport.abort()

    async def _wait_for_work(self) -> None:
        at_ms = self._session.wake_at_ms
        wait_s = None if at_ms is None else max(0.0, (at_ms - self.now_ms) / 1000)
        try:
            async with asyncio.timeout(wait_s):
                await self._wake.wait()
        except TimeoutError:
            return

    def _flush_notices(self) -> None:
        for notice in self._session.notices():
            match notice:
                case Live():
                    self._has_been_live = True
                    self._live_ms = self.now_ms
                    if not self._opened.done():
                        self._opened.set_result(None)
                case Broken():
                    self._broken = notice
                case Over():
                    if not self._opened.done():
                        error = notice.error or UnreachableError(
                            "closed", "Closed before it opened."
                        )
                        self._opened.set_exception(error)
                        self._opened.exception()  # whoever opens may be gone by now
                case _:
                    pass  # for who holds the session
            self._on_notice(notice)


def _why_not(error: Exception) -> tuple[str, str]:
    """Return why a line could not be opened: a code, and as a person may read it."""
    match error:
        case ssl.SSLCertVerificationError():
            return "not_trusted", f"its certificate is not trusted ({error.verify_message})"
        case gaierror():
            return "unknown_name", f"its name is not known ({error.strerror})"
        case ConnectionRefusedError():
            return "nothing_there", "nothing listens there"
        case OSError() if error.errno is None and f"[Errno {errno.ECONNREFUSED}]" in str(error):
            # A name with several addresses, and nothing at any of them.
            return "nothing_there", "nothing listens there"
        case OSError():
            return "unreachable", error.strerror or str(error)
        case _:
            return "unreachable", str(error)
