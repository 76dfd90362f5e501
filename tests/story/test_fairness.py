"""Fairness: who waited longest has the next claim, unless they want none."""

from dataclasses import replace

from support.packs import night_for_two

from dreamsync_server.story.fairness import claims, jain, next_in_line, owed_roles
from dreamsync_server.story.playthrough import Playthrough


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


def test_those_who_wait_are_spoken_to_while_there_is_time_for_all_of_them() -> None:
    pack = replace(night_for_two().pack, nudge_cap=60)
    play = Playthrough(pack, 7, has_understudies=False)  # two players: a nudge in 30 s
    play.join("a", "ada")
    play.join("b", "ben")
    with play.facts.seen_at(89_000) as facts:
        assert next_in_line(pack, facts) == []
    narrow = replace(pack, lead_within_ms=100_000)  # claims come at 50 s
    for now_ms, line in ((35_000, []), (36_000, ["ada", "ben"])):
        with play.facts.seen_at(now_ms) as facts:
            assert [owed.role for owed in next_in_line(narrow, facts)] == line


def test_where_the_cap_leaves_no_time_for_all_claims_alone_count() -> None:
    play = night_for_two()
    pack = replace(play.pack, nudge_cap=15)  # a nudge in two minutes, for two who wait three
    with play.facts.seen_at(89_000) as facts:
        assert next_in_line(pack, facts) == []
    with play.facts.seen_at(90_000) as facts:
        assert len(next_in_line(pack, facts)) == 2


def test_a_short_bound_is_kept_though_hints_are_thought_of_for_longer() -> None:
    pack = replace(night_for_two().pack, nudge_cap=120, lead_within_ms=45_000)
    play = Playthrough(pack, 7, has_understudies=False)
    for session, role in (("a", "ada"), ("b", "ben")):
        assert play.join(session, role).code == "ok"
    waited_ms = []
    for _ in range(360):
        play.direct_second()
        play.pass_ms(1000)
        waited_ms += [owed.waited_ms for owed in owed_roles(pack, play.facts)]
    assert max(waited_ms) <= 45_000
