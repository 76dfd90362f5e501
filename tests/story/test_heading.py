"""Heading: drawn once, kept, and changed only for one that is much nearer."""

from collections import Counter

from support.packs import night

from dreamsync_server.story.heading import REVIEW_S, heading_of, sought_endings


def test_different_seeds_head_for_different_endings() -> None:
    found = Counter(heading_of(n.pack, n.facts, 0) for n in (night(seed) for seed in range(40)))
    assert set(found) == {"morning", "orchard_keeps"}


def test_what_is_headed_for_is_kept_until_a_review() -> None:
    play = night()
    play.facts["director.heading"] = "orchard_keeps"
    play.facts["chose.waking"] = "wake"  # now morning is here
    assert heading_of(play.pack, play.facts, REVIEW_S + 1) == "orchard_keeps"
    found = {heading_of(play.pack, play.facts, REVIEW_S * n) for n in range(20)}
    assert "morning" in found


def test_the_endings_that_are_sought_are_those_not_left_to_people() -> None:
    assert [beat.id for beat in sought_endings(night().pack)] == ["morning", "orchard_keeps"]


def test_every_ending_that_can_be_reached_has_the_same_turn_however_rare() -> None:
    chances = {"morning": 960, "orchard_keeps": 40}
    worlds = [night(seed) for seed in range(200)]
    found = Counter(heading_of(n.pack, n.facts, 0, chances) for n in worlds)
    assert 70 < found["orchard_keeps"] < 130
    lost = Counter(heading_of(n.pack, n.facts, 0, {"morning": 1000}) for n in worlds)
    assert lost["orchard_keeps"] < 25


def test_what_is_out_of_reach_is_given_up_in_whatever_second_the_director_proposes() -> None:
    play = night()
    play.facts["director.heading"] = "orchard_keeps"
    even = {"morning": 500, "orchard_keeps": 300}
    gone = {"morning": 900, "orchard_keeps": 10}
    for second in range(REVIEW_S, REVIEW_S + 60):
        assert heading_of(play.pack, play.facts, second, even) == "orchard_keeps"
        assert heading_of(play.pack, play.facts, second, gone) == "morning"
