"""Rescue: each rung has its time, and a cue lets the next standstill begin anew."""

from support.packs import night_for_two

from dreamsync_server.story.odds import Chances
from dreamsync_server.story.rescue import FORESEEN_FROM_MS, FORGET_MS, LADDER, RUNG_MS, standstill


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


def test_a_dead_end_is_foreseen_where_no_sought_ending_is_likely() -> None:
    play = night_for_two()
    now_ms = FORESEEN_FROM_MS
    play.facts["@beat.chime"] = now_ms - 1_000  # the story moves
    dim, bright = Chances({}, 100), Chances({}, 600)
    with play.facts.seen_at(now_ms) as facts:
        assert standstill(play.pack, facts, bright) is None
        still = standstill(play.pack, facts, dim)
        assert still is not None
        assert (still.rung, still.is_foreseen) == (0, True)
    play.facts["@rung"] = (2, now_ms)
    with play.facts.seen_at(now_ms + RUNG_MS - 1) as facts:
        assert standstill(play.pack, facts, dim) is None
    with play.facts.seen_at(now_ms + RUNG_MS) as facts:
        still = standstill(play.pack, facts, dim)
        assert still is not None
        assert still.means == LADDER[2]
    play.facts["@beat.chime"] = now_ms + FORGET_MS - 1_000
    with play.facts.seen_at(now_ms + FORGET_MS) as facts:
        still = standstill(play.pack, facts, dim)
        assert still is not None
        assert still.rung == 0


def test_nothing_is_foreseen_before_anybody_has_done_anything() -> None:
    play = night_for_two()
    with play.facts.seen_at(60_000) as facts:
        assert standstill(play.pack, facts, Chances({}, 0)) is None
