"""What one client that floods does to the latency of others."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from dreamsync_server.cli.bench.acks import Acting
from dreamsync_server.cli.bench.figures import Figure, percentile
from dreamsync_server.cli.bench.rig import Options, Rig, open_rig

KINDS: Final = {
    "pings": "ping flood",
    "messages": "message flood",
    "big": "big frames",
    "unread": "unread reader",
}
_AIM: Final = 2.0
_VICTIMS: Final = 10  # each in a world of its own; the flooder is in the first one's
_PER_S: Final = 10.0


def floods(options: Options) -> list[Figure]:
    """Measure the victims' action → ack p99 while one client floods, beside that without."""
    seconds, rounds = options.size(40, 30, 2) / 10, options.size(3, 2, 1)
    idle: list[float] = []
    found: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with open_rig("node", options) as rig:
        worlds = rig.open(options.size(_VICTIMS, _VICTIMS, 1))
        victims = [rig.fill(world, 1, role="one")[0] for world in worlds]
        for i in range(rounds):
            for kind in ("", *KINDS):
                with flooding(rig, kind or "none", worlds[0]):
                    acting = Acting(rig, victims, seed=i)
                    acting.run(seconds, "work", _PER_S)
                tail = percentile(acting.latencies_ms, 0.99)
                (found[kind] if kind else idle).append(tail)
    base = sorted(idle)[len(idle) // 2]
    return [
        Figure(f"victim's p99, {name}", "ms", tuple(found[kind]), base, "idle p99", aim=_AIM,
               aim_of="ratio",
               note=f"idle {min(idle):.1f}–{max(idle):.1f} ms" if kind == "pings" else "")
        for kind, name in KINDS.items()
    ]  # fmt: skip


@contextmanager
def flooding(rig: Rig, kind: str, world: str) -> Iterator[None]:
    """Let a process of its own flood meanwhile; where a flood is `none`, it only keeps busy.

    So the machine is as busy without a flood as with one, and what differs is what the server
    makes of it.
    """
    told = json.dumps({"kind": kind, "port": rig.port, "world": world})
    process = subprocess.Popen(
        [sys.executable, "-m", "dreamsync_server.cli.bench.flooder", told], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None, "its output is a pipe"
        process.stdout.readline()  # it has begun
        yield
    finally:
        process.kill()
        process.wait()
