"""The pause that players feel when the node they are at hands over and ends."""

import asyncio
import socket
import time
from typing import Final

import dreamsync
from dreamsync_server.cli.bench.crowd import LoadError
from dreamsync_server.cli.bench.figures import Figure, percentile
from dreamsync_server.cli.bench.rig import Options, Rig, open_rigs

ROLES: Final = ("one", "two", "three", "four", "five")
_EVERY_S: Final = 0.1  # between two acts of a player
_BEFORE_S: Final = 1.5
_BEHIND_S: Final = 2.0
_AIM_MS: Final = 250.0
_MS: Final = 1000.0
_PATIENCE_S: Final = 60.0


class Played:
    """A player who acts again and again; `waits_ms` are from each act to its outcome."""

    def __init__(self, player: dreamsync.Player) -> None:
        self.player = player
        self.count = 0
        self.waits_ms: list[float] = []
        self._is_done = False

    async def play(self) -> None:
        """Act until told to stop."""
        while not self._is_done:
            start_s = time.perf_counter()
            outcome = await self.player.act("work")
            if not outcome.ok:
                raise LoadError(f"an act was refused: {outcome}")
            self.count += 1
            self.waits_ms.append((time.perf_counter() - start_s) * _MS)
            await asyncio.sleep(_EVERY_S)

    def stop(self) -> None:
        """Act no more."""
        self._is_done = True


def drain(options: Options) -> list[Figure]:
    """Measure the longest wait of each player around a drain, beside that of an undisturbed time.

    Raises:
        LoadError: somebody lost something, or did something twice.
    """
    worlds, rounds = options.size(12, 6, 1), options.size(3, 2, 1)
    pauses, calm, took = [], [], []
    for _ in range(rounds):
        with open_rigs(2, options, port=_free_port()) as rigs:
            opened = rigs[0].open(worlds)
            found = asyncio.run(_play(rigs, opened))
        calm += found[0]
        pauses += found[1]
        took.append(found[2])
    count = f"{worlds} worlds of {len(ROLES)} players, {1 / _EVERY_S:g} acts a second each"
    return [
        Figure("longest wait of a player while its node is drained, p50", "ms",
               (percentile(pauses, 0.5),), percentile(calm, 0.5), "undisturbed", note=count),
        Figure("longest wait of a player while its node is drained, p99", "ms",
               (percentile(pauses, 0.99),), percentile(calm, 0.99), "undisturbed", aim=_AIM_MS,
               note="none lost anything, none did anything twice"),
        Figure("a node hands over and moves its clients", "s", tuple(took)),
    ]  # fmt: skip


async def _play(rigs: list[Rig], worlds: list[str]) -> tuple[list[float], list[float], float]:
    """Return each player's longest wait before and around the drain, and how long that took."""
    async with dreamsync.connect(f"ws://127.0.0.1:{rigs[0].port}") as dream:
        players = [
            Played(await dream.enter(world, role=role, name=role))
            for world in worlds
            for role in ROLES
        ]
        works = [asyncio.create_task(played.play()) for played in players]
        async with asyncio.timeout(_PATIENCE_S):
            await asyncio.sleep(_BEFORE_S)
            calm = _longest(players)
            took_s = (await asyncio.to_thread(rigs[0].tell, "drain"))["seconds"]
            await asyncio.sleep(_BEHIND_S)
            pauses = _longest(players)
            for played in players:
                played.stop()
            await asyncio.gather(*works)
        for played in players:
            strain = played.player.facts[f"{played.player.role}.strain"]
            if strain != played.count or played.player.resets:
                raise LoadError(f"{played.count} acts were done, {strain} are known")
            await played.player.close()
    return calm, pauses, took_s


def _longest(players: list[Played]) -> list[float]:
    """Return each player's longest wait since the last time."""
    found = [max(played.waits_ms, default=0.0) for played in players]
    for played in players:
        played.waits_ms.clear()
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
