"""What a delivered message costs: from a followed commit to the write, and all the way."""

import time
from typing import Final

from dreamsync_server.cli.bench.figures import Figure
from dreamsync_server.cli.bench.rig import Options, Rig, open_rig

HZ: Final = 20
SCENES: Final = ("room.b", "room.c")  # and room.a, where everybody begins: three audiences
MICRO: Final = 1e6
_AIM_FOLLOWED: Final = 1.3
_AIM_FULL: Final = 2.0


def fanout(options: Options) -> list[Figure]:
    """Measure CPU µs per delivered message, beside a bare loop over the same sockets."""
    return [followed(options), full(options)]


def followed(options: Options) -> Figure:
    """From a followed commit to the write: its hall is fed with commits made beforehand."""
    worlds, people, rounds, seconds = _sizes(options)
    costs, bares = [], []
    with open_rig("gallery", options) as rig:
        for world in rig.open(worlds):
            rig.fill(world, people, scenes=SCENES)
        _deafen(rig)
        rig.mark()
        rig.tell("feed", seconds=0.5, hz=HZ)
        for _ in range(rounds):
            fed = rig.tell("feed", seconds=seconds, hz=HZ)
            costs.append(fed["cpu_s"] * MICRO / fed["messages"])
            bares.append(_bare(rig, seconds, fed["bytes"] / fed["messages"]))
        note = f"{worlds} worlds of {people}, {HZ} Hz, 3 audiences, {rig.loop}"
    return _against("followed commit → write", costs, bares, _AIM_FOLLOWED, note)


def full(options: Options) -> Figure:
    """From a proposal on the socket over the store to the write, in a whole node."""
    worlds, people, rounds, seconds = _sizes(options)
    costs, bares = [], []
    with open_rig("node", options) as rig:
        ringers = []
        for world in rig.open(worlds):
            ringers += rig.fill(world, 1, role="one")
            rig.fill(world, people - 1, scenes=SCENES)
        _deafen(rig)
        for _ in range(rounds):
            before = rig.mark()
            start_s = time.perf_counter()
            for tick in range(int(seconds * HZ)):
                for i, ringer in enumerate(ringers):
                    _until(rig, start_s + (tick + i / len(ringers)) / HZ)
                    ringer.act("ring")
            rig.crowd.run(0.2)
            used = rig.since(before)
            costs.append(used["cpu_s"] * MICRO / used["messages"])
            bares.append(_bare(rig, seconds, used["bytes"] / used["messages"]))
        note = f"propose → decide → append → confirm → view, {rig.loop}"
    return _against("full path", costs, bares, _AIM_FULL, note)


def _sizes(options: Options) -> tuple[int, int, int, float]:
    """Return worlds, people a world, rounds, seconds a round."""
    return (
        options.size(20, 10, 1),
        options.size(50, 50, 4),
        options.size(5, 3, 1),
        options.size(20, 15, 3) / 10,
    )


def _against(name: str, costs: list[float], bares: list[float], aim: float, note: str) -> Figure:
    """Return the figure; its baseline is that of which the ratio is the median of the rounds'."""
    ratios = sorted(cost / bare for cost, bare in zip(costs, bares, strict=True))
    cost = sorted(costs)[len(costs) // 2]
    return Figure(
        f"CPU a delivered message, {name}",
        "µs",
        tuple(costs),
        baseline=sorted(bares)[len(bares) // 2] if cost else None,
        baseline_name="bare send loop",
        aim=aim,
        aim_of="ratio",
        note=f"{note}; ratio {ratios[0]:.2f}–{ratios[-1]:.2f}",
    )


def _bare(rig: Rig, seconds: float, size: float) -> float:
    found = rig.tell("bare", seconds=seconds, hz=HZ, bytes=int(size))
    return float(found["cpu_s"]) * MICRO / float(found["messages"])


def _deafen(rig: Rig) -> None:
    """Let every client only count bytes from now on."""
    rig.crowd.run(0.3)
    for client in rig.crowd.clients:
        client.is_deaf = True


def _until(rig: Rig, at_s: float) -> None:
    """Read until a moment."""
    rig.crowd.turn(0)
    while (left_s := at_s - time.perf_counter()) > 0:
        rig.crowd.turn(left_s)
