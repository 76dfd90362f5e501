"""Eyes on a world's past: those of whoever held a seat then, of a spectator, of the desk.

They are those of a session of their own that was never there: what was for one session alone is
nobody else's in a look back either.
"""

from typing import Final

from dreamsync_server.gateway.gate import JUDGE
from dreamsync_server.gateway.rewind import Look
from dreamsync_server.gateway.views import Eyes, Judge
from dreamsync_server.world.audience import atoms_of_desk, atoms_of_player, atoms_of_watcher
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import Facts, is_seat

WATCHER: Final = "watcher"
DESK: Final = "desk"


def look_of(pack: Pack, eyes: str, judge: Judge = JUDGE) -> Look | None:
    """Return the eyes by name: a seat, `watcher` or `desk`; None where there is no such seat."""
    if eyes not in (WATCHER, DESK) and not is_seat(pack, eyes):
        return None
    known: dict[frozenset[str], Eyes] = {}

    def look(facts: Facts) -> Eyes:
        if not facts:
            atoms: frozenset[str] = frozenset()  # before the first commit there is nothing to see
        elif eyes == WATCHER:
            atoms = atoms_of_watcher(pack, "")
        elif eyes == DESK:
            atoms = atoms_of_desk("")
        else:
            atoms = atoms_of_player(facts, eyes, "")
        return known.setdefault(atoms, Eyes(atoms, judge))

    return look


def kind_of(eyes: str) -> str:
    """Return what kind of session has such eyes."""
    return {WATCHER: "watch", DESK: "desk"}.get(eyes, "player")
