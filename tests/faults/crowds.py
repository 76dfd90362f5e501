"""A thousand at once: readers that never read, and clients that are all cut at one moment."""

import asyncio
import base64
import contextlib
import json
import os
import random
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from support.invariants import Asked
from websockets.frames import Frame, Opcode

from dreamsync.protocol.bounds import SOCKET_PATH, SUBPROTOCOL_JSON
from dreamsync_server.limits import BUFFER_SOFT_BYTES, UNSENT_IN_KERNEL_BYTES
from faults.bots import Cast, Client
from faults.fleet import played
from faults.outcome import Outcome
from faults.rig import Rig, now_s

CROWD_S = 300.0  # for a crowd of the largest size to enter, or to come back
_CALM_S = 2.0  # between two acts of a player, while a crowd comes back
OTHERS_S_MAX = 5.0  # an action of somebody else may take so long meanwhile, on a loaded machine
_AT_ONCE = 8
_HEAD_S = 20.0
_RECEIVED_BYTES = 4096  # the kernel's buffer of a reader that never reads
_WORDS = "all that is said here is said at length, for those who do not listen; " * 2
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_MIB = 1024 * 1024


async def storm(folder: Path, runs: int, seed: str) -> Outcome:
    """Cut so many clients at one moment; see that each comes back to where it was."""
    outcome, dice = Outcome("reconnect storm"), random.Random(seed)
    async with Rig(folder, has_director=False) as rig:
        work = partial(_storm, rig, outcome, runs)
        await played(rig, dice, outcome, work, pause_s=_CALM_S, quick=1)
    return outcome


async def _storm(rig: Rig, outcome: Outcome, count: int, casts: list[Cast]) -> None:
    async with contextlib.AsyncExitStack() as stack:
        crowds = []
        for number, cast in enumerate(casts):
            crowd = await stack.enter_async_context(crowd_of(rig.folder))
            share = count // len(casts) + (number < count % len(casts))
            url, world = f"ws://127.0.0.1:{rig.settings.port}", cast.world
            asked = {"enter": share, "url": url, "world": world.id, "invite": world.invite}
            crowds.append((crowd, cast, asked))
        await asyncio.gather(*[crowd(asked) for crowd, _, asked in crowds])
        found = await asyncio.gather(*[crowd({"cut": True}) for crowd, _, _ in crowds])
        outcome.runs += count
        outcome.gaps_s += [gap_s for each in found for gap_s in each["gaps_s"]]
        tries, lost = sum(each["tries"] for each in found), sum(each["lost"] for each in found)
        seqs = [max(client.viewer.position[1] for client in cast.clients) for cast in casts]
        asked_of = zip(crowds, seqs, strict=True)
        after = await asyncio.gather(*[crowd({"until": seq}) for (crowd, _, _), seq in asked_of])
        told = {name: sum(each[name] for each in after) for name in after[0]}
    outcome.notes.append(
        f"{count} clients cut at once, {tries} lines until all were back,"
        f" {told['resets']} had to take a snapshot"
    )
    if lost or told["late"] or told["over"] or told["mismatches"]:
        outcome.stuck.append(f"of {count} clients {lost} did not come back; at the end {told}")


@contextlib.asynccontextmanager
async def crowd_of(folder: Path) -> AsyncIterator[Callable[[dict[str, Any]], Awaitable[Any]]]:
    """Run a process of clients (`faults.storming`); yields how it is asked for something."""
    path = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    with (folder / "crowd.log").open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "faults.storming",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=out,
            limit=_MIB, env={**os.environ, "DREAMSYNC_PARENT": str(os.getpid()),
                             "PYTHONPATH": path},
        )  # fmt: skip
    into, out_of = process.stdin, process.stdout
    assert into is not None
    assert out_of is not None

    async def ask(asked: dict[str, Any]) -> Any:
        into.write(json.dumps(asked).encode() + b"\n")
        async with asyncio.timeout(CROWD_S):
            return json.loads(await out_of.readline())

    try:
        yield ask
    finally:
        process.kill()
        await process.wait()


async def stall(folder: Path, runs: int, seed: str, *, lasts_s: float = 30.0) -> Outcome:
    """Let so many readers never read, while others play on: what it costs those, and in memory."""
    outcome, dice = Outcome("stalled readers"), random.Random(seed)
    async with Rig(folder, has_director=False) as rig:
        work = partial(_stall, rig, outcome, runs, lasts_s)
        await played(rig, dice, outcome, work, packs=("starter",))
    return outcome


