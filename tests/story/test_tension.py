"""Tension: the chapter's curve, the group, and the phase."""

import pytest
from support.packs import night_for_two

from dreamsync_server.story.tension import mood_of, wanted_at
from dreamsync_server.world.model import Chapter, Place
from dreamsync_server.world.values import Drift

CHAPTER = Chapter("a", ((0, 2), (100, 6), (200, 6)), Place("", 0, 0))


@pytest.mark.parametrize(("second", "wanted"), [(0, 20), (50, 40), (100, 60), (150, 60), (999, 60)])
def test_what_is_wanted_runs_from_point_to_point(second: int, wanted: int) -> None:
    assert wanted_at(CHAPTER, second * 1000) == wanted


def put(play, **levels: int) -> None:  # type: ignore[no-untyped-def]
    for role, level in levels.items():
        play.facts[f"director.tension.{role}"] = Drift(level * 3_600_000, 0, 0, 0, 10)


def test_the_group_is_half_its_highest_and_half_its_mean() -> None:
    play = night_for_two()
    put(play, ada=8, ben=2)
    mood = mood_of(play.pack, play.facts)
    assert (mood.highest, mood.mean, mood.group) == (80, 50, 65)


def test_the_phase_follows_the_curve_and_who_is_engaged() -> None:
    play = night_for_two()
    put(play, ada=0, ben=0)
    with play.facts.seen_at(200_000) as facts:
        assert mood_of(play.pack, facts).phase == "build_up"
        play.facts["@cue"] = 190_000
        assert mood_of(play.pack, facts).phase == "relax"
        put(play, ada=10, ben=10)
        assert mood_of(play.pack, facts).phase == "fade"
        play.facts["director.tension.ada"] = Drift(36_000_000, -30, 210_000, 0, 10)
        assert mood_of(play.pack, facts).phase == "sustain"
