"""News from elsewhere: which ending of another world the director tells of now, if any.

Only at a natural break: nobody is engaged, and nothing was brought in or told just before.
"""

from collections.abc import Sequence

from dreamsync_server.story.nudges import Wish
from dreamsync_server.story.tension import RELAX_MS, mood_of
from dreamsync_server.world.chance import draw
from dreamsync_server.world.elsewhere import refusal_of_news, words_for
from dreamsync_server.world.memory import nudge_gap_ms
from dreamsync_server.world.model import Nudge, Pack
from dreamsync_server.world.nudging import refusal_of_nudge
from dreamsync_server.world.state import Facts, as_tuple


def wanted_news(pack: Pack, facts: Facts, second: int, news: Sequence[str]) -> Wish | None:
    """Return the first of `news` (ids of endings, newest first) that may be told now."""
    if not news or not is_break(pack, facts):
        return None
    for ending in news:
        if refusal_of_news(pack, facts, ending) is not None:
            continue
        given = {"means": "elsewhere", "target": ending}
        words = words_for(pack, ending)
        if not words:
            return Wish(given, "a break; another world shared its ending")
        able = [n for n in words if refusal_of_nudge(facts, n, is_director=True) is None]
        nudge = _drawn(able, facts, second)
        if nudge is not None:
            return Wish({**given, "nudge": nudge.id}, "a break; another world shared its ending")
    return None


def is_break(pack: Pack, facts: Facts) -> bool:
    """Return whether the story rests: news from elsewhere would not break into anything."""
    if nudge_gap_ms(pack, facts) < 0 or mood_of(pack, facts).is_anybody_engaged:
        return False  # nobody is there, or wants no nudges; or something is going on
    last_ms = max(int(str(facts.get(name, -RELAX_MS))) for name in ("@cue", "@nudge"))
    return facts.ms - last_ms >= RELAX_MS


def _drawn(able: Sequence[Nudge], facts: Facts, second: int) -> Nudge | None:
    total = sum(nudge.weight for nudge in able)
    if total == 0:
        return None
    seed = int(as_tuple(facts["@world"])[0])
    left = draw(seed, "director/elsewhere", second, total)
    for nudge in able:
        left -= nudge.weight
        if left <= 0:
            return nudge
    return None
