"""Every fault there is, so many times each, in one table.

    PYTHONPATH=tests python -m faults.matrix                    # all: some twenty minutes
    PYTHONPATH=tests python -m faults.matrix --quick            # a few of each
    PYTHONPATH=tests python -m faults.matrix --rows owner-killed reply-lost --runs 50 --seed 7

ends with exit code 1 where anything acked was lost, doubled or leaked, or where play did not go on
within 10 s after a fault. `--json` prints one line a row instead of the table.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from faults.outcome import HEAD, Outcome
from faults.rows import ROWS, Row

ROW_S = 900.0  # a row may take; beyond: it is told as stuck


async def run_row(row: Row, folder: Path, runs: int, seed: str) -> Outcome:
    """Run one row to its end, whatever comes; what breaks off is told as stuck."""
    began_s = time.monotonic()
    if why := row.why_not():
        return Outcome(row.title, skipped=why)
    try:
        async with asyncio.timeout(ROW_S):
            outcome = await row.run(folder, runs, seed)
    except Exception as error:  # noqa: BLE001 - the other rows are to be had all the same
        traceback.print_exception(error, limit=12)
        outcome = Outcome(row.title, stuck=[f"it broke off: {type(error).__name__}: {error}"])
    outcome.name = row.title
    outcome.lasted_s = time.monotonic() - began_s
    return outcome


async def matrix(
    names: Sequence[str], seed: str, *, is_quick: bool, runs: int = 0, is_json: bool = False
) -> list[Outcome]:
    """Run rows one after the other, and print each as soon as it is there."""
    outcomes = []
    if not is_json:
        print(HEAD, flush=True)
    for name in names:
        row = ROWS[name]
        count = runs or (row.quick if is_quick else row.full)
        with tempfile.TemporaryDirectory(prefix="dreamsync-matrix-") as folder:
            outcome = await run_row(row, Path(folder), count, seed)
        outcomes.append(outcome)
        told = {"row": name, **outcome.figures(), "skipped": outcome.skipped,
                "notes": outcome.notes, "seed": seed}  # fmt: skip
        print(json.dumps(told) if is_json else outcome.line(), flush=True)
    return outcomes


def summary(outcomes: Sequence[Outcome], seed: str) -> str:
    """Return what it came to, on what machine, in one sentence."""
    whole = Outcome("")
    for outcome in outcomes:
        whole.add(outcome)
    figures = whole.figures()
    return (
        f"{figures['runs']} faults, {figures['acked']} outcomes acked, seed {seed}:"
        f" **{figures['lost']} acked lost, {figures['doubled']} doubled, {figures['leaked']}"
        f" leaked, {figures['other']} other faults, {figures['stuck']} times stuck**;"
        f" {os.cpu_count()} cores, load {os.getloadavg()[1]:.1f} in the last 5 minutes."
    )


def main() -> int:
    """Run the matrix; return the exit code."""
    asked = argparse.ArgumentParser(
        prog="faults.matrix", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    asked.add_argument("--quick", action="store_true", help="a few of each")
    asked.add_argument("--rows", nargs="+", choices=list(ROWS), default=list(ROWS))
    asked.add_argument("--runs", type=int, default=0, help="so many of each row instead")
    asked.add_argument("--seed", default=str(random.SystemRandom().randrange(10**6)))
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    work = matrix(given.rows, given.seed, is_quick=given.quick, runs=given.runs, is_json=given.json)
    outcomes = asyncio.run(work)
    if not given.json:
        print(f"\n{summary(outcomes, given.seed)}")
    for name, outcome in zip(given.rows, outcomes, strict=True):
        for fault in outcome.faults[:20]:
            print(f"{name}: {fault.kind}: {fault.text}", file=sys.stderr)
        for text in outcome.stuck[:20]:
            print(f"{name}: stuck: {text}", file=sys.stderr)
        if not outcome.is_good:
            print(f"again: PYTHONPATH=tests python -m faults.matrix --rows {name}"
                  f" --seed {given.seed}", file=sys.stderr)  # fmt: skip
    return 0 if all(outcome.is_good for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
