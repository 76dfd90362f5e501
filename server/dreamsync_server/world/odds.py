"""Odds: what a rehearsal taught about how a night will end, as a pack carries it.

A sign is something that holds or not; it adds its points to every ending. An ending's chance is
its share of e to the power of its points, which are hundredths (story/odds.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dreamsync_server.world.model import Expr

NO_ENDING: Final = "none"
"""How a run is counted that came to no ending."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A condition, or (`when` None) that the chapter has lasted for `after_ms`.

    `seen` is in how many of a thousand rehearsed states of its chapter it held; `points` has one
    number for each ending, in hundredths of log-odds.
    """

    when: "Expr | None"
    after_ms: int
    seen: int
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChapterOdds:
    """What tells in one chapter how the night will end; `states` is how many it was learned from.

    `bits` are (what it left open about runs kept aside, what who knows only how often each ending
    comes would), in hundredths of a bit a state.
    """

    states: int
    bits: tuple[int, int]
    base: tuple[int, ...]
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Odds:
    """Learned odds of endings, by chapter.

    `rules_hash` is the pack's, when they were learned.
    """

    rules_hash: str
    seed: int
    runs: int
    endings: tuple[str, ...]
    chapters: Mapping[str, ChapterOdds]
