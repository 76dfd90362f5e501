"""Rescue: each rung has its time, and a cue lets the next standstill begin anew."""

from support.packs import night_for_two

from dreamsync_server.story.rescue import LADDER, RUNG_MS, standstill


def test_the_rungs_come_one_after_the_other() -> None:
    play = night_for_two()
    seen = []
    for taken in range(len(LADDER)):
        if taken:
            play.facts["@rung"] = (taken, 90_000)
        with play.facts.seen_at(90_000 + RUNG_MS * taken) as facts:
            still = standstill(play.pack, facts)
            assert still is not None
            seen.append(still.means)
        with play.facts.seen_at(89_000 + RUNG_MS * taken) as facts:
            assert standstill(play.pack, facts) is None
    assert tuple(seen) == LADDER


def test_a_cue_begins_it_anew() -> None:
    play = night_for_two()
    play.facts["@rung"] = (3, 100_000)
    play.facts["@beat.chime"] = 150_000
    with play.facts.seen_at(240_000) as facts:
        still = standstill(play.pack, facts)
    assert still is not None
    assert (still.rung, still.means) == (0, "hint")
