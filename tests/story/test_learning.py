"""Learning odds: signs that tell are found, those that do not are left, runs aside judge it."""

from random import Random

from support.packs import starter

from dreamsync_server.story.learning import (
    Candidate,
    Learned,
    Look,
    fit,
    learn_from_run,
    moments_of,
    odds_from,
    pick,
    texts_of,
)


def runs(count: int, told: int) -> list[Learned]:
    """Return runs of one chapter that end well where sign 1 holds, `told` times in a hundred."""
    rng = Random(5)
    chapter = next(iter(starter().chapters))
    found = []
    for _ in range(count):
        is_good = rng.random() < 0.5
        is_told = is_good if rng.random() * 100 < told else not is_good
        noise = rng.getrandbits(8) << 2
        held = noise | (2 if is_told else 0) | 1
        looks = tuple(Look(chapter, held) for _ in range(6))
        found.append(Learned("morning" if is_good else "orchard_keeps", looks))
    return found


def test_the_sign_that_tells_is_picked_and_chance_is_not() -> None:
    rows = [
        (look.held, int(run.ending == "morning"), i)
        for i, run in enumerate(runs(300, 85))
        for look in run.looks
    ]
    assert pick(rows, 10) == [1]


def test_a_sign_counts_for_what_it_tells() -> None:
    rows = [((0,), 1)] * 90 + [((0,), 0)] * 10 + [((), 0)] * 50 + [((), 1)] * 50
    _, [[less, more]] = fit(rows, 1, 2, seed=1)
    assert 1.2 < more - less < 2.4  # 9 to 1: 2.2, held back a little


def test_odds_leave_less_open_than_knowing_only_how_often_each_ending_comes() -> None:
    pack = starter()
    candidates = [Candidate(None, 1000 * k) for k in range(10)]
    odds = odds_from(pack, candidates, runs(400, 90), 1)
    [part] = odds.chapters.values()
    left, without = part.bits
    assert left < without - 20
    assert [sign.after_ms for sign in part.signs] == [1000]
    assert odds.rules_hash == pack.rules_hash
    assert odds_from(pack, candidates, runs(400, 90), 1) == odds


def test_signs_that_do_not_help_with_other_runs_are_not_believed() -> None:
    odds = odds_from(starter(), [Candidate(None, 1000 * k) for k in range(10)], runs(300, 50), 1)
    [part] = odds.chapters.values()
    assert part.signs == ()


def test_the_same_run_teaches_the_same() -> None:
    pack = starter()
    candidates = moments_of(pack)
    one, other = (learn_from_run(pack, candidates, 1, 2) for _ in range(2))
    assert one == other
    assert one.looks


def test_conditions_to_look_at_are_leaves_facts_and_beats() -> None:
    texts = texts_of(starter())
    assert "cued('chime')" in texts
    assert len(texts) == len(set(texts))
    assert not any(text.startswith("director.") for text in texts)
