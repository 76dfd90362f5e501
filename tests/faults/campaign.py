"""Kill the processes of a server at every window that matters, again and again, and judge.

    PYTHONPATH=tests python -m faults.campaign --kills 300 --seed 7

prints a table and ends with exit code 1 where anything was lost, doubled or leaked.
"""

import argparse
import asyncio
import itertools
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from support.invariants import Fault, check_appends
from support.packs import expo, starter

from faults.bots import Cast
from faults.rig import TIGHT, Rig
from faults.strikes import DIRECTOR, NODE, OWNERS, STORE, Field, Tally

PER_ROUND = 60
SPEEDS = {"starter": 8_000, "expo": 20_000}
ROLES = {"starter": ("ada", "ben", "guest", "guest"), "expo": ("ava", "leo", "mia", "ellis")}
PACKS = {"starter": starter, "expo": expo}
ALL = (*NODE, *NODE, *STORE, *DIRECTOR)
_QUIETLY_S = 0.15  # between two strikes, so that something happens to be struck at
_LOST, _LEAKED = ("lost", "beyond"), ("leak",)
_DOUBLED = ("doubled", "order", "cue")


@dataclass
class Report:
    """What a campaign came to."""

    seed: int
    kills: int = 0
    acked: int = 0
    commits: int = 0
    worlds: int = 0
    lasted_s: float = 0.0
    tallies: dict[str, Tally] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def add(self, tallies: dict[str, Tally]) -> None:
        """Take in one round's tallies."""
        for name, tally in tallies.items():
            mine = self.tallies.setdefault(name, Tally())
            mine.kills += tally.kills
            mine.missed += tally.missed
            mine.gaps_s += tally.gaps_s

    def count(self, *kinds: str) -> int:
        """Return how many faults of some kinds there were."""
        return sum(1 for fault in self.faults if fault.kind in kinds)

    def table(self) -> str:
        """Return the table, in Markdown."""
        lines = ["| window | kills | missed | gap p50 ms | p99 ms | max ms |",
                 "|---|---:|---:|---:|---:|---:|"]  # fmt: skip
        for name, tally in self.tallies.items():
            lines.append(_row(name, tally))
        whole = Tally(self.kills, 0, [])
        for tally in self.tallies.values():
            whole.missed += tally.missed
            whole.gaps_s += tally.gaps_s
        lines.append(_row("**all**", whole))
        return "\n".join([*lines, "", self.verdict()])

    def verdict(self) -> str:
        """Return what it came to, in one sentence."""
        others = len(self.faults) - self.count(*_LOST, *_DOUBLED, *_LEAKED)
        return (
            f"{self.kills} kills in {self.lasted_s:.0f} s over {self.worlds} worlds, seed"
            f" {self.seed}: {self.commits} commits, {self.acked} outcomes acked;"
            f" **{self.count(*_LOST)} acked lost, {self.count(*_DOUBLED)} doubled,"
            f" {self.count(*_LEAKED)} leaked, {others} other faults**."
        )


def _row(name: str, tally: Tally) -> str:
    gaps = sorted(tally.gaps_s)
    shown = [f"{1000 * gaps[int(share * (len(gaps) - 1))]:.0f}" if gaps else "–"
             for share in (0.5, 0.99, 1.0)]  # fmt: skip
    return f"| {name} | {tally.kills} | {tally.missed} | {' | '.join(shown)} |"


async def campaign(
    folder: Path,
    kills: int,
    seed: int,
    *,
    is_cold: bool = False,
    packs: Sequence[str] = (),
    windows: Sequence[str] = (),
) -> Report:
    """Strike until so many processes were killed; return what became of the worlds.

    `windows` are the names of those to strike at; all, where none are given.
    """
    report = Report(seed)
    began_s = time.monotonic()
    bounds = {} if is_cold else TIGHT
    async with Rig(folder, bounds=bounds, is_cold=is_cold) as rig:
        for number in itertools.count():
            missing = kills - report.kills
            if missing <= 0:
                break
            kills_now = min(missing, PER_ROUND)
            await _round(rig, report, kills_now, f"{seed}/{number}", packs, windows or ALL)
    report.lasted_s = time.monotonic() - began_s
    return report


async def _round(
    rig: Rig,
    report: Report,
    kills: int,
    seed: str,
    packs: Sequence[str],
    windows: Sequence[str],
) -> None:
    """Play worlds from their opening on, under strikes; then let them rest, and check."""
    dice = random.Random(seed)
    casts = []
    quick = 1 if rig.is_cold else 5
    for name in packs or ("starter", "expo", "starter"):
        cast = Cast(rig, PACKS[name](), dice.getrandbits(30), quick=quick)
        await cast.open(speed=SPEEDS[name], understudies=name == "expo")
        await cast.enter_all(ROLES[name])
        casts.append(cast)
    field_ = Field(rig, casts)
    before = field_.kills
    async with asyncio.TaskGroup() as group:
        for cast in casts:
            group.create_task(cast.play())
        await _strike(field_, dice, before + kills, windows)
        for cast in casts:
            cast.rest()
    for cast in casts:
        await cast.settle()
    report.kills += field_.kills - before
    report.add(field_.tallies)
    report.faults += check_appends(rig.node_tap.owned)
    for cast in casts:
        history = await cast.check()
        report.acked += history.acked
        report.faults += history.faults
        report.commits += len((await cast.log())[0])
        report.worlds += 1
        await cast.stack.aclose()


async def _strike(field_: Field, dice: random.Random, kills: int, windows: Sequence[str]) -> None:
    """Strike at the node and the store, one after the other, and meanwhile at the director."""
    owners = [name for name in windows if name in OWNERS]
    others = [name for name in windows if name in DIRECTOR]
    async with asyncio.TaskGroup() as group:
        work = _strike_directors(field_, random.Random(dice.random()), kills, others)
        beside = group.create_task(work)
        if not owners:
            return
        names = _shuffled(dice, owners)
        while field_.kills < kills and any(cast.is_running for cast in field_.casts):
            name = next(names)
            await OWNERS[name](field_, dice, name)
            await asyncio.sleep(dice.uniform(0, 2 * _QUIETLY_S))
        beside.cancel()


async def _strike_directors(
    field_: Field, dice: random.Random, kills: int, names: Sequence[str]
) -> None:
    while names and field_.kills < kills and any(cast.is_running for cast in field_.casts):
        name = dice.choice(names)
        await DIRECTOR[name](field_, dice, name)


def _shuffled(dice: random.Random, windows: Sequence[str]) -> Iterator[str]:
    """Yield every window in turn, in an order that is another each time."""
    while True:
        names = list(windows)
        dice.shuffle(names)
        yield from names


def main() -> int:
    """Run a campaign; return the exit code."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kills", type=int, default=300)
    asked.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    asked.add_argument("--cold", action="store_true", help="start processes as commands, and come"
                       " back as slowly as clients do: for figures of the gap")  # fmt: skip
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="dreamsync-faults-") as folder:
        report = asyncio.run(campaign(Path(folder), given.kills, given.seed, is_cold=given.cold))
    print(report.table())
    for fault in report.faults[:50]:
        print(f"{fault.kind}: {fault.text}")
    if report.faults:
        print(f"again: PYTHONPATH=tests python -m faults.campaign --kills {given.kills}"
              f" --seed {given.seed}")  # fmt: skip
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
