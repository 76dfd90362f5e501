"""What a connection costs while nothing is said: memory of the node, by how far it has come in."""

from collections.abc import Sequence
from typing import Final

from dreamsync_server.cli.bench.crowd import Client, Crowd
from dreamsync_server.cli.bench.figures import Figure
from dreamsync_server.cli.bench.rig import Options, open_rig

_AIM_KIB: Final = 12.0
_WARM: Final = 20  # connections before the first look, so that what is made once is made
_PEOPLE: Final = 50  # a world


def idle(options: Options) -> list[Figure]:
    """Measure KiB a connection after hello, and more of it as a spectator and as a player."""
    count = options.size(2000, 1000, 20)
    worlds = max(1, count // _PEOPLE)
    with open_rig("node", options) as rig:

        def memory() -> float:
            rig.crowd.run(1.2)
            return float(rig.tell("memory")["rss_kib"])

        opened = rig.open(2 * worlds)
        for world in opened:  # their rooms are opened, and what one person costs is in them
            rig.fill(world, 1, "watch", role="")
            rig.fill(world, 1)
        rig.crowd.connect(rig.port, _WARM)
        start = memory()
        clients = rig.crowd.connect(rig.port, count)
        greeted = memory()
        _enter(rig.crowd, clients, opened[:worlds], "watch")
        watching = memory()
        players = rig.crowd.connect(rig.port, count)
        before = memory()
        _enter(rig.crowd, players, opened[worlds:], "player", "guest")
        playing = memory()
    said = (greeted - start) / count
    again = (before - watching) / count
    return [
        Figure(
            "memory an idle connection, after hello", "KiB", (said, again), aim=_AIM_KIB,
            note=f"{count} connections; the node had {start / 1024:.0f} MiB before",
        ),
        Figure(
            "memory an idle connection, as a spectator", "KiB",
            ((watching - greeted) / count + said,), aim=_AIM_KIB,
            note=f"worlds of {_PEOPLE}, counted beyond each world's own",
        ),
        Figure(
            "memory an idle connection, as a player", "KiB",
            ((playing - before) / count + again,), aim=_AIM_KIB,
            note="a chorus seat: its session, its facts and the commits of its coming in",
        ),
    ]  # fmt: skip


def _enter(
    crowd: Crowd, clients: Sequence[Client], worlds: Sequence[str], kind: str, role: str = ""
) -> None:
    """Let equal parts of the clients into each world."""
    part = -(-len(clients) // len(worlds))
    for i, world in enumerate(worlds):
        some = clients[i * part : (i + 1) * part]
        if some:
            crowd.enter(some, world, kind, role)
