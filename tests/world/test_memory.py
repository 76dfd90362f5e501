"""What a world keeps for its director: tension that calms down, spotlight, caps, vetoes."""

from dataclasses import replace

import pytest
from support.packs import night, night_for_two

from dreamsync_server.world import memory
from dreamsync_server.world.values import Drift

UNIT = 3_600_000


def test_a_beat_stirs_its_leads_wholly_and_the_others_by_half() -> None:
    play = night_for_two()
    play.join("d", kind="desk")
    play.ask("cue", "desk", "d", {"beat": "footsteps", "override": True})
    assert memory.tension_of(play.facts, "ada") == 3 * UNIT
    assert memory.tension_of(play.facts, "ben") == 1 * UNIT
    assert (memory.last_lead(play.facts, "ada"), memory.last_lead(play.facts, "ben")) == (0, 0)


def test_a_beat_that_nobody_leads_is_felt_by_all() -> None:
    play = night_for_two()
    play.join("d", kind="desk")
    play.ask("cue", "desk", "d", {"beat": "chime", "override": True})
    assert [memory.tension_of(play.facts, role) for role in ("ada", "ben")] == [3 * UNIT] * 2


def test_tension_stands_still_while_engaged_and_then_calms_down() -> None:
    play = night_for_two()
    play.facts["director.tension.ada"] = Drift(3 * UNIT, memory.CALM_RATE, 15_000, 0, 10)
    read = []
    for ms in (0, 15_000, 135_000, 10**7):
        with play.facts.seen_at(ms) as facts:
            read.append(memory.tension_of(facts, "ada") / UNIT)
    assert read == [3, 3, 2, 0]
    assert memory.engaged_until(play.facts, "ada") == 15_000
    assert memory.engaged_until(play.facts, "ben") == 0


def test_players_are_present_and_where_there_are_none_their_understudies() -> None:
    play = night(has_understudies=True)
    assert memory.present_roles(play.pack, play.facts) == ["ada", "ben"]
    play.join("a", "ada")
    assert memory.present_roles(play.pack, play.facts) == ["ada"]


def test_the_cap_is_for_each_player_and_the_desk_may_set_it() -> None:
    play = night_for_two()
    assert memory.nudge_gap_ms(play.pack, play.facts) == 60_000
    play.facts["director.nudge_cap"] = 60
    assert memory.nudge_gap_ms(play.pack, play.facts) == 30_000
    play.facts["director.nudge_cap"] = 0
    assert memory.wait_before_nudge(play.pack, play.facts) == -1


@pytest.mark.parametrize(("set_", "found"), [("", "patient"), ("kind", "kind")])
def test_the_desk_s_temperament_goes_before_the_pack_s(set_: str, found: str) -> None:
    play = night_for_two()
    play.facts["director.temperament"] = set_
    assert memory.temperament_of(play.pack, play.facts) == found
    assert memory.temperament_of(replace(play.pack, temperament="mischievous"), {}) == "mischievous"
