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
_STEADY_S: Final = 1.0  # with acts going on, before the kill
_STOP_S: Final = 20.0
_NODE: Final = "dreamsync_server.cli.node_process"


def restart(options: Options) -> list[Figure]:
    """Kill the node of a fresh server, several times; measure until an act has its outcome.

    Each time a server of its own, as its supervisor waits longer for what dies again and again.
    """
    answered, acked, starts = [], [], []
    for _ in range(options.size(5, 3, 1)):
        starts.append(_start_s())
        with tempfile.TemporaryDirectory(prefix="dreamsync-bench-", dir=options.folder) as folder:
            port = _free_port()
            process = subprocess.Popen(
                [sys.executable, "-m", "dreamsync_server.cli", "serve", "--public", "",
                 "--port", str(port), "--data", f"{folder}/data", "--worlds", str(WORLDS)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
            try:
                answered_s, acked_s = asyncio.run(_kill_once(port, process.pid))
            finally:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(_STOP_S)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        answered.append(answered_s)
        acked.append(acked_s)
    base, what = sorted(starts)[len(starts) // 2], "a Python that imports a node"
    return [
        Figure("SIGKILL of the node → its port answers", "s", tuple(answered), base, what),
        Figure("SIGKILL of the node → first new commit", "s", tuple(acked), base, what,
               aim=_AIM_S, note="an act of an SDK client that reconnects by itself, acked"),
    ]  # fmt: skip


async def _kill_once(port: int, supervisor: int) -> tuple[float, float]:
    """Return the seconds until the port answers again, and until an act has its outcome."""
    await _until_open(port)
    async with asyncio.timeout(_READY_S + _ACK_S):
        async with dreamsync.connect(f"ws://127.0.0.1:{port}") as dream:
            world = await dream.create_world(PACK, private=True, seed=7)
            one = await dream.enter(world.id, role="one", invite=world.invite)
            until_s = time.perf_counter() + _STEADY_S
            while time.perf_counter() < until_s:
                await one.act("work")
            killed_s = time.perf_counter()
            os.kill(_node_of(supervisor), signal.SIGKILL)
            serving = asyncio.create_task(_until_open(port))
            outcome = await one.act("work")
            assert outcome.ok, outcome
            acked_s = time.perf_counter() - killed_s
            return await serving - killed_s, acked_s


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
    command = ["ps", "-ww", "-eo", "pid=,ppid=,args="]  # -ww: however narrow COLUMNS says it is
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
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
