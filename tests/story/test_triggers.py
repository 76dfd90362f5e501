"""The plain trigger list: the most specific first, as soon as it holds."""

from support.packs import night_for_two

from dreamsync_server.story.triggers import triggered


def test_only_beats_that_may_be_cued_are_listed() -> None:
    play = night_for_two()
    assert triggered(play.pack, play.facts, 0) == []
    with play.facts.seen_at(240_000) as facts:
        assert [one.beat for one in triggered(play.pack, facts, 240)] == ["chime"]


def test_the_most_specific_comes_first() -> None:
    play = night_for_two()
    play.facts["attic.door"] = "open"
    with play.facts.seen_at(240_000) as facts:
        found = triggered(play.pack, facts, 240)
    assert [(one.beat, one.specificity) for one in found] == [("footsteps", 2), ("chime", 1)]
