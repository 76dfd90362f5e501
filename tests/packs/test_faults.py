"""Faults: their line, their order, their bounds, what was likely meant."""

import pytest

from dreamsync_server.limits import PACK_FAULTS_MAX
from dreamsync_server.packs.faults import Faults, PackFaultsError, alike, format_faults
from dreamsync_server.world.model import Place


def test_a_fault_reads_as_file_line_column_and_a_suggestion() -> None:
    faults = Faults()
    faults.add("unknown_id", Place("a.yaml", 3, 7), "there is no role 'aba'", "ada")
    faults.add("unused", Place("a.yaml", 1, 1), "nothing starts the clock 'c'")

    assert format_faults(faults.listed()[0]).splitlines() == [
        "a.yaml:1:1: warning: nothing starts the clock 'c'",
        "a.yaml:3:7: there is no role 'aba'; did you mean 'ada'?",
    ]
    assert faults.errors == 1


def test_warnings_alone_do_not_raise_and_errors_do() -> None:
    faults = Faults()
    faults.add("unused", Place("a.yaml", 1, 1), "w")
    faults.raise_if_any()
    faults.add("unknown_id", Place("a.yaml", 2, 1), "e")
    with pytest.raises(PackFaultsError) as caught:
        faults.raise_if_any()
    assert [fault.what for fault in caught.value.faults] == ["w", "e"]


def test_the_list_is_bounded_counts_the_rest_and_keeps_errors_before_warnings() -> None:
    faults = Faults()
    for line in range(1, PACK_FAULTS_MAX + 11):
        faults.add("unused", Place("a.yaml", line, 1), "w")
    faults.add("unknown_id", Place("z.yaml", 1, 1), "e")

    listed, more = faults.listed()

    assert (len(listed), more) == (PACK_FAULTS_MAX, 11)
    assert listed[-1].what == "e"
    assert format_faults(listed, more).endswith("… and 11 more")


def test_a_flood_of_faults_is_counted_and_not_kept() -> None:
    faults = Faults()
    for line in range(1, 30 * PACK_FAULTS_MAX + 1):
        faults.add("unknown_id", Place("a.yaml", line, 1), "e")
    assert faults.errors == 30 * PACK_FAULTS_MAX
    assert faults.listed()[1] == 29 * PACK_FAULTS_MAX


def test_the_same_fault_at_the_same_place_is_told_once() -> None:
    faults = Faults()
    for _ in range(3):
        faults.add("unknown_id", Place("a.yaml", 1, 1), "e")
    assert faults.errors == 1


def test_what_an_author_wrote_reaches_no_terminal_unescaped() -> None:
    faults = Faults()
    faults.add("unknown_id", Place("a.yaml", 1, 1), "there is no role '\x1b[31m'" + "x" * 999)
    what = faults.listed()[0][0].what
    assert "\x1b" not in what
    assert len(what) == 400


@pytest.mark.parametrize(
    ("word", "meant"),
    [("kitchn", "kitchen"), ("LEO", "leo"), ("zzz", ""), ("k" * 5_000, ""), ("", "")],
)
def test_a_suggestion_is_a_known_word_much_alike(word: str, meant: str) -> None:
    assert alike(word, ["kitchen", "leo", "attic"]) == meant