async def _stall(rig: Rig, outcome: Outcome, count: int, lasts_s: float, casts: list[Cast]) -> None:
    (cast,) = casts
    prober = await cast.enter("prober", "player", "guest")
    before_s = await _probe(prober, lasts_s / 5)
    free_bytes = _memory(rig.node.pid)
    room, loop = asyncio.Semaphore(_AT_ONCE), asyncio.get_running_loop()

    async def reader() -> socket.socket:
        async with room, asyncio.timeout(_HEAD_S):
            return await _stalled(loop, rig.settings.port, cast)

    with contextlib.ExitStack() as stack:
        made = await asyncio.gather(*[reader() for _ in range(count)])
        for each in made:
            stack.enter_context(each)
        outcome.runs += count
        probing = asyncio.create_task(_probe(prober, lasts_s))
        most_bytes = free_bytes
        while not probing.done():
            await asyncio.sleep(0.1)
            most_bytes = max(most_bytes, _memory(rig.node.pid))
        during_s = await probing
        cut = sum(_is_cut(each) for each in made)
    grown = most_bytes - free_bytes
    outcome.gaps_s += during_s
    outcome.notes.append(
        f"gaps are others' actions; without stalled readers p50 {_ms(before_s, 0.5)} p99"
        f" {_ms(before_s, 0.99)} ms; the node grew by {grown / _MIB:.0f} MiB"
        f" ({grown / count / 1024:.0f} KiB a reader); {cut} of {count} were cut by then"
    )
    if grown > 2 * count * (BUFFER_SOFT_BYTES + UNSENT_IN_KERNEL_BYTES) + 32 * _MIB:
        outcome.stuck.append(f"the node grew by {grown} bytes for {count} stalled readers")
    if max(during_s, default=0.0) > OTHERS_S_MAX:
        outcome.stuck.append(f"an action of another took {max(during_s):.1f} s")


async def _probe(prober: Client, lasts_s: float) -> list[float]:
    """Say something again and again; return how long each took until it was acked."""
    took_s: list[float] = []
    until_s = now_s() + lasts_s
    while now_s() < until_s and not prober.player.facts.get("ending"):
        words, at_s = _WORDS[: 100 + len(took_s) % 90], now_s()
        asked = Asked("talk", {"words": words})
        prober.record.asked.append(asked)
        asked.outcome = await prober.player.act("talk", words=words)
        took_s.append(now_s() - at_s)
        await asyncio.sleep(0.03)
    return took_s


async def _stalled(loop: asyncio.AbstractEventLoop, port: int, cast: Cast) -> socket.socket:
    """Enter as a spectator, and read nothing more from then on."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVED_BYTES)
    made.setblocking(False)
    await loop.sock_connect(made, ("127.0.0.1", port))
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    head = (
        f"GET {SOCKET_PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Protocol: {SUBPROTOCOL_JSON}\r\n\r\n"
    )
    await loop.sock_sendall(made, head.encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        some = await loop.sock_recv(made, 1024)
        assert some, answer
        answer += some
    assert b" 101 " in answer, answer
    for said in (
        {"type": "hello", "v": 1, "client": "stalled", "lang": "en"},
        {"type": "enter", "q": 1, "world": cast.world.id, "as": "watch",
         "invite": cast.world.invite},
    ):  # fmt: skip
        frame = Frame(Opcode.TEXT, json.dumps(said).encode()).serialize(mask=True)
        await loop.sock_sendall(made, frame)
    heard = b""
    while b"entered" not in heard:
        some = await loop.sock_recv(made, 512)
        assert some, heard
        heard += some
    return made


def _is_cut(made: socket.socket) -> bool:
    """Return whether the node has cut a reader: what it had sent is read for that."""
    with contextlib.suppress(BlockingIOError):
        while True:
            try:
                if not made.recv(65536):
                    return True
            except ConnectionError:
                return True
    return False


def _memory(pid: int) -> int:
    """Return the resident bytes of a process (Linux; 0 elsewhere)."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    except (OSError, IndexError):
        return 0


def _ms(took_s: list[float], share: float) -> int:
    return round(1000 * sorted(took_s)[int(share * (len(took_s) - 1))]) if took_s else 0
