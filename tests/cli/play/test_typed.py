"""What a typed line means."""

from dataclasses import replace

import pytest
from support.seen import DRAW, GO, SHADOWS, TALK, mirror

from dreamsync_server.cli.play.glance import look
from dreamsync_server.cli.play.menu import Numbers
from dreamsync_server.cli.play.typed import (
    Act,
    Choose,
    Meaning,
    Nothing,
    Told,
    Unclear,
    meaning,
)

SEEN = look(mirror(), 0)
MENU = Numbers().menu(SEEN)


@pytest.mark.parametrize(
    ("line", "means"),
    [
        ("", Nothing()),
        ("  ", Nothing()),
        ("1", Act(DRAW)),
        ("3 juno", Act(SHADOWS, "juno")),
        ("draw", Act(DRAW)),
        ("Draw Something", Act(DRAW)),
        ("go kitchen", Act(GO, "kitchen")),
        ("go", Act(GO)),
        ("hello there", Act(TALK, "hello there")),
        ("say go away", Act(TALK, "go away")),
        ("“no”", Act(TALK, "no")),
        ("draw me a map", Act(TALK, "draw me a map")),
        ("a", Choose(MENU.answers[0])),
        ("B", Choose(MENU.answers[1])),
        ("?", Told("help")),
        ("/WHO", Told("who")),
        ("/pause too much", Told("pause", "too much")),
    ],
)
def test_a_line_means_what_a_newcomer_would_think(line: str, means: Meaning) -> None:
    assert meaning(line, MENU) == means


@pytest.mark.parametrize("line", ["99", "0", "/nonsense"])
def test_what_means_nothing_is_said(line: str) -> None:
    assert isinstance(meaning(line, MENU), Unclear)


def test_words_are_not_spoken_where_nobody_can_speak() -> None:
    silent = Numbers().menu(replace(SEEN, offers=(DRAW,)))
    assert isinstance(meaning("hello", silent), Unclear)


def test_going_where_no_way_leads_is_not_said_aloud() -> None:
    shut = Numbers().menu(replace(SEEN, offers=(TALK,)))
    assert meaning("go kitchen", shut) == Unclear("There is no way out of here just now.")
