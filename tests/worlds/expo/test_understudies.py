"""The expo played by understudies alone: it ends, in many ways, and its rules always hold."""

from collections import Counter
from collections.abc import Iterator

import pytest
from support.packs import expo

from dreamsync_server.story.playthrough import Playthrough

WORLD_S_MAX = 5_400
"""An hour and a half: a run that is not over by then is stuck."""
SEEDS = (*range(1, 7), 10, 12, 15, 18, 21, 22, 27)
"""Some of the fifty, with those that end otherwise than most; all fifty: pytest -m slow."""
MORE_SEEDS = range(1, 51)
ENDINGS_MIN = 4
PAIRS = ("ava.leo", "ava.juno", "leo.juno")


def played(seed: int) -> Playthrough:
    """Play one seed to its end; what must hold of every second is asserted on the way."""
    play = Playthrough(expo(), seed, is_hashed=False)
    while not play.ending and play.world_ms < WORLD_S_MAX * 1000:
        play.direct_second()
        play.pass_ms(1000)
        if play.world_ms % 20_000 == 0:
            assert list(broken(play)) == []
    return play


def broken(play: Playthrough) -> Iterator[str]:
    """Yield what does not hold and should."""
    whole, pack = play.facts.whole, play.pack
    if whole("evidence.shown") > whole("evidence.found"):
        yield "B-21: more is shown than was found"
    for thing in pack.sets["proofs"]:
        holder = whole(f"{thing}.holder")
        if holder in pack.sets["cast"] and whole(f"{thing}.custody")[-1:] != (holder,):
            yield f"B-21: {thing} is held by {holder}, unrecorded"
    due, kept = whole("household.due"), whole("household.kept")
    if due and whole("household.score") != kept * 100 // due:
        yield "B-01: the score is not what was kept of what was due"
    for pair in PAIRS:
        shown, true = (
            whole(pack.aliases.get(n, n)) for n in (f"connection.{pair}", f"bond.{pair}")
        )
        if (shown == true) is not whole("ava.heard"):
            yield f"B-35: the index shows {shown} of {pair}, and {true} is true"


def opened(play: Playthrough) -> bool:
    """Return whether the expo opened its doors in this run."""
    return any(e.key == "expo.everybody" for commit in play.commits for e in commit.events)


@pytest.fixture(scope="module")
def runs() -> list[Playthrough]:
    """Return a run of each of a few seeds."""
    return [played(seed) for seed in SEEDS]


def test_no_run_is_stuck(runs: list[Playthrough]) -> None:
    assert [play.seed for play in runs if not play.ending] == []


def test_they_come_to_at_least_four_endings(runs: list[Playthrough]) -> None:
    assert len({play.ending for play in runs}) >= ENDINGS_MIN, Counter(p.ending for p in runs)


def test_B_29_the_expo_opens_in_every_run(runs: list[Playthrough]) -> None:
    assert all(opened(play) for play in runs)


def test_B_39_an_understudy_may_step_back_too(runs: list[Playthrough]) -> None:
    assert any(play.facts["ellis.stepped"] for play in runs)


@pytest.mark.slow
def test_fifty_runs_are_never_stuck_and_come_to_at_least_four_endings() -> None:
    endings = Counter(played(seed).ending for seed in MORE_SEEDS)
    assert endings[""] == 0
    assert len(endings) >= ENDINGS_MIN, endings
