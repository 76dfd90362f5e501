"""Choosing: the most specific beat that may be cued, and the trace of it."""

from support.packs import night_for_two

from dreamsync_server.story.choosing import candidates, trace_of


def test_only_beats_that_may_be_cued_are_candidates() -> None:
    play = night_for_two()
    assert candidates(play.pack, play.facts, 0) == []
    with play.facts.seen_at(240_000) as facts:
        assert [c.beat for c in candidates(play.pack, facts, 240)] == ["chime"]


def test_the_most_specific_comes_first_and_is_traced() -> None:
    play = night_for_two()
    play.facts["attic.door"] = "open"
    with play.facts.seen_at(240_000) as facts:
        found = candidates(play.pack, facts, 240)
    assert [(c.beat, c.specificity) for c in found] == [("footsteps", 2), ("chime", 1)]
    assert trace_of(found).startswith("footsteps#0 specificity=2")
