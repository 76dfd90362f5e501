"""When the director tells of an ending elsewhere: at a break, the newest that may be told."""

from support.packs import night_for_two

from dreamsync_server.limits import DRIFT_UNIT
from dreamsync_server.story.elsewhere import is_break, wanted_news
from dreamsync_server.story.guide import Guide
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.values import Drift

GAP_MS = 300_000


def at_rest(ms: int = GAP_MS) -> Playthrough:
    """A night in which nobody has been stirred or nudged for long."""
    play = night_for_two()
    play.state.facts.ms = ms
    return play


def told(play: Playthrough, *news: str) -> str:
    wish = wanted_news(play.pack, play.facts, play.world_ms // 1000, news)
    return "" if wish is None else str(wish.given["target"])


def test_the_newest_that_was_not_told_is_told() -> None:
    play = at_rest()
    assert told(play, "orchard_keeps", "morning") == "orchard_keeps"
    play.facts["@elsewhere.orchard_keeps"] = True
    assert told(play, "orchard_keeps", "morning") == "morning"
    assert told(play, "of_another_version") == ""
    assert told(play) == ""


def test_nothing_is_told_while_anybody_is_engaged_or_just_after_something() -> None:
    play = at_rest()
    assert is_break(play.pack, play.facts)
    for name in ("@cue", "@nudge"):
        play.facts[name] = GAP_MS - 19_999
        assert not is_break(play.pack, play.facts)
        del play.facts[name]
    until_ms = GAP_MS + 10_000  # stirred now: tension stands still until then
    play.facts["director.tension.ada"] = Drift(DRIFT_UNIT, -30, until_ms, 0, 10)
    assert not is_break(play.pack, play.facts)
    play.state.facts.ms = until_ms
    assert is_break(play.pack, play.facts)


def test_a_beat_or_another_nudge_goes_before_news() -> None:
    play = at_rest()
    guide = Guide(play.pack)
    second = GAP_MS // 1000
    without, among = (guide.next_move(play.state, second, news) for news in ((), ("morning",)))
    assert without is not None
    assert among == without


def test_in_a_quiet_second_the_director_proposes_the_news() -> None:
    play = at_rest(10_000)
    play.facts["@elsewhere"] = 10_000 - GAP_MS
    move = Guide(play.pack).next_move(play.state, 10, ("morning",))
    assert move is not None
    given = {k: v for k, v in move.arguments.items() if k in ("means", "target")}
    assert (move.kind, given) == ("nudge", {"means": "elsewhere", "target": "morning"})
