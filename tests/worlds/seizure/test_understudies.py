"""The seizure played by understudies alone: it ends, in many ways, and its rules always hold."""

from collections import Counter
from collections.abc import Iterator

import pytest
from worlds.seizure.nights import CAST, seizure

from dreamsync_server.story.playthrough import Playthrough

WORLD_S_MAX = 5_400
"""An hour and a half: a run that is not over by then is stuck."""
SEEDS = range(1, 6)
MORE_SEEDS = range(1, 51)
ENDINGS_MIN = 3
MORE_ENDINGS_MIN = 5


def played(seed: int) -> Playthrough:
    """Play one seed to its end; what must hold of every second is asserted on the way."""
    play = Playthrough(seizure(), seed, is_hashed=False)
    while not play.ending and play.world_ms < WORLD_S_MAX * 1000:
        play.direct_second()
        play.pass_ms(1000)
        if play.world_ms % 20_000 == 0:
            assert list(broken(play)) == []
    return play


def broken(play: Playthrough) -> Iterator[str]:
    """Yield what does not hold and should."""
    whole = play.facts.whole
    units = sum(whole(f"{role}.units") for role in CAST)
    if whole("harvested") != units + whole("sold.creativity") + whole("sold.entertainment"):
        yield "A-05: what was harvested is neither held nor sold"
    if whole("traces") != len(whole("kane.entries")):
        yield "A-11: an insertion left no line"
    if whole("sessions_left") < 0 or told(play, "told.siren") > 2:
        yield "A-27: the session was called too often"
    for leak, at in (("leak.moth", 7), ("leak.staircase", 4), ("leak.tide", 1)):
        if whole("fabric") <= at and told(play, leak) != 1:
            yield f"A-38: the fabric is at {whole('fabric')}, and {leak} was told otherwise"
    for role in CAST:
        if whole(f"{role}.stranded") and not whole("seized"):
            yield f"A-43: {role} is stranded in a night that nobody seized"
        if whole(f"{role}.bound") is not (whole("trapped") == role):
            yield f"A-62: {role} is bound, or is not, and {whole('trapped')} is trapped"


def told(play: Playthrough, key: str) -> int:
    """Return how often a text was said."""
    return sum(e.key == key for commit in play.commits for e in commit.events)


@pytest.fixture(scope="module")
def runs() -> list[Playthrough]:
    """Return a run of each of a few seeds."""
    return [played(seed) for seed in SEEDS]


def test_no_run_is_stuck(runs: list[Playthrough]) -> None:
    assert [play.seed for play in runs if not play.ending] == []


def test_they_come_to_at_least_three_endings(runs: list[Playthrough]) -> None:
    assert len({play.ending for play in runs}) >= ENDINGS_MIN, Counter(p.ending for p in runs)


@pytest.mark.slow
def test_fifty_runs_are_never_stuck_and_come_to_at_least_five_endings() -> None:
    endings = Counter(played(seed).ending for seed in MORE_SEEDS)
    assert endings[""] == 0
    assert len(endings) >= MORE_ENDINGS_MIN, endings
