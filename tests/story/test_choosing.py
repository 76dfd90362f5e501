"""Choosing: points for each beat that may be cued, a bar that falls, a seeded draw."""

from dataclasses import replace

from support.packs import night_for_two

from dreamsync_server.story.choosing import _terms, bar_of, candidates, choose, ration_of
from dreamsync_server.story.temperament import TEMPERS
from dreamsync_server.story.tension import mood_of
from dreamsync_server.story.touching import NO_COURSE
from dreamsync_server.world.memory import temperament_of
from dreamsync_server.world.values import Drift


def test_only_beats_that_may_be_cued_are_candidates() -> None:
    play = night_for_two()
    assert candidates(play.pack, play.facts) == []
    with play.facts.seen_at(240_000) as facts:
        assert [c.beat for c in candidates(play.pack, facts)] == ["chime"]


def test_the_more_specific_scores_higher_and_the_choice_is_traced() -> None:
    play = night_for_two()
    play.facts["attic.door"] = "open"
    with play.facts.seen_at(240_000) as facts:
        found = {c.beat: dict(c.terms)["specific"] for c in candidates(play.pack, facts)}
        choice = choose(play.pack, facts, 240)
    assert found == {"footsteps": 6, "chime": 3}
    assert choice.beat is not None
    assert choice.trace().startswith(f"{choice.beat.beat}#0 {choice.beat.score} (")
    assert "rivals" in choice.trace()


def test_a_rising_beat_scores_more_the_more_tension_is_lacking() -> None:
    play = night_for_two()
    slopes = []
    for level in (0, 4, 9):
        for role in ("ada", "ben"):
            play.facts[f"director.tension.{role}"] = Drift(level * 3_600_000, 0, 0, 0, 10)
        with play.facts.seen_at(240_000) as facts:
            [chime] = [c for c in candidates(play.pack, facts) if c.beat == "chime"]
        slopes.append(dict(chime.terms)["slope"])
    assert slopes == sorted(slopes, reverse=True)
    assert slopes[0] > 0 > slopes[-1]


def test_the_same_seed_and_second_give_the_same_choice() -> None:
    play = night_for_two()
    play.facts["attic.door"] = "open"
    with play.facts.seen_at(240_000) as facts:
        chosen = {choose(play.pack, facts, second).beat for second in range(240, 300)}
        again = {choose(play.pack, facts, second).beat for second in range(240, 300)}
    assert chosen == again


def test_the_bar_falls_with_the_time_in_which_nothing_came() -> None:
    play = night_for_two()
    temper = TEMPERS[temperament_of(play.pack, play.facts)]
    ration_ms = ration_of(play.pack, play.facts, temper)
    bars = []
    for share in (0, 1, 2, 4):
        with play.facts.seen_at(ration_ms * share // 4) as facts:
            bars.append(bar_of(play.pack, facts, temper))
    assert bars[0] == temper.bar
    assert bars[0] > bars[1] > bars[2] > bars[3]


def test_a_beat_intrudes_twice_as_much_on_who_is_engaged() -> None:
    play = night_for_two()
    temper = TEMPERS[temperament_of(play.pack, play.facts)]
    chime = replace(play.pack.beats["chime"], intrusion=2)
    pack = replace(play.pack, beats={**play.pack.beats, "chime": chime})
    points = []
    with play.facts.seen_at(240_000) as facts:
        for engaged in (False, True):
            mood = mood_of(pack, facts)._replace(is_anybody_engaged=engaged)
            terms = dict(_terms(chime, facts, temper, mood, {}, NO_COURSE))
            points.append(terms["intrusion"])
    assert points == [2 * temper.intrusion, 4 * temper.intrusion]


def test_nothing_is_waited_for_without_end() -> None:
    play = night_for_two()
    for role in ("ada", "ben"):
        play.facts[f"director.tension.{role}"] = Drift(10 * 3_600_000, 0, 0, 0, 10)
        play.facts[f"director.lead.{role}"] = 239_000
    play.facts["@beat.blossoming"] = 235_000
    with play.facts.seen_at(240_000) as facts:
        assert choose(play.pack, facts, 240).beat is None
    play.facts["director.lead.ada"] = play.facts["director.lead.ben"] = 315_000
    with play.facts.seen_at(320_000) as facts:
        chosen = choose(play.pack, facts, 320).beat
    assert chosen is not None
    assert chosen.beat == "chime"


def test_a_role_that_waited_too_long_has_the_next_claim() -> None:
    play = night_for_two()
    play.facts["attic.door"] = "open"
    leads = {b.id: b.leads for b in play.pack.beats.values()}
    with play.facts.seen_at(400_000) as facts:
        choice = choose(play.pack, facts, 400)
    assert choice.beat is not None
    assert choice.claim
    assert choice.claim in leads[choice.beat.beat]
