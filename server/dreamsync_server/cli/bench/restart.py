"""How long a world stands still when its node is killed under its supervisor."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from typing import Final

import dreamsync
from dreamsync_server.cli.bench.figures import Figure
from dreamsync_server.cli.bench.rig import PACK, WORLDS, Options

_AIM_S: Final = 2.0
_READY_S: Final = 60.0
_ACK_S: Final = 30.0
_STEADY_S: Final = 1.0  # between two kills, with acts going on
_NODE: Final = "dreamsync_server.cli.node_process"


def restart(options: Options) -> list[Figure]:
    """Kill the node again and again; measure until the first act after it has its outcome."""
    with tempfile.TemporaryDirectory(prefix="dreamsync-bench-", dir=options.folder) as folder:
        port = _free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "dreamsync_server.cli", "serve", "--public", "",
             "--port", str(port), "--data", f"{folder}/data", "--worlds", str(WORLDS)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            found = asyncio.run(_kill_on(port, process.pid, options.size(7, 4, 1)))
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    begun, acked, starts = found
    base = sorted(starts)[len(starts) // 2]
    return [
        Figure("SIGKILL of the node → its port answers", "s", tuple(begun), base,
               "a Python that imports a node"),
        Figure("SIGKILL of the node → first new commit", "s", tuple(acked), base,
               "a Python that imports a node", aim=_AIM_S,
               note="an act of a client of the SDK that reconnects by itself, acked"),
    ]  # fmt: skip


async def _kill_on(
    port: int, supervisor: int, times: int
) -> tuple[list[float], list[float], list[float]]:
    begun, acked, starts = [], [], []
    await _until_open(port)
    async with asyncio.timeout(_READY_S + times * (_ACK_S + _STEADY_S)):
        async with dreamsync.connect(f"ws://127.0.0.1:{port}") as dream:
            world = await dream.create_world(PACK, private=True, seed=7)
            one = await dream.enter(world.id, role="one", invite=world.invite)
            for _ in range(times):
                starts.append(_start_s())
                until_s = time.perf_counter() + _STEADY_S
                while time.perf_counter() < until_s:
                    await one.act("work")
                killed_s = time.perf_counter()
                os.kill(_node_of(supervisor), signal.SIGKILL)
                serving = asyncio.create_task(_until_open(port))
                async with asyncio.timeout(_ACK_S):
                    outcome = await one.act("work")
                assert outcome.ok, outcome
                acked.append(time.perf_counter() - killed_s)
                begun.append(await serving - killed_s)
    return begun, acked, starts


async def _until_open(port: int) -> float:
    """Wait until the port is open; return when that was."""
    async with asyncio.timeout(_READY_S):
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                answer = await reader.read(16)
                writer.close()
                if answer.startswith(b"HTTP/1.1 200"):
                    return time.perf_counter()
            await asyncio.sleep(0.01)


def _node_of(supervisor: int) -> int:
    """Return the node's process among the supervisor's children."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True,
                            check=True).stdout  # fmt: skip
    for line in listed.splitlines():
        pid, parent, args = line.split(None, 2)
        if int(parent) == supervisor and _NODE in args:
            return int(pid)
    raise ProcessLookupError("the supervisor has no node")


def _start_s() -> float:
    """Return how long a Python takes that only imports what a node imports."""
    start_s = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {_NODE}"], check=True)
    return time.perf_counter() - start_s


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
