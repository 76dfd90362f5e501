"""The planted bugs are found: each at the seed that a search found it at."""

import pytest

from simulation.bugs import BUGS, SEEDS
from simulation.command import run

NEAR = 12  # seeds


def test_every_planted_bug_has_a_seed() -> None:
    assert list(SEEDS) == list(BUGS)
    assert len(BUGS) >= 12
    assert max(SEEDS.values()) < 200


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found_at_its_seed_or_soon_after(bug: str) -> None:
    """A change of the code may move a run's events, and a bug with them, by some seeds."""
    seeds = range(SEEDS[bug], SEEDS[bug] + NEAR)
    found = next((seed for seed in seeds if run(seed, bug).faults), None)
    assert found is not None, "not found any more: search anew by ./dream simulate --bugs"
    assert not run(found).faults, f"seed {found} fails without the bug too"
