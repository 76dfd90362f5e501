"""Nudges: what is needed most, in the pack's words before ours, never beyond the cap."""

from support.packs import night_for_two

from dreamsync_server.story.guide import Guide
from dreamsync_server.story.nudges import Outlook, Wish, wanted_nudge
from dreamsync_server.story.odds import View
from dreamsync_server.story.playthrough import Playthrough


def wish(play: Playthrough, at_ms: int) -> Wish | None:
    guide = Guide(play.pack)
    with play.facts.seen_at(at_ms):
        view = View("morning", guide.course("morning"), None)
        look = Outlook(play.state, guide.book, at_ms // 1000, view, guide.parts)
        return wanted_nudge(look)


def test_nobody_is_nudged_while_nobody_waits() -> None:
    assert wish(night_for_two(), 10_000) is None


def test_who_waited_too_long_is_spoken_to_in_the_packs_words_if_it_has_any() -> None:
    play = night_for_two()
    play.facts["director.lead.ada"] = 90_000
    found = wish(play, 95_000)
    assert found is not None
    assert found.given == {"means": "hint", "target": "draught"}
    play.facts["@nudged.draught"] = (1, 90_000)
    own = wish(play, 95_000)
    assert own is not None
    assert (own.given["means"], own.given["target"]) == ("hint", "ben")


def test_the_cap_is_kept() -> None:
    play = night_for_two()
    play.facts["@nudge"] = 80_000
    assert wish(play, 95_000) is None


def test_at_its_end_it_calls_the_person_at_the_desk() -> None:
    play = night_for_two()
    play.facts["@rung"] = (5, 200_000)
    play.facts["@nudge"] = 290_000
    found = wish(play, 300_000)
    assert found is not None
    assert (found.given["means"], found.given["rung"]) == ("call", 6)
