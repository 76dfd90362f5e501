"""odds.yaml: read as it was written, part of the hash, left aside where it is of other contents."""

from dataclasses import replace

import pytest

from dreamsync_server.packs import check_files
from dreamsync_server.packs.hashing import ODDS, authored_hash, hash_files, rules_hash
from dreamsync_server.packs.odds import conditions_of, dump_odds
from dreamsync_server.packs.sample import SAMPLE
from dreamsync_server.world.odds import NO_ENDING, ChapterOdds, Odds, Sign


def written(**changed: object) -> str:
    [calm] = conditions_of(SAMPLE, ["calm >= 3"])
    signs = (Sign(calm, 0, 300, (40, -40)), Sign(None, 90_000, 500, (-7, 7)))
    part = ChapterOdds(1200, (80, 100), (10, -10), signs)
    odds = Odds(rules_hash(SAMPLE), 3, 40, ("night", NO_ENDING), {"early": part})
    return dump_odds("sample", replace(odds, **changed))  # type: ignore[arg-type]


def told(text: str) -> list[tuple[str, str]]:
    return [(f.code, f.severity) for f in check_files({**SAMPLE, ODDS: text}).faults]


def test_what_was_written_is_read_again() -> None:
    checked = check_files({**SAMPLE, ODDS: written()})
    assert checked.faults == ()
    assert checked.pack is not None
    odds = checked.pack.odds
    assert odds is not None
    assert dump_odds("sample", odds) == written()
    assert (odds.runs, odds.endings, odds.chapters["early"].bits) == (
        40,
        ("night", "none"),
        (80, 100),
    )


def test_odds_change_the_packs_hash_but_not_what_they_were_learned_with() -> None:
    files = {**SAMPLE, ODDS: written()}
    assert hash_files(files) != hash_files(SAMPLE)
    assert authored_hash(files) == authored_hash(SAMPLE) == hash_files(SAMPLE)
    assert rules_hash(files) == rules_hash({**SAMPLE, "text/en/more.yaml": "a: b"})
    assert rules_hash(files) != rules_hash({**SAMPLE, "more.yaml": "sets: {two: [ada, ben]}"})


def test_odds_of_other_contents_are_told_and_left_aside() -> None:
    files = {**SAMPLE, "more.yaml": "sets: {two: [ada, ben]}\n", ODDS: written()}
    checked = check_files(files)
    assert [(f.code, f.severity) for f in checked.faults] == [("stale_odds", "warning")]
    assert checked.pack is not None
    assert checked.pack.odds is None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("endings: [night, none]", "endings: [nigth, none]", "odds"),
        ("points: [40, -40]", "points: [40]", "odds"),
        ("points: [40, -40]", "points: [40, x]", "wrong_kind"),
        ("points: [40, -40]", "points: [40, -99999]", "out_of_bounds"),
        ("  early:", "  earlier:", "odds"),
        ("calm >= 3", "clam >= 3", "expression"),
        ("runs: 40", "runs: 40\nrans: 3", "unknown_key"),
    ],
)
def test_what_is_wrong_in_them_is_an_error(old: str, new: str, code: str) -> None:
    text = written()
    assert old in text
    assert told(text.replace(old, new)) == [(code, "error")]


def test_what_is_no_condition_of_the_pack_is_none() -> None:
    found = conditions_of(SAMPLE, ["calm >= 3", "calm >=", "nobody_knows", "me.nerve > 2"])
    assert [one is not None for one in found] == [True, False, False, False]
