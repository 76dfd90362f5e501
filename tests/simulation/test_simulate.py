"""Seeds of the whole system, and that a seed is the same run every time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulation.command import run, told
from simulation.plan import FAULTS, plan_of

SEEDS = 100  # any number by `./dream simulate --seeds 0-999 --jobs 2`
_BLOCK = 10
_ONE = """
from simulation.command import run
result = run({seed}, is_traced=True)
print(result.digest, *result.trace, sep=chr(10))
"""


@pytest.mark.parametrize("first", range(0, SEEDS, _BLOCK))
def test_nothing_is_lost_doubled_or_leaked_whatever_fails(first: int) -> None:
    results = [run(seed) for seed in range(first, first + _BLOCK)]
    failed = [told(result) for result in results if result.faults]
    assert not failed, "\n" + "\n".join(failed)
    assert sum(result.acked for result in results) > 50
    assert sum(result.struck for result in results) > 10


@pytest.mark.parametrize("seed", [5, 29])
def test_a_seed_is_one_run_whatever_the_hashes_of_texts_are(seed: int, checkout: Path) -> None:
    outs = [
        subprocess.run(
            [sys.executable, "-c", _ONE.format(seed=seed)],
            env={**os.environ, "PYTHONPATH": str(checkout / "tests"), "PYTHONHASHSEED": hashes},
            capture_output=True,
            timeout=60,
            check=True,
        ).stdout
        for hashes in ("1", "2")
    ]
    assert outs[0] == outs[1]
    assert len(outs[0].splitlines()) > 100


def test_two_seeds_are_two_runs() -> None:
    assert run(0).digest != run(1).digest


def test_a_trace_is_read_without_changing_the_run() -> None:
    assert run(3, is_traced=True).digest == run(3).digest


def test_every_fault_is_met_among_the_seeds_of_the_suite() -> None:
    met = {name for seed in range(SEEDS) for name in plan_of(seed).faults}
    assert met >= set(FAULTS)
