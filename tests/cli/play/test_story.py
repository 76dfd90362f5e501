"""What happened, as lines."""

import pytest
from support.seen import mirror

from dreamsync import Event
from dreamsync_server.cli.play.glance import look
from dreamsync_server.cli.play.story import Line, arrival, line_of, printable


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Event("said", "now?", "ava", "Ava", "scene"), Line("said", "Ava: “now?”")),
        (Event("said", "now?", "ava", "Ava", "private"), Line("whisper", "Ava (to you): “now?”")),
        (Event("said", "now?", "leo", "Leo", "scene"), Line("mine", "You say: “now?”")),
        (Event("said", "now?", "leo", "Leo", "private"), Line("mine", "You whisper: “now?”")),
        (Event("whisper", "Go."), Line("whisper", "A voice from nowhere: “Go.”")),
        (
            Event("nudge", "It crosses your mind.", reach="private"),
            Line("whisper", "It crosses your mind."),
        ),
        (Event("nudge", "Word comes.", key="nudge.elsewhere"), Line("told", "Word comes.")),
        (Event("told", "Rain.", key="rain"), Line("told", "Rain.")),
        (Event("told", "It falls.", key="beat.fall.text"), Line("beat", "It falls.")),
        (Event("chapter", "Night"), Line("chapter", "Night")),
        (Event("ending", "Morning"), Line("ending", "Morning")),
        (Event("paused", "The world is paused."), Line("note", "The world is paused.")),
        (Event("told", ""), None),
        (Event("done", "Leo comes in.", "leo", "Leo", key="go.came"), None),
        (
            Event("done", "Ava comes in.", "ava", "Ava", key="go.came"),
            Line("told", "Ava comes in."),
        ),
    ],
)
def test_an_event_is_told_as_it_reached_the_player(event: Event, line: Line | None) -> None:
    assert line_of(event, "leo") == line


def test_nothing_that_a_terminal_obeys_comes_through() -> None:
    event = Event("said", "\x1b[2Jgone\x07", "ava", "A\x1bva", "scene")
    line = line_of(event, "leo")
    assert line is not None
    assert line.text == "A va: “[2Jgone”"
    assert printable("a\nb\tc\u202e") == "a\nb c"


def test_coming_into_a_scene_is_told_with_who_and_what_is_there() -> None:
    assert [line.plain() for line in arrival(look(mirror(), 0))] == [
        "\nThe children's room",
        "Two beds.",
        "(Here: Juno [understudy, at ease])",
        "(Here lies: a lamp)",
        "(Ways: the kitchen)",
    ]
    assert "Two beds." not in [line.text for line in arrival(look(mirror(), 0), is_known=True)]


def test_what_stands_out_stands_out_without_colours_too() -> None:
    assert Line("beat", "The screens go dark.").plain() == "\n*** The screens go dark.\n"
    assert Line("no", "Not now.").plain() == "! Not now."
