"""The process that is measured: a node, or a hall alone, told what to do on its standard input.

    python -m dreamsync_server.cli.bench.subject '{"kind": "node", …}'

Each line in is a command as JSON (`{"do": "mark"}`), each line out its answer. What is measured
in it is its own CPU time, which other processes on the machine do not add to.
"""

import asyncio
import contextlib
import cProfile
import gc
import json
import os
import resource
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final, Protocol

from pydantic import BaseModel, ConfigDict

from dreamsync_server.cli.assembly import open_node
from dreamsync_server.cli.bench.cards import card_of
from dreamsync_server.cli.bench.gallery import Gallery, open_gallery
from dreamsync_server.cli.child import ChildSettings, run_loop
from dreamsync_server.gateway.hall import Hall
from dreamsync_server.gateway.listener import room_for_sockets
from dreamsync_server.gateway.transport import ClientTransport
from dreamsync_server.settings import Settings
from dreamsync_server.telemetry import Telemetry

Answer = dict[str, Any]
_SOCKETS: Final = 8_000
_BARE_HEAD: Final = 4


class Told(BaseModel):
    """What a subject is started with. `worlds` is a folder of packs, `profile` a file to write."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    kind: str  # "node" or "gallery"
    worlds: str
    store_url: str = ""  # of a node
    name: str = "bench"
    port: int = 0
    is_fast: bool = True  # uvloop, where it is installed
    profile: str = ""


class Serving(Protocol):
    """What both kinds have."""

    hall: Hall

    @property
    def port(self) -> int: ...


class Subject:
    """Does what it is told, one command after the other."""

    def __init__(
        self,
        serving: Serving,
        opened: Callable[[str, int], Awaitable[list[str]]],
        drained: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.serving = serving
        self._open = opened
        self._drained = drained
        self._bare: list[list[socket.socket]] = []

    async def do(self, told: Answer) -> Answer:
        """Do one command and return what is to be said about it."""
        match told["do"]:
            case "open":
                return {"worlds": await self._open(told["pack"], told["count"])}
            case "mark":
                return self._mark()
            case "memory":
                gc.collect()
                return {"rss_kib": rss_kib()}
            case "bare":
                return await self._bare_loop(told["seconds"], told["hz"], told["bytes"])
            case "drain":
                assert self._drained is not None, "only a node hands over"
                start_s = time.perf_counter()
                await self._drained()
                return {"seconds": time.perf_counter() - start_s}
            case "feed":
                assert isinstance(self.serving, Gallery), "only a gallery is fed"
                return await self.serving.feed(told["seconds"], told["hz"])
            case other:
                raise ValueError(f"no such command: {other}")

    def _mark(self) -> Answer:
        cpu_s = time.process_time()
        get = self._telemetry.registry.get_sample_value
        return {
            "cpu_s": cpu_s,
            "at_s": time.perf_counter(),
            "messages": get("dreamsync_messages_out_total") or 0.0,
            "writes": get("dreamsync_writes_total") or 0.0,
            "bytes": get("dreamsync_bytes_out_total") or 0.0,
        }

    @property
    def _telemetry(self) -> Telemetry:
        return self.serving.hall.telemetry

    async def _bare_loop(self, seconds: float, hz: float, size: int) -> Answer:
        """Send one prepared frame to every socket, `hz` times a second, by `socket.send` alone.

        As many sockets in a turn as a world has, so that both take as many turns of the loop.
        """
        if not self._bare:
            self._bare = _sockets_of(self.serving)
        length = max(126, size - _BARE_HEAD)
        frame = b"\x82\x7e" + length.to_bytes(2, "big") + bytes(length)
        groups, loop = self._bare, asyncio.get_running_loop()
        start_s, cpu_s, count = loop.time(), time.process_time(), 0
        for tick in range(int(seconds * hz)):
            for i, group in enumerate(groups):
                due_s = start_s + (tick + i / len(groups)) / hz
                if (wait_s := due_s - loop.time()) > 0:
                    await asyncio.sleep(wait_s)
                for sock in group:
                    with contextlib.suppress(BlockingIOError):  # a reader that lags is left out
                        sock.send(frame)
                        count += 1
        return {"cpu_s": time.process_time() - cpu_s, "messages": count}


def rss_kib() -> int:
    """Return the memory of this process that is in use now; where that is not told, the peak."""
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * resource.getpagesize() // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _sockets_of(serving: Serving) -> list[list[socket.socket]]:
    """Return the sockets of all lines, by room, as plain ones of our own."""
    groups = []
    for room in serving.hall.rooms.values():
        outlets = [member.outlet for member in room.members.values()]
        lines = [outlet for outlet in outlets if isinstance(outlet, ClientTransport)]
        found = [line._transport.get_extra_info("socket").fileno() for line in lines]
        groups.append([socket.socket(fileno=os.dup(number)) for number in found])
    for group in groups:
        for sock in group:
            sock.setblocking(False)
    return groups


@contextlib.asynccontextmanager
async def _open_serving(told: Told) -> AsyncIterator[Subject]:
    if told.kind == "gallery":
        async with open_gallery(Path(told.worlds)) as gallery:
            yield Subject(gallery, gallery.open)
        return
    settings = Settings(port=told.port, worlds=told.worlds)
    child = ChildSettings(name=told.name, store_url=told.store_url, settings=settings)
    async with open_node(child) as node:

        async def opened(pack_id: str, count: int) -> list[str]:
            pack = await node.hall.shelf.newest(pack_id)
            assert pack is not None, f"no pack {pack_id}"
            worlds = []
            for _ in range(count):
                card = card_of(pack_id, pack.hash)
                where = await node.host.open_world(card)
                assert where in ("here", "elsewhere"), where
                worlds.append(card.world)
            return worlds

        yield Subject(node, opened, node.drain)


async def _serve(told: Told) -> None:
    room_for_sockets(_SOCKETS)
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    profile = cProfile.Profile(time.process_time) if told.profile else None
    async with _open_serving(told) as subject:
        _say({"port": subject.serving.port, "loop": type(loop).__module__})
        while line := await lines.readline():
            command = json.loads(line)
            if profile is not None and command["do"] == "mark":
                profile.enable()  # everything behind the first mark
            _say(await subject.do(command))
        if profile is not None:
            profile.disable()
            profile.dump_stats(told.profile)


def _say(answer: Answer) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    given = Told.model_validate_json(sys.argv[1])
    run_loop(_serve(given), is_fast=given.is_fast)
