"""The gateway of a node as one thing: its open port, its pages, and the hall behind them.

async with GatewayServer(settings, hall, telemetry) as server:
    server.port
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from dreamsync_server.gateway.auth import Trust
from dreamsync_server.gateway.hall import Hall
from dreamsync_server.gateway.http import Site, shipped_pages
from dreamsync_server.gateway.listener import Listener, ListenOptions
from dreamsync_server.limits import STORE_TIMEOUT_S
from dreamsync_server.settings import Settings
from dreamsync_server.telemetry import Telemetry

log = logging.getLogger(__name__)

STORE_ASKED_EVERY_S: Final = 1.0


class GatewayServer:
    """Serves clients between `__aenter__` and `__aexit__`, which sends them all to other nodes.

    `why_not_ready` says what else of the node is not ready ("" where all is): the host's lease.
    """

    def __init__(
        self,
        settings: Settings,
        hall: Hall,
        telemetry: Telemetry,
        *,
        why_not_ready: Callable[[], str] = lambda: "",
        is_shared: bool = False,
    ) -> None:
        """`is_shared`: other processes may open the same port beside this one, where they can."""
        self.hall = hall
        self.trust = Trust(
            proxies=settings.trusted_proxies,
            origins=settings.allow_origins,
            operator_token=settings.operator_token,
        )
        options = ListenOptions(
            settings.host,
            settings.port,
            tls_cert=settings.tls_cert,
            tls_key=settings.tls_key,
            is_shared=is_shared and hasattr(socket, "SO_REUSEPORT"),
        )
        self.listener = Listener(
            options,
            clock=hall.clock,
            telemetry=telemetry,
            trust=self.trust,
            site=Site(shipped_pages(), telemetry, self.trust, self.why_not_ready),
            connect=hall.connect,
        )
        self._why_not_ready = why_not_ready
        self._is_store_there = False
        self._running: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port that is open."""
        return self.listener.port

    def why_not_ready(self) -> str:
        """Return why the node should get no clients just now, in one sentence; "" where it may."""
        if self.hall.is_draining:
            return "the node is being stopped"
        if not self._is_store_there:
            return "the store does not answer"
        return self._why_not_ready()

    async def __aenter__(self) -> Self:
        """Open the port.

        Raises:
            OperatorError: it cannot be opened; the message says why.
        """
        await self._ask_store()
        await self.listener.__aenter__()
        self._running = asyncio.get_running_loop().create_task(self._run(), name="gateway")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take nobody in any more, say goodbye to everybody, and close the port."""
        self.listener.stop_listening()
        self.hall.drain()
        await self.listener.__aexit__(kind, error, trace)
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def until_broken(self) -> None:
        """Wait for as long as the gateway runs; a fault of ours that ends it is raised here."""
        assert self._running is not None, "the gateway was not opened"
        await asyncio.shield(self._running)

    async def _run(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.hall.run())
                group.create_task(self._keep_asking_store())
        except Exception:
            log.exception("the gateway's loops ended by a fault of ours")
            raise

    async def _keep_asking_store(self) -> None:
        while True:
            await asyncio.sleep(STORE_ASKED_EVERY_S)
            await self._ask_store()

    async def _ask_store(self) -> None:
        try:
            async with asyncio.timeout(STORE_TIMEOUT_S):
                self._is_store_there = await self.hall.store.ping()
        except TimeoutError:
            self._is_store_there = False
