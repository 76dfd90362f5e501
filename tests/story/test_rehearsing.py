"""Rehearsals: recorded as proposals, decided again to the same digest."""

import dataclasses

from support.packs import night, starter

from dreamsync_server.story.rehearsing import begin, record, rerun
from dreamsync_server.world.rehearsal import Step


def finished(seed: int, absent: tuple[str, ...] = ()):
    play = begin(starter(), seed, absent)
    while not play.ending and play.world_ms < 3_600_000:
        play.direct_second()
        play.pass_ms(1000)
    return play


def test_a_run_of_bots_comes_out_again_to_the_same_digest() -> None:
    rehearsal = record(finished(3), "bots alone")
    assert rehearsal.ends in ("morning", "orchard_keeps")
    assert len(rehearsal.steps) > 20
    first, second = rerun(starter(), rehearsal), rerun(starter(), rehearsal)
    assert first.mismatches == ()
    assert first.digest == second.digest == rehearsal.digest


def test_a_run_without_a_role_has_nobody_there() -> None:
    rehearsal = record(finished(3, ("ben",)), "without Ben", ("ben",))
    again = rerun(starter(), rehearsal)
    assert again.play.facts["ben.held"] == "nobody"
    assert again.digest == rehearsal.digest
    assert all(step.role != "ben" for step in rehearsal.steps)


def test_people_join_by_themselves_and_their_texts_are_kept() -> None:
    play = night(5, has_understudies=True)
    play.join("s_ada", "ada")
    play.act("s_ada", "talk", words="is anybody awake?")
    play.pass_ms(2500)
    play.act("s_ada", "whisper", who="ben", words="hush")
    rehearsal = record(play, "two lines")
    assert [(s.kind, s.role, s.do, dict(s.given)) for s in rehearsal.steps] == [
        ("join", "ada", "", {}),
        ("act", "ada", "talk", {"words": "is anybody awake?"}),
        ("act", "ada", "whisper", {"who": "ben", "words": "hush"}),
    ]
    bare = dataclasses.replace(rehearsal, steps=rehearsal.steps[1:])
    assert rerun(starter(), bare).mismatches == ()


def test_a_step_that_comes_out_otherwise_is_named() -> None:
    rehearsal = record(finished(3), "bots alone")
    wrong = Step(0, "player", "act", "ada", "take_box", {}, "ok")
    again = rerun(starter(), dataclasses.replace(rehearsal, steps=(wrong,)))
    assert [(m.index, m.code) for m in again.mismatches] == [(0, "not_here")]
