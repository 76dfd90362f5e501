"""The planted bugs are found: each at the seed that a search found it at."""

import pytest

from simulation.bugs import BUGS, SEEDS
from simulation.command import run


def test_every_planted_bug_has_a_seed() -> None:
    assert list(SEEDS) == list(BUGS)
    assert len(BUGS) >= 12
    assert max(SEEDS.values()) < 200


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found_at_its_seed(bug: str) -> None:
    seed = SEEDS[bug]
    assert run(seed, bug).faults, "not found any more: search anew by ./dream simulate --bugs"
    assert not run(seed).faults, "this seed fails by itself"
