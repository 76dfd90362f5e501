"""Scoring: many runs under the director and under the trigger list, compared seed by seed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log2, sqrt
from typing import Final, Literal, NamedTuple

from dreamsync_server.story.bots import Bots
from dreamsync_server.story.measures import Measures, Meter
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.chance import draw
from dreamsync_server.world.model import Pack

Arm = Literal["director", "triggers"]

MINUTES_MAX: Final = 100
"""A run that has no ending by then has none."""
_Z95: Final = 1.96
_RESAMPLES: Final = 400


class Row(NamedTuple):
    """One measure of both arms. `low` and `high` bound director minus triggers, at 95 %.

    `better` is 1 where more is better, -1 where less is, 0 where neither.
    """

    name: str
    director: float
    triggers: float
    low: float
    high: float
    better: int

    @property
    def verdict(self) -> str:
        """Say who is ahead beyond chance."""
        if self.low <= 0 <= self.high:
            return "even"
        if self.better == 0:
            return "more" if self.low > 0 else "less"
        return "ahead" if (self.low > 0) == (self.better > 0) else "behind"


_ROWS: Final[tuple[tuple[str, str, int], ...]] = (
    ("sought endings", "is_sought", 1),
    ("tension error", "tension_error", -1),
    ("dull gap p50 (s)", "dull_p50_s", -1),
    ("dull gap p95 (s)", "dull_p95_s", -1),
    ("fairness (Jain)", "fairness", 1),
    ("fairness of beats and choices", "leads_by_beats", 1),
    ("longest without a lead (s)", "lead_gap_s", -1),
    ("longest without beat or choice", "story_gap_s", -1),
    ("nudges a player-minute", "nudges", 0),
    ("agency", "agency", 1),
    ("time at dead ends", "dead_end", -1),
    ("beats a run", "beats", 0),
    ("minutes a run", "minutes", 0),
)


def run_once(pack: Pack, seed: int, arm: Arm) -> Measures:
    """Play one world to its end with bots in every open role, and measure it."""
    play = Playthrough(pack, seed, is_hashed=False)
    bots, meter = Bots(play, seed), Meter(play)
    while not play.ending and play.world_ms < MINUTES_MAX * 60_000:
        play.pass_ms(1000)
        bots.act_second()
        play.direct_second(by_triggers=arm == "triggers")
        meter.look()
    return meter.result()


def compare(director: Sequence[Measures], triggers: Sequence[Measures]) -> list[Row]:
    """Return the scorecard of runs on the same seeds, in the same order."""
    assert [m.seed for m in director] == [m.seed for m in triggers], "the same seeds"
    ended = (
        [float(bool(m.ending)) for m in director],
        [float(bool(m.ending)) for m in triggers],
    )
    found = [_paired("any ending", *ended, 1)]
    for name, field, better in _ROWS:
        pairs = [
            (getattr(a, field), getattr(b, field)) for a, b in zip(director, triggers, strict=True)
        ]
        known = [(float(a), float(b)) for a, b in pairs if a is not None and b is not None]
        ours, theirs = [a for a, _ in known], [b for _, b in known]
        found.append(_paired(name, ours, theirs, better))
    found.insert(2, _entropies("entropy of endings (bits)", director, triggers))
    sought = (
        [m for m in director if m.is_sought],
        [m for m in triggers if m.is_sought],
    )
    found.insert(3, _entropies("  of sought endings alone", *sought))
    return found


def endings_of(runs: Sequence[Measures]) -> Mapping[str, int]:
    """Return how many runs came to each ending, the most frequent first; "" is none."""
    return dict(Counter(m.ending for m in runs).most_common())


def entropy(endings: Sequence[str]) -> float:
    """Return the entropy of a distribution of endings, in bits."""
    total = len(endings)
    return -sum(n / total * log2(n / total) for n in Counter(endings).values()) if total else 0.0


def _paired(name: str, ours: list[float], theirs: list[float], better: int) -> Row:
    """Return both means and the 95 % interval of the mean paired difference."""
    count = len(ours)
    if count == 0:
        return Row(name, 0.0, 0.0, 0.0, 0.0, better)
    gaps = [a - b for a, b in zip(ours, theirs, strict=True)]
    mean = sum(gaps) / count
    spread = sum((gap - mean) ** 2 for gap in gaps) / max(1, count - 1)
    half = _Z95 * sqrt(spread / count)
    return Row(name, sum(ours) / count, sum(theirs) / count, mean - half, mean + half, better)


def _entropies(name: str, director: Sequence[Measures], triggers: Sequence[Measures]) -> Row:
    """Return the entropies of endings; the interval by resampling runs, the same draws for both."""
    ours, theirs = [m.ending for m in director], [m.ending for m in triggers]
    gaps = sorted(
        _resampled(ours, number) - _resampled(theirs, number) for number in range(_RESAMPLES)
    )
    low, high = gaps[len(gaps) // 40], gaps[-1 - len(gaps) // 40]
    return Row(name, entropy(ours), entropy(theirs), low, high, 1)


def _resampled(endings: list[str], number: int) -> float:
    count = len(endings)
    return entropy([endings[draw(number, "resample", i, count) - 1] for i in range(count)])
