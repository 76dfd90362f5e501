"""The command behind `./dream simulate`: many seeds, one seed with its trace, the planted bugs.

PYTHONPATH=tests python -m simulation --seeds 0-199 --jobs 2
"""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing import get_context
from typing import Final

from simulation.bugs import BUGS
from simulation.simulate import Result, simulate

SEARCHED: Final = 200  # seeds in which a planted bug must be found


def again(seed: int, bug: str = "") -> str:
    """Return the command that replays a seed."""
    return f"./dream simulate --seeds {seed} --trace" + (f" --bug {bug}" if bug else "")


def run(seed: int, bug: str = "", *, is_traced: bool = False) -> Result:
    """Run a seed, with a planted bug where one is named."""
    return simulate(seed, bug=BUGS[bug] if bug else None, is_traced=is_traced)


def told(result: Result, bug: str = "") -> str:
    """Return what a run came to: one line, and where it failed what failed and how to see it."""
    line = (
        f"seed {result.plan.seed}: {len(result.faults)} faults, {result.commits} commits,"
        f" {result.acked} acked, {result.epochs} epochs, {result.struck} strikes,"
        f" {result.virtual_s:.1f} s, trace {result.digest}"
    )
    if not result.faults:
        return line
    listed = [f"  {fault.kind}: {fault.text}" for fault in result.faults[:8]]
    return "\n".join([line, *listed, f"  again: {again(result.plan.seed, bug)}"])


def search(bug: str, seeds: Iterable[int] = range(SEARCHED)) -> Result | None:
    """Return the first run that finds a planted bug and is sound without it."""
    for seed in seeds:
        result = run(seed, bug)
        if result.faults and not run(seed).faults:
            return result
    return None


def results(seeds: Sequence[int], bug: str, jobs: int) -> Iterator[Result]:
    """Run seeds, in their order, in so many processes."""
    if jobs == 1:
        yield from (run(seed, bug) for seed in seeds)
        return
    with get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(_Work(bug), seeds, chunksize=4)


class _Work:
    """What a process of the pool does."""

    def __init__(self, bug: str) -> None:
        self._bug = bug

    def __call__(self, seed: int) -> Result:
        return run(seed, self._bug)


def main(given: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; return its exit code."""
    asked = argparse.ArgumentParser(prog="dream simulate", description=__doc__.splitlines()[0])
    asked.add_argument("--seeds", default="0-99", help="one seed, or the first and last: 0-99")
    asked.add_argument("--jobs", type=int, default=1, help="processes")
    asked.add_argument("--trace", action="store_true", help="print all that happened")
    asked.add_argument("--bug", choices=BUGS, default="", help="plant a bug")
    asked.add_argument("--bugs", action="store_true", help="search for every planted bug anew")
    wanted = asked.parse_args(given)
    if wanted.bugs:
        return _search_all()
    first, _, last = wanted.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    if wanted.trace:
        return _trace(seeds, wanted.bug)
    return _run_all(seeds, wanted.bug, wanted.jobs)


def _run_all(seeds: Sequence[int], bug: str, jobs: int) -> int:
    began_s = time.monotonic()
    failed, virtual_s, commits, acked, struck = [], 0.0, 0, 0, 0
    for result in results(seeds, bug, jobs):
        virtual_s += result.virtual_s
        commits += result.commits
        acked += result.acked
        struck += result.struck
        if result.faults:
            failed.append(result.plan.seed)
            print(told(result, bug), flush=True)
    lasted_s = time.monotonic() - began_s
    print(
        f"{len(seeds)} seeds in {lasted_s:.1f} s ({len(seeds) / lasted_s:.1f} a second,"
        f" {virtual_s / lasted_s:.0f} times real time): {struck} strikes, {commits} commits,"
        f" {acked} outcomes acked; {len(failed)} seeds failed"
    )
    return 1 if failed else 0


def _trace(seeds: Sequence[int], bug: str) -> int:
    has_failed = False
    for seed in seeds:
        result = run(seed, bug, is_traced=True)
        print(result.plan.told())
        print("\n".join(result.trace))
        print(told(result, bug))
        has_failed = has_failed or bool(result.faults)
    return 1 if has_failed else 0


def _search_all() -> int:
    print("| planted bug | seed | found as | seconds |\n|---|---:|---|---:|")
    missed = []
    for name in BUGS:
        began_s = time.monotonic()
        found = search(name)
        lasted_s = time.monotonic() - began_s
        if found is None:
            missed.append(name)
            print(f"| {name} | – | not found in {SEARCHED} seeds | {lasted_s:.1f} |", flush=True)
        else:
            kinds = " ".join(dict.fromkeys(fault.kind for fault in found.faults))
            print(f"| {name} | {found.plan.seed} | {kinds} | {lasted_s:.1f} |", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
