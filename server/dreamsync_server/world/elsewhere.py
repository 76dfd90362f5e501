"""News from elsewhere: another world of this pack came to an ending, and it may be told.

Nothing of that world is known here but the ending's id. A pack gives such news words and effects
by nudges of the kind `elsewhere`; an ending that none of them is about is told in the engine's own
words, where the pack lets it. Each ending is told once.
"""

from typing import Final

from dreamsync_server.world.draft import Draft, Verdict, refuse
from dreamsync_server.world.model import Nudge, Pack
from dreamsync_server.world.state import Facts

PLAIN: Final = "nudge.elsewhere"
"""The engine's own sentence, filled with the ending's title."""


def refusal_of_news(pack: Pack, facts: Facts, ending: str) -> Verdict | None:
    """Return why this ending may not be told here now, or None."""
    beat = pack.beats.get(ending)
    if beat is None or not beat.is_ending:
        return refuse("unknown_beat", beat=ending)
    if pack.elsewhere == "none" or (pack.elsewhere == "written" and not words_for(pack, ending)):
        return refuse("not_allowed", beat=ending)
    if facts.get(f"@elsewhere.{ending}"):
        return refuse("already", beat=ending)
    wait_ms = int(str(facts.get("@elsewhere", 0))) + pack.elsewhere_gap_ms - facts.ms
    return refuse("cooldown", wait_ms=wait_ms) if wait_ms > 0 else None


def words_for(pack: Pack, ending: str) -> tuple[Nudge, ...]:
    """Return the nudges by which a pack tells of an ending elsewhere; none: it has no words."""
    return tuple(
        nudge
        for nudge in pack.nudges.values()
        if nudge.kind == "elsewhere" and (not nudge.endings or ending in nudge.endings)
    )


def shared_ending(pack: Pack, facts: Facts) -> str:
    """Return the ending of a world that may be told elsewhere; "" for none.

    Its creator must have wanted it too: that is no fact, and asked before this is.
    """
    ending = str(facts.get("ending", ""))
    if ending and pack.shares_when is not None and not pack.shares_when.run(facts, {}):
        return ""
    return ending


def note_told(draft: Draft, ending: str) -> None:
    """Remember that an ending was told: it is not told again."""
    draft.put("@elsewhere", draft.ms)
    draft.put(f"@elsewhere.{ending}", True)
