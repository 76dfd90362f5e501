"""How a node is put together: store, packs, host and gateway, joined in one loop."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from dreamsync_server.cli.about import about_process
from dreamsync_server.cli.child import ChildSettings
from dreamsync_server.cli.house import House
from dreamsync_server.cli.metering import Metering
from dreamsync_server.cli.pack_cache import own_cache
from dreamsync_server.cli.shelf import PackShelf
from dreamsync_server.cli.workbench import Workbench
from dreamsync_server.clock import SystemClock
from dreamsync_server.gateway.hall import Hall
from dreamsync_server.gateway.server import GatewayServer
from dreamsync_server.gateway.shelf import Submit
from dreamsync_server.gateway.tokens import Tokens
from dreamsync_server.host.direct import Direct
from dreamsync_server.host.lane import Why
from dreamsync_server.host.node import HostNode
from dreamsync_server.host.owner import RefusedError
from dreamsync_server.store.port import Store
from dreamsync_server.telemetry import Telemetry
from dreamsync_server.world.commit import Commit, Proposal


class Node:
    """A node that serves: its host, its hall, and the port it listens on."""

    def __init__(self, store: Store, host: HostNode, hall: Hall, server: GatewayServer) -> None:
        self.store = store
        self.host = host
        self.hall = hall
        self.server = server

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self.server.port

    async def drain(self) -> None:
        """Take nobody in any more, hand the worlds to other nodes, then send the clients there.

        While the worlds change hands the clients are served as before, as those of a follower.
        """
        self.server.listener.stop_listening()
        await self.host.hand_over()
        await self.hall.move_out(has_refuge=bool(self.host.peers.refuge()))


@contextlib.asynccontextmanager
async def open_node(child: ChildSettings) -> AsyncIterator[Node]:
    """Serve while the context lasts; then let the clients go and hand the worlds over.

    Raises:
        OperatorError: the port cannot be had, or a node of this name runs already.
    """
    settings, telemetry = child.settings, Telemetry()
    async with contextlib.AsyncExitStack() as stack:
        store = child.open_store()
        stack.push_async_callback(store.close)
        telemetry.store_changes.set_function(store.changes)
        if settings.profile:
            telemetry.store_profile.labels(settings.profile).set(1)
        shelf = PackShelf(store, Path(settings.worlds) if settings.worlds else None, own_cache())
        host, hall = _host_and_hall(child, store, shelf, telemetry)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(host.run())]
            async with GatewayServer(
                settings,
                hall,
                telemetry,
                why_not_ready=lambda: "" if host.is_leased() else "this node has no lease",
                is_shared=True,  # other workers, and at a deploy whoever stands in for this one
            ) as server:
                tasks.append(group.create_task(server.until_broken()))
                if settings.dev:
                    bench = Workbench(shelf, host.repack, hall.tell_of_pack)
                    tasks.append(group.create_task(bench.run()))
                yield Node(store, host, hall, server)
            for task in tasks:
                task.cancel()


def _host_and_hall(
    child: ChildSettings, store: Store, shelf: PackShelf, telemetry: Telemetry
) -> tuple[HostNode, Hall]:
    """Return the two halves of a node, each told what the other does."""
    clock, metering = SystemClock(), Metering(telemetry)
    url = House(child.settings, child.store_url).web_url if child.settings.port else ""

    def on_confirmed(world: str, commits: Sequence[Commit]) -> None:
        metering.confirmed(world, commits)
        hall.on_confirmed(world, commits)

    def on_gone(world: str, why: Why) -> None:
        metering.gone(world, why)
        hall.on_gone(world, why)

    def on_lost(world: str, is_known: bool) -> None:
        (telemetry.tails_repaired if is_known else telemetry.tails_lost).inc()

    host = HostNode(
        metering.store(store),
        clock,
        child.name,
        shelf.load,
        lambda: secrets.token_hex(8),
        on_confirmed=on_confirmed,
        on_gone=on_gone,
        on_lost=on_lost,
        shard_of=store.shard_of,
        rules=metering.rules(),
        about=about_process(lambda: {"clients": telemetry.count_connections(), "url": url}),
    )
    metering.watch(lambda: len(host.worlds), lambda: host.peers.all)
    hall = Hall(
        store,
        clock,
        shelf,
        host.open_world,
        ensure=host.ensure,
        submit=metering.submit(submit_by(Direct(host))),
        tokens=Tokens(operator_token=child.settings.operator_token),
        telemetry=telemetry,
        node=child.name,
    )
    return host, hall


def submit_by(direct: Direct) -> Submit:
    """Return the direct way as the hall wants it: a code for what was not taken."""

    def submit(world: str, proposal: Proposal) -> str:
        try:
            direct.submit(world, proposal)
        except RefusedError as refused:
            return "internal" if refused.code == "stopped" else refused.code
        return ""

    return submit
