"""Measures: what a run is judged by, taken from its commits."""

from support.packs import night_for_two

from dreamsync_server.story.measures import Meter
from dreamsync_server.world.commit import Proposal


def test_a_beat_that_a_player_made_possible_counts_as_theirs() -> None:
    play = night_for_two()
    meter = Meter(play)
    for _ in range(4):
        play.act("a", "comfort", who="ben")
        play.act("b", "comfort", who="ada")
        play.pass_ms(10_000)
        meter.look()
    play.direct(Proposal("cue", "director", arguments={"beat": "footsteps", "occurrence": 0}))
    meter.look()
    found = meter.result()
    assert (found.beats, found.agency) == (1, 1.0)


def test_silence_is_dull_and_long_silence_a_dead_end() -> None:
    play = night_for_two()
    meter = Meter(play)
    for _ in range(40):
        play.pass_ms(5_000)
        meter.look()
    found = meter.result()
    assert found.dull_p95_s == 195
    assert found.lead_gap_s == 200
    assert 0.2 <= found.dead_end <= 0.3
    assert (found.ending, found.is_sought, found.nudges) == ("", False, 0)


def test_a_nudge_is_a_lead_and_is_counted() -> None:
    play = night_for_two()
    meter = Meter(play)
    play.pass_ms(60_000)
    given = {"means": "hint", "target": "ada", "action": "make_tea"}
    play.direct(Proposal("nudge", "director", arguments=given))
    play.pass_ms(60_000)
    meter.look()
    found = meter.result()
    assert found.nudges == 1 / 4
    assert (found.fairness, found.leads_by_beats) == (0.5, 1.0)
