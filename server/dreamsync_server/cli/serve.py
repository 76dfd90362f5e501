"""`dreamsync serve`: the store, a node and the director as children under supervision."""

import asyncio
import contextlib
import logging
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable

from dreamsync_server.cli.child import ChildSettings
from dreamsync_server.cli.house import House, announce
from dreamsync_server.cli.supervisor import Child, ChildFailedError, python_module
from dreamsync_server.errors import OperatorError, StoreError
from dreamsync_server.host.lease import lease_of
from dreamsync_server.settings import Settings
from dreamsync_server.store.check import StoreProfile, check_store
from dreamsync_server.store.embedded import EmbeddedStore
from dreamsync_server.store.open import open_store
from dreamsync_server.telemetry import set_up_logging

log = logging.getLogger(__name__)

STORE_RESTART_S = 0.2
SOLO = "a crash of any process, a deploy, a power cut (every commit is fsynced); not a lost disk"


def serve(settings: Settings) -> int:
    """Serve until Ctrl-C; return the exit code."""
    set_up_logging(is_json=settings.log_json, is_verbose=settings.verbose)
    try:
        asyncio.run(_serve(settings))
    except OperatorError as error:
        print(f"dreamsync: {error}", file=sys.stderr)
        return 2
    except ChildFailedError:
        return 2  # the child has said why
    except KeyboardInterrupt:
        return 130
    return 0


async def _serve(settings: Settings) -> None:
    if settings.workers > 1 and not hasattr(socket, "SO_REUSEPORT"):
        raise OperatorError("this system cannot share a port: run one worker, or nodes on ports")
    if settings.dev and settings.workers > 1:
        raise OperatorError("--dev is for one worker: leave --workers out")
    settings = _with_free_port(settings)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    async with _store(settings, stop) as (url, survives):
        children = _children(settings, url)
        async with asyncio.TaskGroup() as group:
            works = [group.create_task(child.run()) for child in children]
            house = House(settings, url)
            poster = group.create_task(announce(house, survives, stop))
            await stop.wait()
            poster.cancel()
            print("dreamsync: closing; every world is kept", file=sys.stderr)
            for child in reversed(children):
                await child.stop()
            for work in works:
                await work


def what_it_survives(profile: StoreProfile) -> str:
    """Return in one line what a store that somebody else runs survives."""
    match profile.fsync:
        case "always":
            return f"{SOLO} ({profile.name})"
        case "":
            return f"what {profile.name} is set to survive; it does not tell how it syncs"
        case fsync:
            return (
                f"a crash of any process of ours; of {profile.name} the last second may be lost"
                f" (appendfsync {fsync}): set it to always"
            )


def _with_free_port(settings: Settings) -> Settings:
    """Return settings with a port that is free now; 0 becomes a number.

    Raises:
        OperatorError: something else listens there.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise OperatorError(
                f"port {settings.port} on {settings.host} cannot be had ({error.strerror}): "
                "stop what listens there, or choose another with --port"
            ) from error
        return settings.model_copy(update={"port": probe.getsockname()[1]})


@contextlib.asynccontextmanager
async def _store(settings: Settings, stop: asyncio.Event) -> AsyncIterator[tuple[str, str]]:
    """Give the URL of a store that runs, and what it survives; restart an embedded one."""
    if settings.store:
        profile = await check_store(settings.store)
        yield settings.store, what_it_survives(profile)
        return
    async with EmbeddedStore(settings.data_path) as store:
        watch = asyncio.create_task(_keep_store(store, stop))
        try:
            yield store.url, SOLO
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch


async def _keep_store(store: EmbeddedStore, stop: asyncio.Event) -> None:
    """Start the store again whenever it dies; what was acked is still there."""
    while True:
        code = await store.wait()
        log.warning("the store ended (code %d); starting it again", code)
        await asyncio.sleep(STORE_RESTART_S)
        try:
            await store.start()
        except OperatorError as error:
            log.error("%s", error)
            stop.set()
            return


def _children(settings: Settings, url: str) -> list[Child]:
    """The nodes and the director; each start has a name of its own in leases."""
    nodes = [_Named(settings, url, "node") for _ in range(settings.workers)]
    director = _Named(settings, url, "director")
    return [
        *(
            Child("a node", node.argv("dreamsync_server.cli.node_process"), node.free_lease)
            for node in nodes
        ),
        Child("the director", director.argv("dreamsync_server.cli.director_process")),
    ]


class _Named:
    """A kind of child: what it is told at each start, and its lease freed when it dies."""

    def __init__(self, settings: Settings, url: str, kind: str) -> None:
        self._settings = settings
        self._url = url
        self._kind = kind
        self._name = ""

    def argv(self, module: str) -> Callable[[], list[str]]:
        """Return what gives the command of the next start."""

        def next_start() -> list[str]:
            self._name = f"{self._kind}-{secrets.token_hex(4)}"
            told = ChildSettings(name=self._name, store_url=self._url, settings=self._settings)
            return python_module(module, told.model_dump_json())

        return next_start

    async def free_lease(self) -> None:
        """Let others have the dead child's worlds at once."""
        with contextlib.suppress(StoreError):
            store = open_store(self._url)
            try:
                await store.drop_lease(lease_of(self._name))
            finally:
                await store.close()
