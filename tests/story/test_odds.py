"""How a night will end: learned odds, asked in whole numbers, also about what a beat would do."""

from dataclasses import replace

from support.packs import night_for_two, starter

from dreamsync_server.story.odds import WHOLE, View, chances, chances_after
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.story.touching import NO_COURSE
from dreamsync_server.world.model import Pack
from dreamsync_server.world.odds import ChapterOdds, Odds, Sign


def with_odds() -> Pack:
    """Return the starter with odds by which chiming makes for the morning."""
    pack = starter()
    heard = pack.beats["footsteps"].when
    assert heard is not None
    signs = (Sign(heard, 0, 500, (300, 0)), Sign(None, 120_000, 500, (0, 110)))
    part = ChapterOdds(10, (0, 0), (0, 0), signs)
    first = next(iter(pack.chapters))
    return replace(pack, odds=Odds("", 1, 1, ("morning", "orchard_keeps"), {first: part}))


def play_with(pack: Pack) -> Playthrough:
    play = Playthrough(pack, 7, has_understudies=False)
    play.join("a", "ada")
    play.join("b", "ben")
    return play


def test_nothing_is_foretold_where_nothing_was_learned() -> None:
    play = night_for_two()
    assert chances(play.pack, play.facts) is None
    assert chances_after(play.state, play.pack.beats["chime"]) is None


def test_a_sign_that_holds_changes_the_odds() -> None:
    play = play_with(with_odds())
    even = chances(play.pack, play.facts)
    assert even is not None
    assert even.of == {"morning": 500, "orchard_keeps": 500}
    play.facts["attic.door"] = "open"
    better = chances(play.pack, play.facts)
    assert better is not None
    assert better.of == {"morning": 952, "orchard_keeps": 47}  # e to the 3rd against 1


def test_time_is_a_sign() -> None:
    play = play_with(with_odds())
    play.pass_ms(119_000)
    before = chances(play.pack, play.facts)
    play.pass_ms(2_000)
    after = chances(play.pack, play.facts)
    assert before is not None
    assert after is not None
    assert after.of["orchard_keeps"] > before.of["orchard_keeps"] == 500


def test_a_chapter_that_taught_nothing_foretells_nothing() -> None:
    pack = with_odds()
    assert pack.odds is not None
    play = play_with(replace(pack, odds=replace(pack.odds, chapters={})))
    assert chances(play.pack, play.facts) is None


def test_what_a_beat_would_do_is_tried_and_taken_back() -> None:
    pack = with_odds()
    play = play_with(pack)
    before = dict(play.facts)
    now = chances(pack, play.facts)
    for beat in pack.beats.values():
        then = chances_after(play.state, beat)
        assert then is not None
        if beat.is_ending:
            continue
        assert sum(then.of.values()) <= WHOLE
    assert dict(play.facts) == before
    assert chances(pack, play.facts) == now


def test_the_view_tells_what_is_made_for_and_how_likely_it_is() -> None:
    play = play_with(with_odds())
    view = View("morning", NO_COURSE, chances(play.pack, play.facts))
    assert view.told() == "makes for morning 500, any sought 1000 of 1000"
    assert View("morning", NO_COURSE, None).told() == "makes for morning"
