"""`dreamsync serve`: the store, a node and the director as children under supervision."""

import asyncio
import contextlib
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence

from dreamsync_server.cli.child import TOLD, ChildSettings
from dreamsync_server.cli.house import House, announce
from dreamsync_server.cli.preflight import checked
from dreamsync_server.cli.storekeeper import keep_store
from dreamsync_server.cli.supervisor import Child, ChildFailedError, Ending, python_module
from dreamsync_server.errors import OperatorError, StoreError, first_of
from dreamsync_server.host.handing import tell_node
from dreamsync_server.host.lease import lease_of
from dreamsync_server.settings import Settings
from dreamsync_server.store.check import StoreProfile, check_store
from dreamsync_server.store.embedded import EmbeddedStore
from dreamsync_server.store.open import open_store
from dreamsync_server.store.port import Store
from dreamsync_server.store.profiles import SOLO
from dreamsync_server.telemetry import set_up_logging


def serve(settings: Settings) -> int:
    """Serve until Ctrl-C; return the exit code."""
    set_up_logging(is_json=settings.log_json, is_verbose=settings.verbose)
    try:
        return asyncio.run(_serve(settings))
    except OperatorError as error:
        print(f"dreamsync: {error}", file=sys.stderr)
        return 2
    except BaseExceptionGroup as group:
        if first_of(group, ChildFailedError) is None:
            raise
        return 2  # the child has said why
    except KeyboardInterrupt:
        return 130


async def _serve(settings: Settings) -> int:
    if settings.workers > 1 and not hasattr(socket, "SO_REUSEPORT"):
        raise OperatorError("this system cannot share a port: run one worker, or nodes on ports")
    if settings.dev and settings.workers > 1:
        raise OperatorError("--dev is for one worker: leave --workers out")
    settings = checked(settings)
    loop = asyncio.get_running_loop()
    stop = Ending()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    async with _store(settings, stop) as (url, kept):
        told = {"profile": kept.profile.name, "replicas": kept.replicas}
        settings = settings.model_copy(update=told)
        async with contextlib.AsyncExitStack() as stack:
            ties = open_store(url)
            stack.push_async_callback(ties.close)
            children = _children(settings, url, ties)
            async with asyncio.TaskGroup() as group:
                works = [group.create_task(child.run()) for child in children]
                house = House(settings, url)
                besides = [
                    group.create_task(announce(house, kept.survives, stop)),
                    group.create_task(_keep_rolling(children)),
                ]
                await stop.wait()
                for task in besides:
                    task.cancel()
                print("dreamsync: closing; every world is kept", file=sys.stderr)
                # All at once: a node that ends hands its worlds to those that do not.
                await asyncio.gather(*(child.stop() for child in children))
                for work in works:
                    await work
    return stop.code


async def _keep_rolling(children: Sequence[Child]) -> None:
    """At each SIGHUP replace every process by a new one, one at a time, so that nobody notices.

    The new one runs what is installed by then; it is ready before the old one hands over and ends.
    """
    is_told = asyncio.Event()
    with contextlib.suppress(NotImplementedError, AttributeError):  # Windows
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, is_told.set)
    while True:
        await is_told.wait()
        is_told.clear()
        done = [await child.replace() for child in children]
        print(f"dreamsync: {sum(done)} of {len(done)} processes were replaced", file=sys.stderr)


@contextlib.asynccontextmanager
async def _store(settings: Settings, stop: Ending) -> AsyncIterator[tuple[str, StoreProfile]]:
    """Give the URL of a store that runs, and what it keeps; restart an embedded one."""
    if settings.store:
        asked = (settings.store, settings.profile, settings.replicas)
        yield settings.store, await check_store(*asked)
        return
    if settings.profile not in ("", SOLO.name) or settings.replicas:
        raise OperatorError(
            "the store that comes along keeps the profile solo: for another name one with --store"
        )
    async with EmbeddedStore(settings.data_path) as store:
        watch = asyncio.create_task(keep_store(store, stop))
        try:
            yield store.url, StoreProfile(store.name, SOLO, 0)
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch


def _children(settings: Settings, url: str, ties: Store) -> list[Child]:
    """The nodes and the director; each start has a name of its own in leases."""
    kinds = [*("node" for _ in range(settings.workers)), "director"]
    return [_child(_Named(settings, url, kind, ties)) for kind in kinds]


def _child(named: "_Named") -> Child:
    name = "the director" if named.kind == "director" else "a node"
    return Child(name, named.next_start, named.died, named.is_ready, named.told())


class _Named:
    """A kind of child: what it is told at each start, and what is done when one of them dies."""

    def __init__(self, settings: Settings, url: str, kind: str, ties: Store) -> None:
        self.kind = kind
        self._settings = settings
        self._url = url
        self._ties = ties
        self._names: list[str] = []  # by start

    def next_start(self) -> list[str]:
        """Return the command of the next start."""
        self._names.append(f"{self.kind}-{secrets.token_hex(4)}")
        return python_module(f"dreamsync_server.cli.{self.kind}_process", self._names[-1])

    def told(self) -> dict[str, str]:
        """Return what each start finds in its environment, passwords included."""
        told = ChildSettings(name=self.kind, store_url=self._url, settings=self._settings)
        return {TOLD: told.model_dump_json()}

    async def is_ready(self, start: int) -> bool:
        """Return whether a start has been heard of."""
        try:
            return self._names[start - 1] in await self._ties.nodes()
        except StoreError:
            return False

    async def died(self, start: int) -> None:
        """Let others have at once what a dead child had."""
        name = self._names[start - 1]
        with contextlib.suppress(StoreError):
            await self._ties.drop_lease(lease_of(name))
            if self.kind == "node":
                await tell_node(self._ties, "", {"do": "gone", "by": name})
