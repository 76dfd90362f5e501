"""The rows of the matrix: what is done to what, how often, and where it cannot be done."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from faults import crowds, exhaustion, freezes, jumps, losses, partitions, upgrade, versions
from faults.campaign import campaign
from faults.outcome import Outcome
from faults.store_campaign import store_campaign
from faults.strikes import DIRECTOR, NODE, STORE

Run = Callable[[Path, int, str], Awaitable[Outcome]]


class Row(NamedTuple):
    """One row. `why_not` says why it cannot be run here, "" where it can."""

    title: str
    full: int
    quick: int
    run: Run
    why_not: Callable[[], str] = str


async def kill(
    folder: Path, runs: int, seed: str, *, windows: Sequence[str], packs: Sequence[str] = ()
) -> Outcome:
    """Kill processes at windows."""
    number = zlib.crc32(seed.encode())
    report = await campaign(folder, runs, number, windows=windows, packs=packs)
    gaps_s = [gap_s for tally in report.tallies.values() for gap_s in tally.gaps_s]
    missed = sum(tally.missed for tally in report.tallies.values())
    hit = sum(1 for tally in report.tallies.values() if tally.kills)
    notes = [f"at {hit} windows, {missed} times the window did not come by"]
    return Outcome(
        "", report.kills, report.acked, report.commits, gaps_s, report.faults, notes=notes
    )


async def fail_over(
    folder: Path, runs: int, seed: str, *, kind: str, names: Sequence[str] = ()
) -> Outcome:
    """Strike at the servers of a store of several."""
    number = zlib.crc32(seed.encode())
    report = await store_campaign(folder, kind, runs, number, names=names)
    gaps_s = [gap_s for tally in report.tallies.values() for gap_s in tally.gaps_s]
    return Outcome("", report.kills, report.acked, report.commits, gaps_s, report.faults)


async def side_by_side(folder: Path, runs: int, seed: str, *, run: Run, lanes: int) -> Outcome:
    """Share the runs of a row that mostly waits between servers of their own."""
    lanes = min(lanes, runs)
    shares = [runs // lanes + (lane < runs % lanes) for lane in range(lanes)]
    whole = Outcome("")
    async with asyncio.TaskGroup() as group:
        works = [
            group.create_task(_lane(run, folder / f"lane-{lane}", share, f"{seed}/{lane}"))
            for lane, share in enumerate(shares)
        ]
    for work in works:
        whole.add(work.result())
    return whole


async def _lane(run: Run, folder: Path, runs: int, seed: str) -> Outcome:
    return await run(folder, runs, seed)


def _parted(which: str, way: partitions.Way) -> Run:
    run = partial(partitions.part, which=which, ways=(way,))
    return partial(side_by_side, run=run, lanes=2)


_OWNER = tuple(name for name in NODE if name != "reply lost, resent")
# Cues come by seldom: most kills are at windows that do not wait for one.
_DIRECTOR = (*DIRECTOR, *("taking its term", "director at random") * 4)
_APART = partitions.why_not
ROWS: Final[Mapping[str, Row]] = {
    "owner-killed": Row("owner killed (SIGKILL)", 200, 6, partial(kill, windows=_OWNER)),
    "owner-frozen": Row(
        "owner stopped past its lease (SIGSTOP), and woken", 50, 1,
        partial(side_by_side, run=freezes.freeze_owners, lanes=3),
    ),
    "reply-lost": Row("reply lost after execution (operations)", 2_000, 60, losses.lose_replies),
    "director-killed": Row(
        "director killed", 200, 6,
        partial(kill, windows=_DIRECTOR, packs=("starter", "expo")),
    ),
    "director-frozen": Row(
        "director stopped past its lease, and woken", 20, 1,
        partial(side_by_side, run=freezes.freeze_directors, lanes=2),
    ),
    "store-killed": Row("store killed (solo)", 50, 4, partial(kill, windows=tuple(STORE))),
    "cluster-primary-killed": Row(
        "Cluster: a primary killed", 20, 1,
        partial(fail_over, kind="cluster", names=("primary killed",)),
    ),
    "cluster": Row(
        "Cluster: frozen, moved, lagging, slots moved", 10, 1,
        partial(fail_over, kind="cluster", names=(
            "primary frozen", "primary moved", "replicas lag", "slot moved by keys",
            "slot moved at once",
        )),
    ),
    "sentinel": Row("Sentinel: killed, frozen, moved, lagging", 8, 1,
                    partial(fail_over, kind="sentinel")),
    "store-parted": Row("node and store parted", 6, 1, _parted("store", "both"), _APART),
    "store-unheard": Row("… only what the store answers is lost", 6, 1,
                         _parted("store", "in"), _APART),
    "store-unreached": Row("… only what the node asks is lost", 6, 1,
                           _parted("store", "out"), _APART),
    "client-parted": Row("clients and node parted", 6, 1, _parted("clients", "both"), _APART),
    "client-unheard": Row("… only what clients say is lost", 6, 1,
                          _parted("clients", "in"), _APART),
    "client-unreached": Row("… only what the node says is lost", 6, 1,
                            _parted("clients", "out"), _APART),
    "memory-full": Row("store out of memory", 12, 1, exhaustion.fill_memory),
    "disk-full": Row("disk full under the store (`serve`)", 8, 1, exhaustion.fill_disk,
                     exhaustion.why_not),
    "upgrade": Row("rolling upgrade: a process replaced by the next version, and back", 24, 4,
                   upgrade.upgrade),
    "upgrade-from-history": Row(
        "… by an earlier commit of the code, and back", 12, 4,
        partial(upgrade.upgrade, history=True), versions.why_no_history,
    ),
    "rolled-back-too-far": Row("… by one that cannot read what is written", 6, 1,
                               upgrade.roll_back_too_far),
    "clock-jumps": Row("wall clock set by hours, then the owner killed", 30, 2,
                       jumps.jump_clocks),
    "stalled-readers": Row("readers that never read", 1_000, 40, crowds.stall),
    "reconnect-storm": Row("clients cut at one moment", 1_000, 40, crowds.storm),
}  # fmt: skip
