"""Opens the port, takes connections in, keeps their deadlines, and lets them go again.

async with Listener(options, ...) as listener:
    listener.port
"""

import asyncio
import contextlib
import errno
import logging
import pathlib
import resource
import socket
import ssl
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from dreamsync_server.clock import Clock
from dreamsync_server.errors import OperatorError
from dreamsync_server.gateway.admission import Admission
from dreamsync_server.gateway.auth import Trust
from dreamsync_server.gateway.deadlines import TICK_S, Deadlines
from dreamsync_server.gateway.http import Site
from dreamsync_server.gateway.lines import Common, Connect
from dreamsync_server.gateway.outbox import Outbox
from dreamsync_server.gateway.transport import ClientTransport
from dreamsync_server.gateway.wire import ParserPool
from dreamsync_server.limits import (
    ACCEPT_BACKLOG,
    CLOSE_S,
    CONNECTIONS_MAX,
    CONNECTIONS_PER_ADDRESS_MAX,
    HANDSHAKE_S,
    UNSENT_IN_KERNEL_BYTES,
)
from dreamsync_server.telemetry import Telemetry

LOOPBACKS: Final = ("127.0.0.1", "::1")
GOING_AWAY: Final = 1001
_SAME_PORT_TRIES: Final = 20
_OTHER_FILES: Final = 256  # of the process: the store, logs, those that are told it is full

log = logging.getLogger(__name__)
# The library's own words: at a finer level it would write whole frames, and with them tokens.
_library_log = logging.getLogger(f"{__name__}.websockets")
_library_log.setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class ListenOptions:
    """Where to listen. `host` 127.0.0.1 or localhost stands for loopback of both families.

    `port` 0 takes a free one. Certificate and key are PEM files, both or neither.
    """

    host: str = "127.0.0.1"
    port: int = 0
    tls_cert: str = ""
    tls_key: str = ""
    is_shared: bool = False  # other processes of ours listen on the same port; Linux and BSD
    connections_max: int = CONNECTIONS_MAX
    connections_per_address_max: int = CONNECTIONS_PER_ADDRESS_MAX


class Listener:
    """The open port and all its lines, between `__aenter__` and `__aexit__`."""

    def __init__(
        self,
        options: ListenOptions,
        *,
        clock: Clock,
        telemetry: Telemetry,
        trust: Trust,
        site: Site,
        connect: Connect,
    ) -> None:
        self._options = options
        self._clock = clock
        self._telemetry = telemetry
        self._trust = trust
        self._site = site
        self._connect = connect
        self._servers: list[asyncio.Server] = []
        self._ticking: asyncio.Task[None] | None = None
        self._common: Common | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        """Open the port.

        Raises:
            OperatorError: it cannot be opened; the message says why.
        """
        loop = asyncio.get_running_loop()
        tls = tls_context(self._options.tls_cert, self._options.tls_key)
        sockets = open_sockets(
            self._options.host, self._options.port, is_shared=self._options.is_shared
        )
        self.port = sockets[0].getsockname()[1]
        now_s = self._clock.mono_s()
        options = self._options
        common = self._common = Common(
            loop,
            self._clock,
            self._telemetry,
            self._trust,
            self._site,
            self._connect,
            Admission(
                min(options.connections_max, room_for_sockets(options.connections_max)),
                options.connections_per_address_max,
            ),
            Deadlines(now_s),
            Outbox(loop, self._telemetry),
            ParserPool(_library_log),
            _library_log,
        )
        for opened in sockets:
            server = await loop.create_server(
                lambda: ClientTransport(common),
                sock=opened,
                ssl=tls,
                ssl_handshake_timeout=None if tls is None else HANDSHAKE_S,
                ssl_shutdown_timeout=None if tls is None else CLOSE_S,
                backlog=ACCEPT_BACKLOG,
            )
            self._servers.append(server)
        self._ticking = loop.create_task(self._tick_on(), name="deadlines of lines")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the port and every line, politely for CLOSE_S."""
        self.stop_listening()
        for line in tuple(self.common.lines):
            line.close(GOING_AWAY, "the server was stopped")
        await self._until_empty()
        for line in tuple(self.common.lines):
            line.abort()
        await self._until_empty()
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)

    @property
    def common(self) -> Common:
        """What all lines share."""
        assert self._common is not None, "the listener was not opened"
        return self._common

    def stop_listening(self) -> None:
        """Take no more connections; those that are open go on."""
        self.common.is_draining = True
        for server in self._servers:
            server.close()

    def tick(self) -> None:
        """Let every line do what the time asks for. The listener does so by itself."""
        now_s = self._clock.mono_s()
        for line in self.common.deadlines.pop(now_s):
            line.due(now_s)

    async def _until_empty(self) -> None:
        if self.common.lines:
            with contextlib.suppress(TimeoutError):  # who has not gone by then is cut
                await asyncio.wait_for(self.common.emptied.wait(), CLOSE_S)

    async def _tick_on(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self.tick()


def open_sockets(host: str, port: int, *, is_shared: bool = False) -> list[socket.socket]:
    """Return bound sockets for a host, all with the same port; the first is the one to name.

    The kernel spreads connections over all processes whose sockets are shared.

    Raises:
        OperatorError: the address is not this machine's, the port is in use or not allowed.
    """
    wants_loopback = host in (*LOOPBACKS, "localhost")
    hosts = LOOPBACKS if wants_loopback and host != "::1" else (host,)
    tries = _SAME_PORT_TRIES if port == 0 else 1
    for attempt in range(tries):
        opened: list[socket.socket] = []
        try:
            for name in hosts:
                chosen = opened[0].getsockname()[1] if opened else port
                bound = _bind(name, chosen, is_optional=bool(opened), is_shared=is_shared)
                if bound is not None:
                    opened.append(bound)
        except OSError as error:
            for bound in opened:
                bound.close()
            if error.errno != errno.EADDRINUSE or attempt == tries - 1:
                raise OperatorError(_why_not(error, host, port)) from None
        else:
            return opened
    raise AssertionError("either bound or said why not")


def room_for_sockets(wanted: int) -> int:
    """Let the process have files for `wanted` sockets; return for how many it has.

    Beyond it the kernel would refuse to accept, for a second each time and for everybody; so the
    bound of connections is lowered to it, and those beyond are told.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    asked = wanted + _OTHER_FILES
    if soft == resource.RLIM_INFINITY or soft >= asked:
        return wanted
    limit = asked if hard == resource.RLIM_INFINITY else min(asked, hard)
    with contextlib.suppress(OSError, ValueError):  # macOS has a lower bound that it does not tell
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
        soft = limit
    if soft < asked:
        log.info("room for %d connections only: raise the limit of open files (ulimit -n)",
                    soft - _OTHER_FILES)  # fmt: skip
    return max(1, soft - _OTHER_FILES)


