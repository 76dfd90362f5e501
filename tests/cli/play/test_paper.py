"""Lines are broken between words; what goes on stands below where it began."""

import pytest

from dreamsync_server.cli.play.paper import wrapped


def test_words_stay_whole_and_short_lines_as_they_are() -> None:
    text = "Two beds, two halos on their hooks.\n\nA door."
    assert wrapped(text, 20) == "Two beds, two halos\non their hooks.\n\nA door."


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        (" 6  give in and go to bed now", " 6  give in and go\n    to bed now"),
        (" a  give in and go to bed now", " a  give in and go\n    to bed now"),
        ("A man gives in and goes to bed", "A man gives in and\ngoes to bed"),
        ("1956 was long ago and so on", "1956 was long ago\nand so on"),
    ],
)
def test_an_entry_goes_on_below_its_words(line: str, broken: str) -> None:
    assert wrapped(line, 20) == broken


def test_a_terminal_too_narrow_to_read_breaks_lines_itself() -> None:
    assert wrapped("Two beds, two halos on their hooks.", 19) == (
        "Two beds, two halos on their hooks."
    )


def test_what_is_longer_than_a_line_is_broken_within() -> None:
    assert max(map(len, wrapped("x" * 50, 20).split("\n"))) == 20
