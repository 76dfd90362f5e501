"""The screen as lines."""

from dataclasses import replace

import pytest
from rich.cells import cell_len
from support.seen import SHADOWS, mirror, offer

from dreamsync_server.cli.play.form import Form
from dreamsync_server.cli.play.glance import look
from dreamsync_server.cli.play.menu import Numbers
from dreamsync_server.cli.play.screen import View, draw, story_rows
from dreamsync_server.cli.play.story import Line

SEEN = look(mirror(), 0)
STORY = [Line("scene", "The children's room"), Line("told", "Two beds. " * 12),
         Line("beat", "The lights go out.")]  # fmt: skip
VIEW = View(SEEN, Numbers().menu(SEEN), STORY, typed="hel", cursor=3)


def plain(view: View, width: int = 80, height: int = 24) -> list[str]:
    return [line.plain for line in draw(view, width, height)]


def test_all_that_a_player_needs_is_on_a_small_screen() -> None:
    shown = "\n".join(plain(VIEW))
    for part in (
        "The Expo · Evening · the children's room", "Leo", "0:00:10", "The lights go out.",
        "Juno [understudy", "have: nineteen drawings", "until bedtime: 50 s", "7↘ fear",
        "Do you sleep?  30 s", "a  close your eyes", "1  draw something", "refuse — in 5 s",
        "> hel",
    ):  # fmt: skip
        assert part in shown, part


@pytest.mark.parametrize(("width", "height"), [(80, 24), (200, 60), (64, 20), (40, 12), (20, 8)])
def test_the_screen_is_as_large_as_the_terminal_and_no_larger(width: int, height: int) -> None:
    many = replace(SEEN, offers=tuple(offer(f"act{n}", f"行動 {n} " + "x" * n) for n in range(60)))
    for seen in (SEEN, many):
        lines = plain(replace(VIEW, glance=seen, menu=Numbers().menu(seen)), width, height)
        assert len(lines) == height
        assert [line for line in lines if cell_len(line) > width] == []
        assert lines[-1].startswith("> hel")


def test_where_not_everything_fits_what_may_be_done_is_kept() -> None:
    barred = [offer(f"no{n}", f"no {n}", is_ready=False, code="condition") for n in range(40)]
    seen = replace(SEEN, choices=(), offers=(*barred, offer("yes", "yes, this")))
    shown = "\n".join(plain(replace(VIEW, glance=seen, menu=Numbers().menu(seen))))
    assert "yes, this" in shown
    assert "more: /all shows them" in shown


def test_a_form_takes_the_place_of_the_menu() -> None:
    shown = "\n".join(plain(replace(VIEW, form=Form(SHADOWS))))
    assert "make shadow animals: who?" in shown
    assert " 2  Juno" in shown
    assert "draw something" not in shown


def test_the_newest_of_the_story_is_shown_and_older_lines_by_scrolling() -> None:
    story = [Line("told", f"line {n}") for n in range(100)]
    assert "line 99" in "\n".join(plain(replace(VIEW, story=story)))
    back = "\n".join(plain(replace(VIEW, story=story, scroll=10**6)))
    assert "line 0 " in back
    assert "older lines" in back


def test_a_lost_line_is_said_calmly() -> None:
    assert "the line is lost; finding it again" in "\n".join(plain(replace(VIEW, is_live=False)))


def test_what_stands_out_has_room_around_it() -> None:
    rows = [row.plain for row in story_rows([Line("told", "a"), Line("beat", "b")], 10)]
    assert rows == ["a", "", "b", ""]


def test_a_long_line_is_shown_where_its_cursor_is() -> None:
    view = replace(VIEW, typed="a" * 100 + "end", cursor=103)
    assert plain(view)[-1].rstrip().endswith("aend")
