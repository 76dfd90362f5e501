"""Rescue: what is tried when the story stands still, rung by rung.

A story stands still when no beat came and no chapter turned for as long as the temperament
bears. Each rung has its time; a cue or a new chapter lets the next standstill begin anew. Where
odds were learned a dead end is foreseen too: the chance of any ending that is sought has fallen
below what the temperament bears, however much still happens.
"""

from typing import Final, Literal, NamedTuple

from dreamsync_server.story.choosing import quiet_ms
from dreamsync_server.story.odds import Chances
from dreamsync_server.story.temperament import TEMPERS
from dreamsync_server.world.memory import temperament_of
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import Facts, as_tuple

Rung = Literal["hint", "clue", "cause", "reveal", "clock", "call"]

LADDER: Final[tuple[Rung, ...]] = ("hint", "clue", "cause", "reveal", "clock", "call")
RUNG_MS: Final = 40_000
FORGET_MS: Final = 300_000
"""So long after the last rung a foreseen dead end is met from the first rung on."""
FORESEEN_FROM_MS: Final = 300_000
"""Before that nobody has done anything that a night could be judged by."""


class Standstill(NamedTuple):
    """For how long the story has stood still, and the rung that is due (its index).

    `is_foreseen`: it moves, but hardly to an ending that is sought.
    """

    quiet_ms: int
    rung: int
    is_foreseen: bool = False

    @property
    def means(self) -> Rung:
        """What is tried on this rung."""
        return LADDER[self.rung]


def standstill(pack: Pack, facts: Facts, chances: Chances | None = None) -> Standstill | None:
    """Return the rung that is due now, None where none is."""
    waited_ms = quiet_ms(pack, facts)
    temper = TEMPERS[temperament_of(pack, facts)]
    kept = as_tuple(facts.get("@rung"))
    taken = int(kept[0]) if kept and kept[1] >= facts.ms - waited_ms else 0
    due_ms = temper.stall_ms + RUNG_MS * taken
    if taken < len(LADDER) and waited_ms >= due_ms:
        return Standstill(waited_ms, taken)
    if chances is None or chances.sought >= temper.dead_end or facts.ms < FORESEEN_FROM_MS:
        return None
    since_ms = facts.ms - int(kept[1]) if kept else FORGET_MS
    climbed = 0 if since_ms >= FORGET_MS else int(kept[0])
    if climbed >= len(LADDER) or since_ms < RUNG_MS:
        return None
    return Standstill(waited_ms, climbed, is_foreseen=True)
