"""Fairness: who waited longest has the next claim, unless they want none."""

from support.packs import night_for_two

from dreamsync_server.story.fairness import claims, jain, may_spare, owed_roles


def test_who_waited_longest_comes_first() -> None:
    play = night_for_two()
    play.facts["director.lead.ada"] = 50_000
    with play.facts.seen_at(100_000) as facts:
        assert owed_roles(play.pack, facts) == [("ben", 100_000), ("ada", 50_000)]
        assert [owed.role for owed in claims(play.pack, facts)] == ["ben"]


def test_who_wants_the_background_is_left_there() -> None:
    play = night_for_two()
    play.facts["director.background.ben"] = True
    with play.facts.seen_at(100_000) as facts:
        assert [owed.role for owed in claims(play.pack, facts)] == ["ada"]


def test_jain_is_one_for_equals_and_one_share_for_a_single_one() -> None:
    assert (jain([3, 3, 3]), jain([9, 0, 0]), jain([])) == (1.0, 1 / 3, 1.0)


def test_nothing_else_is_told_where_it_would_make_somebody_wait_too_long() -> None:
    play = night_for_two()  # two players, thirty nudges an hour each: one a minute
    play.facts["director.lead.ada"] = play.facts["director.lead.ben"] = 100_000
    with play.facts.seen_at(90_000) as facts:
        assert may_spare(play.pack, facts)
    with play.facts.seen_at(145_000) as facts:
        assert not may_spare(play.pack, facts)
