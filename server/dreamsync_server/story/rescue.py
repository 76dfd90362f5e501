"""Rescue: what is tried when the story stands still, rung by rung.

A story stands still when no beat came and no chapter turned for as long as the temperament
bears. Each rung has its time; a cue or a new chapter lets the next standstill begin anew.
"""

from typing import Final, Literal, NamedTuple

from dreamsync_server.story.choosing import quiet_ms
from dreamsync_server.story.temperament import TEMPERS
from dreamsync_server.world.memory import temperament_of
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import Facts, as_tuple

Rung = Literal["hint", "clue", "cause", "reveal", "clock", "call"]

LADDER: Final[tuple[Rung, ...]] = ("hint", "clue", "cause", "reveal", "clock", "call")
RUNG_MS: Final = 40_000


class Standstill(NamedTuple):
    """For how long the story has stood still, and the rung that is due (its index)."""

    quiet_ms: int
    rung: int

    @property
    def means(self) -> Rung:
        """What is tried on this rung."""
        return LADDER[self.rung]


def standstill(pack: Pack, facts: Facts) -> Standstill | None:
    """Return the rung that is due now, None where none is."""
    waited_ms = quiet_ms(pack, facts)
    kept = as_tuple(facts.get("@rung"))
    taken = int(kept[0]) if kept and kept[1] >= facts.ms - waited_ms else 0
    due_ms = TEMPERS[temperament_of(pack, facts)].stall_ms + RUNG_MS * taken
    if taken >= len(LADDER) or waited_ms < due_ms:
        return None
    return Standstill(waited_ms, taken)
