"""How a night will end, as far as it can be foretold: learned odds asked about a state.

Whole numbers alone: whoever asks about the same facts is told the same, on every machine.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from dreamsync_server.story.heading import sought_endings
from dreamsync_server.story.touching import Course
from dreamsync_server.world.apply import apply_effects
from dreamsync_server.world.commit import Moment, Proposal
from dreamsync_server.world.cues import times_cued
from dreamsync_server.world.draft import Draft
from dreamsync_server.world.laws import enforce_laws
from dreamsync_server.world.model import Beat, Pack
from dreamsync_server.world.odds import Odds
from dreamsync_server.world.state import Facts, State

WHOLE: Final = 1000
"""Chances are in thousandths."""
_UNIT: Final = 10**9
_TRIED: Final = Proposal("cue", "director")


def _powers() -> tuple[int, ...]:
    """Return e to the power of -k/100, in billionths, until it is nothing."""
    found = [_UNIT]
    while found[-1] > 1_000:
        found.append(found[-1] * 990_049_834 // _UNIT)
    return tuple(found)


_POWERS: Final = _powers()


class Chances(NamedTuple):
    """The chance of every ending, in thousandths, as the facts are."""

    of: Mapping[str, int]
    sought: int  # that it will be one that a director makes for

    def worth(self, heading: str) -> int:
        """Return the chance of what is headed for and of all that is sought, together."""
        return self.of.get(heading, 0) + self.sought


class View(NamedTuple):
    """What the director makes for in a second; `chances` None where no odds were learned."""

    heading: str
    course: Course
    chances: Chances | None

    def told(self) -> str:
        """Return in a few words what is headed for and how likely it is."""
        if self.chances is None:
            return f"makes for {self.heading}"
        mine = self.chances.of.get(self.heading, 0)
        return f"makes for {self.heading} {mine}, any sought {self.chances.sought} of {WHOLE}"


def chances(pack: Pack, facts: Facts) -> Chances | None:
    """Return how likely each ending is; None where nothing was learned.

    A chapter that no rehearsal came to has taught nothing.
    """
    odds = pack.odds
    if odds is None:
        return None
    points = _points(odds, facts)
    if points is None:
        return None
    highest = max(points)
    shares = [_power(highest - one) for one in points]
    whole = sum(shares)
    of = {
        ending: WHOLE * share // whole for ending, share in zip(odds.endings, shares, strict=True)
    }
    return Chances(of, min(WHOLE, sum(of.get(beat.id, 0) for beat in sought_endings(pack))))


def chances_after(state: State, beat: Beat) -> Chances | None:
    """Return how likely each ending would be once a beat was cued; the state stays as it is."""
    if state.pack.odds is None:
        return None
    draft = Draft(state.pack, state, _TRIED, Moment(state.facts.ms, 0))
    try:
        draft.put(f"cued.{beat.id}", times_cued(draft.facts, beat.id) + 1)
        apply_effects(draft, beat.effects, {})
        enforce_laws(draft)
        if draft.facts["ending"]:
            return _certain(state.pack, str(draft.facts["ending"]))
        return chances(state.pack, draft.facts)
    finally:
        draft.close()


def _certain(pack: Pack, ending: str) -> Chances:
    is_sought = any(beat.id == ending for beat in sought_endings(pack))
    return Chances({ending: WHOLE}, WHOLE if is_sought else 0)


def _points(odds: Odds, facts: Facts) -> list[int] | None:
    part = odds.chapters.get(str(facts["chapter"]))
    if part is None:
        return None
    found = list(part.base)
    lasted_ms = facts.ms - int(str(facts.get("@chapter", 0)))
    for sign in part.signs:
        holds = lasted_ms >= sign.after_ms if sign.when is None else sign.when.run(facts, {})
        if holds:
            for i, points in enumerate(sign.points):
                found[i] += points
    return found


def _power(less: int) -> int:
    return _POWERS[less] if less < len(_POWERS) else 0
