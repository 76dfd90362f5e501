"""Bars, menus and lists."""

import pytest
from support.seen import SHADOWS, mirror

from dreamsync_server.cli.play.drawn import (
    bar,
    drift_mark,
    form_lines,
    here_lines,
    in_order,
    menu_lines,
    sheet,
    span_of,
)
from dreamsync_server.cli.play.form import Form
from dreamsync_server.cli.play.glance import Meter, look
from dreamsync_server.cli.play.menu import Numbers

SEEN = look(mirror(), 0)


@pytest.mark.parametrize(
    ("value", "low", "high", "shown"),
    [(0, 0, 10, "░░░░"), (1, 0, 10, "█░░░"), (5, 0, 10, "██░░"), (10, 0, 10, "████"),
     (0, -5, 5, "██░░"), (3, 3, 3, "░░░░")],
)  # fmt: skip
def test_a_bar_is_empty_only_at_its_lowest_and_full_only_at_its_highest(
    value: int, low: int, high: int, shown: str
) -> None:
    assert bar(Meter("x", "x", value, low, high), 4) == shown


def test_a_meter_says_which_way_it_drifts() -> None:
    assert [drift_mark(Meter("x", "x", 1, 0, 9, rate)) for rate in (3, -3, 0)] == ["↗", "↘", ""]


def test_what_moved_lately_comes_first_then_what_drifts_then_ones_own() -> None:
    names = [meter.name for meter in in_order(SEEN.meters, ["expo.crowd"])]
    assert names == ["expo.crowd", "leo.fear", "trust.ava.leo"]
    assert [meter.name for meter in in_order(SEEN.meters, [])][-1] == "expo.crowd"


def test_the_menu_has_questions_with_their_time_then_actions_with_why_not() -> None:
    may = [
        "Do you sleep? (30 s left)",
        " a  close your eyes",
        " b  stay awake",
        " 1  draw something",
        " 2  say something …",
        " 3  make shadow animals …",
        " 4  go to …",
    ]
    menu = Numbers().menu(SEEN)
    assert menu_lines(menu, SEEN) == [*may, "    and 2 that cannot be done just now: /all"]
    not_now = [" 5  refuse — in 5 s", " 6  plead — Nobody hears you."]
    assert menu_lines(menu, SEEN, has_all=True) == [*may, *not_now]


def test_a_form_lists_what_there_is_to_pick() -> None:
    assert form_lines(Form(SHADOWS)) == [
        "make shadow animals: who?  (nothing: leave it)", " 1  Ava", " 2  Juno",
    ]  # fmt: skip


def test_the_sheet_tells_ones_own_and_the_worlds_facts_and_leaves_out_what_is_nothing() -> None:
    lines = sheet(SEEN)
    assert lines[:2] == ["You are Leo.", "You have: nineteen drawings"]
    assert "  your secret: kept" in lines
    assert "  the programme: not yet open" in lines
    assert "  until bedtime: 50 s" in lines
    assert "a light in the street" not in "\n".join(lines)


def test_where_one_is_takes_a_few_lines() -> None:
    assert here_lines(SEEN)[:2] == [
        "the children's room — Evening", "Here: Juno [understudy, at ease]",
    ]  # fmt: skip


def test_a_time_that_is_left_is_rounded_up() -> None:
    assert [span_of(ms) for ms in (0, 1, 59_001, 125_000)] == ["0 s", "1 s", "1:00", "2:05"]
