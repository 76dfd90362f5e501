"""Fail the servers of a store over while people play, again and again, and judge.

    PYTHONPATH=tests python -m faults.store_campaign cluster --runs 20 --only "primary killed"
    PYTHONPATH=tests python -m faults.store_campaign sentinel --runs 12 --seed 7

prints a table and ends with exit code 1 where anything was lost, doubled or leaked.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from support.packs import starter

from faults.bots import Cast
from faults.campaign import Report
from faults.rig import now_s
from faults.store_rig import StoreRig
from faults.store_strikes import STRIKES
from faults.strikes import Tally

PER_WORLD = 5  # strikes before a world is judged and another one opened
BACK_S = 45.0
_QUIETLY_S = 0.4


async def store_campaign(
    folder: Path, kind: str, runs: int, seed: int, *, names: Sequence[str] = ()
) -> Report:
    """Strike so many times, in the ways named (all, where none is); return what became of it."""
    report = Report(seed)
    began_s = time.monotonic()
    names = names or tuple(STRIKES[kind])
    done = 0
    async with StoreRig(folder, kind) as rig:
        while done < runs:
            some = [names[(done + i) % len(names)] for i in range(min(PER_WORLD, runs - done))]
            await _round(rig, report, some, f"{seed}/{done}")
            done += len(some)
    report.lasted_s = time.monotonic() - began_s
    return report


async def _round(rig: StoreRig, report: Report, names: list[str], seed: str) -> None:
    dice = random.Random(seed)
    cast = Cast(rig, starter(), dice.getrandbits(30), quick=2)
    await cast.open(speed=8_000)
    await cast.enter_all(("ada", "ben", "guest", "guest"))
    acked = asyncio.Event()
    cast.on_ack = acked.set
    async with asyncio.TaskGroup() as group:
        group.create_task(cast.play())
        for name in names:
            await asyncio.sleep(_QUIETLY_S)
            tally = report.tallies.setdefault(name, Tally())
            at_s = now_s()
            await STRIKES[rig.stores.kind][name](rig, cast, dice)
            await _until_acked(cast, acked, at_s, tally)
            await rig.until_whole()
            tally.kills += 1
            report.kills += 1
        cast.rest()
    await cast.settle()
    history = await cast.check()
    report.acked += history.acked
    report.faults += history.faults
    report.commits += len((await cast.log())[0])
    report.worlds += 1
    await cast.stack.aclose()


async def _until_acked(cast: Cast, acked: asyncio.Event, since_s: float, tally: Tally) -> None:
    """Wait until somebody learns an outcome again; the gap is the longest pause since the fault."""
    async with asyncio.timeout(BACK_S):
        while cast.is_running:
            acked.clear()
            await acked.wait()
            if all(client.is_live for client in cast.players):
                break
    loop_s = asyncio.get_running_loop().time() - now_s()
    acks = sorted(at_s - loop_s for client in cast.players for at_s in client.acks)
    known = [max([at_s for at_s in acks if at_s < since_s], default=since_s), *acks]
    later = [at_s for at_s in known if at_s >= since_s]
    pairs = zip([since_s, *later], later, strict=False)
    tally.gaps_s.append(max((after - before for before, after in pairs), default=0.0))


def main() -> int:
    """Run a campaign; return the exit code."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("kind", choices=sorted(STRIKES))
    asked.add_argument("--runs", type=int, default=20)
    asked.add_argument("--only", default="", help="one kind of strike, by its name")
    asked.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="dreamsync-stores-") as folder:
        names = (given.only,) if given.only else ()
        work = store_campaign(Path(folder), given.kind, given.runs, given.seed, names=names)
        report = asyncio.run(work)
    print(report.table())
    for fault in report.faults[:50]:
        print(f"{fault.kind}: {fault.text}")
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
