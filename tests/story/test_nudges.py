"""Nudges: what is needed most, in the pack's words before ours, never beyond the cap."""

from support.packs import night_for_two

from dreamsync_server.packs import load
from dreamsync_server.packs.sample import SAMPLE
from dreamsync_server.story.guide import Guide
from dreamsync_server.story.nudges import Outlook, Wish, wanted_nudge
from dreamsync_server.story.odds import Chances, View
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


def test_a_foreseen_dead_end_is_given_a_minute_where_the_chapter_is_about_to_turn() -> None:
    pack = load(SAMPLE)
    play = Playthrough(pack, 3, has_understudies=False)
    play.join("a", "ada")
    guide = Guide(pack)
    play.facts["@rung"] = (4, 360_000)  # what comes next is the clock
    play.facts["director.lead.ada"] = play.facts["@beat.noon"] = 399_000
    found = []
    for left_ms in (60_000, 200_000):
        play.facts["clock.bell"] = 400_000 + left_ms
        with play.facts.seen_at(400_000):
            view = View("night", guide.course("night"), Chances({}, 0))
            wished = wanted_nudge(Outlook(play.state, guide.book, 400, view, guide.parts))
            found.append(None if wished is None else dict(wished.given))
    assert found == [
        {"means": "hurry", "clock": "bell", "by_ms": 60_000, "rung": 5},
        {"means": "call", "target": "a dead end is foreseen", "rung": 6},
    ]
