"""Several nodes at one fixed load: what each costs, and a followed world beside an owned one."""

import time
from typing import Final

from dreamsync_server.cli.bench.acks import Acting
from dreamsync_server.cli.bench.crowd import Client
from dreamsync_server.cli.bench.figures import Figure, percentile
from dreamsync_server.cli.bench.rig import Options, Rig, open_rigs

HZ: Final = 5.0
SCENES: Final = ("room.b", "room.c")
_AIM: Final = 60.0
_MICRO: Final = 1e6
_SETTLE_S: Final = 0.5


def nodes(options: Options) -> list[Figure]:
    """Measure one load on one node and on more, and the parts of the way between two."""
    found = [figure for count in options.nodes for figure in _spread(count, options)]
    one = next((f.value for f in found if f.name == _name(1)), None)
    return [*(against(figure, one) for figure in found), *_followed(options), *_giant(options)]


def _spread(count: int, options: Options) -> list[Figure]:
    """Measure each node of `count`: worlds spread evenly, everybody at any node."""
    worlds, people = options.size(12, 12, 2), options.size(50, 50, 6)
    rounds, seconds = options.size(3, 2, 1), options.size(8, 4, 1)
    shares: list[float] = []
    with open_rigs(count, options) as rigs:
        ringers = []
        for i in range(worlds):
            (world,) = rigs[i % count].open(1)
            ringers += _fill(rigs, world, people, i)
        _deafen(rigs)
        for _ in range(rounds):
            before = [rig.mark() for rig in rigs]
            _ring(rigs[0], ringers, seconds)
            used = [rig.since(mark) for rig, mark in zip(rigs, before, strict=True)]
            shares += [100 * each["cpu_s"] / each["at_s"] for each in used]
    note = f"{worlds} worlds of {people}, {HZ:g} acts a second each, everybody at any node"
    return [Figure(_name(count), "% of a core", tuple(shares), note=note)]


def _followed(options: Options) -> list[Figure]:
    """Measure worlds whose people are all at the node that owns them, and all at the other."""
    worlds, people = options.size(8, 6, 1), options.size(50, 50, 6)
    seconds = options.size(8, 4, 1)
    costs, owning, delays = [], [], []
    for is_followed in (False, True):
        with open_rigs(2, options) as rigs:
            owner, gateway = rigs[0], rigs[int(is_followed)]
            ringers, actors = [], []
            for i, world in enumerate(owner.open(worlds)):
                crowd = _fill([gateway], world, people, i)
                ringers += crowd
                actors += gateway.fill(world, 1, role="two")
            acting = Acting(gateway, actors)
            acting.run(seconds, "work", per_second=HZ)
            delays.append(percentile(acting.latencies_ms, 0.5))
            _deafen(rigs)
            before = [rig.mark() for rig in rigs]
            _ring(gateway, ringers, seconds)
            used = [rig.since(mark) for rig, mark in zip(rigs, before, strict=True)]
            sent = used[int(is_followed)]["messages"]
            costs.append(_MICRO * sum(each["cpu_s"] for each in used) / sent)
            owning.append(_MICRO * used[0]["cpu_s"] / sent)
    note = f"{worlds} worlds of {people}, {HZ:g} acts a second each"
    return [
        Figure("CPU a delivery of a followed world, both nodes", "µs", (costs[1],), costs[0],
               "owned", note=note),
        Figure("CPU a delivery of a followed world, its owner's part", "µs", (owning[1],),
               owning[0], "owned"),
        Figure("act → outcome in a followed world, p50", "ms", (delays[1],), delays[0], "owned"),
    ]  # fmt: skip


def _giant(options: Options) -> list[Figure]:
    """Measure the owner of one world while its audience grows, all of it at followers."""
    seconds = options.size(6, 4, 1)
    found = []
    with open_rigs(3, options) as rigs:
        owner, *followers = rigs
        (world,) = owner.open(1)
        (ringer,) = owner.fill(world, 1, role="one")
        sizes = (0, *(options.size(size, size, size // 20) for size in (200, 400)))
        there = 0
        for size in sizes:
            for i in range(there, size, 20):
                clients = followers[i // 20 % len(followers)].fill(
                    world, min(20, size - i), "watch"
                )
                for client in clients:
                    client.is_deaf = True
            there = size
            owner.crowd.run(_SETTLE_S)
            before = [rig.mark() for rig in rigs]
            count = _ring(owner, [ringer], seconds)
            used = [rig.since(mark) for rig, mark in zip(rigs, before, strict=True)]
            rest = sum(each["cpu_s"] for each in used[1:])
            found.append((size, _MICRO * used[0]["cpu_s"] / count, _MICRO * rest / count))
    alone = found[0][1]
    return [
        Figure(f"CPU an act of a world with {size} at two followers, the owner's", "µs", (cost,),
               alone, "nobody there", note=f"the followers': {rest:.0f} µs")
        for size, cost, rest in found[1:]
    ]  # fmt: skip


def _name(count: int) -> str:
    return f"CPU of each node of {count}"


def against(figure: Figure, one: float | None) -> Figure:
    """Return a figure held against that of one node."""
    if one is None or figure.name == _name(1):
        return figure
    aim = _AIM / 100 if figure.name == _name(2) else None
    return Figure(figure.name, figure.unit, figure.values, one, "one node", aim, "ratio",
                  figure.note)  # fmt: skip


def _fill(rigs: list[Rig], world: str, people: int, first: int) -> list[Client]:
    """Let people into a world, each at the next of the nodes; return the one who rings."""
    (ringer,) = rigs[first % len(rigs)].fill(world, 1, role="one")
    for i, rig in enumerate(rigs):
        count = (people - 1) // len(rigs) + (i < (people - 1) % len(rigs))
        rig.fill(world, count, scenes=SCENES)
    return [ringer]


def _deafen(rigs: list[Rig]) -> None:
    rigs[0].crowd.run(_SETTLE_S)
    for client in rigs[0].crowd.clients:
        client.is_deaf = True


def _ring(rig: Rig, ringers: list[Client], seconds: float) -> int:
    """Let each ring `HZ` times a second, evenly spread; return how often it was rung."""
    start_s = time.perf_counter()
    for tick in range(int(seconds * HZ)):
        for i, ringer in enumerate(ringers):
            due_s = start_s + (tick + i / len(ringers)) / HZ
            rig.crowd.turn(0)
            while (left_s := due_s - time.perf_counter()) > 0:
                rig.crowd.turn(left_s)
            ringer.act("ring")
    rig.crowd.run(0.2)
    return int(seconds * HZ) * len(ringers)
