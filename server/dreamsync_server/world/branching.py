"""Parting from an origin: what a copied log forgets before it goes on as a world of its own.

A branch and an import are the origin's commits, as they were, and behind them one `begin` with an
`origin`. It lets go of everybody who was there: their sessions with secrets and outcomes, their
seats, a pause that one of them called, the place in an inbox that was another world's. Facts,
clocks, drifts and dice stay. The world sleeps until the first comes, so that no time is lost.
"""

from typing import Final

from dreamsync_server.world import seats
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.draft import Draft
from dreamsync_server.world.state import Facts, as_tuple
from dreamsync_server.world.values import TextRef

ORIGIN: Final = "@origin"
"""(world, seq): the world whose log this one begins with, up to that seq; the last parting's."""
_OF_PEOPLE: Final = ("@session.", "@back.", "@muted.", "@muted_seat.", "@report.")
_SEAT: Final = "@seat."


def part(draft: Draft, proposal: Proposal) -> None:
    """Let go of everything that was the origin's alone; with `closed`, close the world as well."""
    given = proposal.arguments
    for name in [name for name in draft.facts if name.startswith(_OF_PEOPLE)]:
        draft.drop(name)
    for name in [name for name in draft.facts if name.startswith(_SEAT)]:
        _empty(draft, name.removeprefix(_SEAT))
    draft.put("paused", False)
    draft.drop("@paused")
    draft.drop("@inbox")
    draft.put(ORIGIN, (str(given["origin"]), int(given["at"])))
    draft.put("@asleep", True)
    if given.get("closed"):
        draft.put("@closed", True)


def origin_of(facts: Facts) -> tuple[str, int] | None:
    """Return the world that this one was branched from or imported as, and the seq; or None."""
    kept = as_tuple(facts.get(ORIGIN))
    return (str(kept[0]), int(kept[1])) if kept else None


def _empty(draft: Draft, seat: str) -> None:
    """Free a seat. One of a chorus is as if nobody had ever held it: there may be thousands."""
    if "." in seat:
        for name in (f"{_SEAT}{seat}", f"{seat}.held", f"{seat}.player"):
            draft.drop(name)
    elif draft.facts[f"{seat}.held"] == "player":
        seats.vacate(draft, seat)
    elif type(draft.facts.get(f"{seat}.player")) is TextRef:
        draft.put(f"{seat}.player", "")
