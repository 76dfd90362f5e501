"""How long an act takes from the moment it is due until its outcome is here, beside raw fsync."""

import os
import random
import time
from pathlib import Path
from typing import Any, Final

from dreamsync_server.cli.bench.crowd import Client
from dreamsync_server.cli.bench.figures import Figure, percentile
from dreamsync_server.cli.bench.rig import Options, Rig, open_rig

ROLES: Final = ("one", "two", "three", "four", "five")
_MS: Final = 1000.0
_MICRO: Final = 1e6
_FSYNC_BYTES: Final = 400  # about what a commit with its fields takes in the store's log
_AIM_MS: Final = 25.0
_LAST_S: Final = 15.0  # for the last outcomes to come


class Acting:
    """Clients that act once a second each, at times drawn beforehand: an open loop.

    What is late is counted from when it was due, not from when it was sent at last.
    """

    def __init__(self, rig: Rig, clients: list[Client], seed: int = 7) -> None:
        self.latencies_ms: list[float] = []
        self.count_failed = 0  # not taken, by an error of the gateway: the proposals are given up
        self._rig = rig
        self._clients = clients
        self._draw = random.Random(seed)
        self._due: dict[tuple[Client, int], float] = {}
        for client in clients:
            client.heard = self._heard

    def run(self, seconds: float, action: str, per_second: float = 1.0) -> None:
        """Act for a while, then wait for the last outcomes."""
        phases = [(self._draw.random() / per_second, client) for client in self._clients]
        phases.sort(key=lambda phase: phase[0])
        start_s = time.perf_counter() + 0.05
        for turn in range(int(seconds * per_second)):
            for phase_s, client in phases:
                due_s = start_s + turn / per_second + phase_s
                while (left_s := due_s - time.perf_counter()) > 0:
                    self._rig.crowd.turn(left_s)
                self._due[client, client.act(action)] = due_s
                self._rig.crowd.turn(0)
        self._rig.crowd.until(lambda: not self._due, "the last outcomes", _LAST_S)

    def _heard(self, client: Client, message: dict[str, Any]) -> None:
        for outcome in message.get("outcomes", ()):
            due_s = self._due.pop((client, outcome["n"]), None)
            if due_s is not None:
                self.latencies_ms.append((time.perf_counter() - due_s) * _MS)
        if message["type"] == "error" and "n" in message:
            late = [key for key in self._due if key[0] is client and key[1] >= message["n"]]
            for key in late:
                del self._due[key]
            self.count_failed += len(late)
            client.n = min(client.n, message["n"] - 1)


def acks(options: Options) -> list[Figure]:
    """Measure action → ack for 200 worlds of 5 players, each acting once a second."""
    worlds, rounds = options.size(200, 60, 1), options.size(3, 2, 1)
    seconds = options.size(8, 4, 1)
    medians, tails, rawest, costs, failed = [], [], [], [], 0
    with open_rig("node", options) as rig:
        clients: list[Client] = []
        for world in rig.open(worlds):
            for role in ROLES:
                clients += rig.fill(world, 1, role=role)
        rig.crowd.run(0.5)
        for i in range(rounds):
            rawest.append(percentile(fsyncs_ms(options.folder, options.size(300, 200, 20)), 0.99))
            acting = Acting(rig, clients, seed=i)
            before = rig.mark()
            acting.run(seconds, "work")
            costs.append(rig.since(before)["cpu_s"] * _MICRO / (len(clients) * seconds))
            failed += acting.count_failed
            medians.append(percentile(acting.latencies_ms, 0.5))
            tails.append(percentile(acting.latencies_ms, 0.99))
        rawest.append(percentile(fsyncs_ms(options.folder, options.size(300, 200, 20)), 0.99))
        note = (
            f"{worlds} worlds of {len(ROLES)}, an act a second each, open loop, AOF always,"
            f" {rig.loop}"
        )
    raw = sorted(rawest)[len(rawest) // 2]
    return [
        Figure("action → ack, p50", "ms", tuple(medians), raw, "raw fsync p99", note=note),
        Figure("action → ack, p99", "ms", tuple(tails), raw, "raw fsync p99", aim=_AIM_MS,
               note=f"{failed} acts were not taken"),
        Figure("CPU of the node an act, to all who see it", "µs", tuple(costs),
               note=f"{len(clients)} acts a second, each seen by {len(ROLES)}"),
    ]  # fmt: skip


def fsyncs_ms(folder: Path, count: int) -> list[float]:
    """Return how long it takes to append some bytes to a file of a folder and fsync it."""
    path = folder / f"dreamsync-bench-fsync-{os.getpid()}"
    found = []
    try:
        with path.open("wb", buffering=0) as file:
            for _ in range(count):
                start_s = time.perf_counter()
                file.write(bytes(_FSYNC_BYTES))
                os.fsync(file.fileno())
                found.append((time.perf_counter() - start_s) * _MS)
    finally:
        path.unlink(missing_ok=True)
    return found
