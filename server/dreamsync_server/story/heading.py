"""Heading: which ending the director makes for, chosen once by a draw and rarely changed."""

from collections.abc import Mapping
from typing import Final

from dreamsync_server.world.chance import draw
from dreamsync_server.world.model import Beat, Pack
from dreamsync_server.world.state import Facts, as_tuple
from dreamsync_server.world.trace import failing

REVIEW_S: Final = 120
"""World seconds between two looks at whether another ending is much nearer."""
STEPS_MAX: Final = 4
FEASIBLE: Final = 20
"""An ending with so many thousandths of chance can be made for as well as a likely one."""
_LOST: Final = 4
"""An ending is given up for others so many times as likely."""


def sought_endings(pack: Pack) -> list[Beat]:
    """Return the endings that a director makes for; all of them where the pack seeks none."""
    endings = [beat for beat in pack.beats.values() if beat.is_ending]
    return [beat for beat in endings if beat.is_sought] or endings


def leaves_away(beat: Beat, facts: Facts) -> int:
    """Return how many leaves keep a beat's condition from holding."""
    return 0 if beat.when is None else len(failing(beat.when, facts, {}))


def heading_of(
    pack: Pack, facts: Facts, second: int, chances: Mapping[str, int] | None = None
) -> str:
    """Return the ending to make for, "" where the pack has none to seek.

    The one already headed for, unless it is out of reach: where `chances` (in thousandths) were
    learned, as good as impossible while another is not; where none were, in a second of review,
    another is less than half as far. What is drawn instead stays the same until the next review: it
    becomes a fact only with the next cue or nudge, which may come in any second.
    """
    endings = sought_endings(pack)
    if not endings:
        return ""
    current = str(facts.get("director.heading", ""))
    is_sought = any(beat.id == current for beat in endings)
    if is_sought and chances is None and second % REVIEW_S:
        return current
    if chances is None:
        away = {beat.id: leaves_away(beat, facts) for beat in endings}
        is_lost = not is_sought or 2 * min(away.values()) < away[current]
        weights = [60 // (1 + away[beat.id]) + 1 for beat in endings]
    else:
        likely = [chances.get(beat.id, 0) for beat in endings]
        is_lost = not is_sought or _LOST * chances.get(current, 0) < max(likely)
        # At first each that can be reached has the same turn, however rare; later the likely ones,
        # and none that would be given up at once.
        weights = [
            (one if _LOST * one >= max(likely) else 0) if is_sought else min(one, FEASIBLE) + 1
            for one in likely
        ]
    if not is_lost:
        return current
    seed = int(as_tuple(facts["@world"])[0])
    drawn = draw(seed, "director/heading", second // REVIEW_S, sum(weights))
    for beat, weight in zip(endings, weights, strict=True):
        drawn -= weight
        if drawn <= 0:
            return beat.id
    return endings[-1].id
