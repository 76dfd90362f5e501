"""May a beat be cued: the same answer for owner, director and desk."""

import pytest
from support.packs import night, night_for_two

from dreamsync_server.world.commit import Proposal, ProposerKind
from dreamsync_server.world.cues import may_be_cued, refusal_of_cue, times_cued, wait_before_cue

PROBE = Proposal("cue", "director")


def test_a_beat_of_another_chapter_is_not_for_now() -> None:
    play = night_for_two()
    beat = play.pack.beats["blossoming"]
    assert refusal_of_cue(play.pack, play.facts, beat, PROBE) == (
        "not_now", (("beat", "blossoming"),),
    )  # fmt: skip


def test_drift_is_read_at_the_time_that_is_asked_for() -> None:
    play = night_for_two()
    beat = play.pack.beats["chime"]
    assert refusal_of_cue(play.pack, play.facts, beat, PROBE) is not None
    with play.facts.seen_at(240_000) as facts:
        assert refusal_of_cue(play.pack, facts, beat, PROBE) is None
    assert play.facts.ms == 0


def test_the_gap_is_the_directors_alone() -> None:
    play = night_for_two()
    play.facts["@cue"] = 0
    beat = play.pack.beats["chime"]
    assert wait_before_cue(play.pack, play.facts, beat, is_director=True) == 10_000
    assert wait_before_cue(play.pack, play.facts, beat, is_director=False) == 0
    assert times_cued(play.facts, "chime") == 0


def test_an_ending_waits_for_no_gap() -> None:
    play = night_for_two()
    play.facts["@cue"] = 0
    ending = next(beat for beat in play.pack.beats.values() if beat.is_ending)
    assert wait_before_cue(play.pack, play.facts, ending, is_director=True) == 0


@pytest.mark.parametrize(
    ("by", "code"), [("desk", ""), ("script", "condition"), ("director", "condition")]
)
def test_only_the_desk_goes_over_what_a_beat_asks_for(by: ProposerKind, code: str) -> None:
    play = night_for_two()
    asked = Proposal("cue", by, "", 0, {"override": True})
    refusal = refusal_of_cue(play.pack, play.facts, play.pack.beats["chime"], asked)
    assert ("" if refusal is None else refusal[0]) == code


def test_whether_it_may_be_cued_is_what_refusing_it_says() -> None:
    play = night(has_understudies=True)
    proposals = (PROBE, Proposal("cue", "desk"), Proposal("cue", "desk", "", 0, {"override": True}))
    seen = set()
    for _ in range(900):
        for beat in play.pack.beats.values():
            for proposal in proposals:
                may = may_be_cued(play.pack, play.facts, beat, proposal)
                assert may is (refusal_of_cue(play.pack, play.facts, beat, proposal) is None)
                seen.add((proposal.by, may))
        play.direct_second()
        play.pass_ms(1000)
    assert len(seen) == 4