def tls_context(cert: str, key: str) -> ssl.SSLContext | None:
    """Return what speaks TLS with a certificate chain and its key; None where none is given.

    Raises:
        OperatorError: one of the two is missing, or they cannot be used.
    """
    if not cert and not key:
        return None
    if not cert or not key:
        raise OperatorError("TLS needs both a certificate and its key (--tls-cert, --tls-key)")
    for name in (cert, key):
        if not pathlib.Path(name).is_file():
            raise OperatorError(f"TLS: there is no file {name}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(cert, key)
    except (ssl.SSLError, OSError) as error:
        reason = getattr(error, "reason", None) or error.strerror or "unreadable"
        raise OperatorError(f"TLS: {cert} and {key} cannot be used: {reason}") from None
    return context


def _bind(host: str, port: int, *, is_optional: bool, is_shared: bool) -> socket.socket | None:
    """Return a socket bound to one address; None where it is optional and there is none such."""
    family, _, _, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    try:
        made = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        if is_optional:  # a kernel without IPv6
            return None
        raise
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_shared:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        # Connections inherit it: what the kernel may hold unsent is small, so that what a slow
        # client lets wait is seen here, and not hidden in megabytes of the kernel's.
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_IN_KERNEL_BYTES)
        if family == socket.AF_INET6:
            # "::" takes IPv4 as well; ::1 beside 127.0.0.1 must not.
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(host != "::"))
        made.bind(address)
    except OSError as error:
        made.close()
        if is_optional and error.errno == errno.EADDRNOTAVAIL:
            return None
        raise
    return made


def _why_not(error: OSError, host: str, port: int) -> str:
    if isinstance(error, socket.gaierror):
        return f"{host} is no address of this machine (--host)"
    match error.errno:
        case errno.EADDRINUSE:
            return f"port {port} is in use; stop what uses it or choose another with --port"
        case errno.EACCES:
            return f"port {port} is not yours to open; choose one above 1023 with --port"
        case errno.EADDRNOTAVAIL:
            return f"{host} is no address of this machine (--host)"
        case _:
            return f"cannot listen on {host} port {port}: {error.strerror}"
