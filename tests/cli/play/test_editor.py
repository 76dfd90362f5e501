"""The line that is being typed."""

from hypothesis import given
from hypothesis import strategies as st

from dreamsync_server.cli.play.editor import LENGTH_MAX, Editor, Finished


def typed(*keys: str) -> Editor:
    editor = Editor()
    for some in keys:
        editor.feed(some)
    return editor


def test_letters_enter_and_backspace_make_a_line() -> None:
    editor = Editor()
    assert editor.feed("hellp\x7fo\r") == [Finished("hello")]
    assert (editor.text, editor.cursor) == ("", 0)


def test_several_lines_at_once_are_several_lines() -> None:
    assert Editor().feed("1\n2\n3") == [Finished("1"), Finished("2")]


def test_the_cursor_moves_and_what_is_typed_goes_there() -> None:
    assert typed("ac", "\x1b[D", "b").text == "abc"
    assert typed("bc", "\x01", "a", "\x05", "d").text == "abcd"
    assert typed("abc", "\x1b[D\x1b[D", "\x1b[3~").text == "ac"


def test_words_and_lines_are_taken_away() -> None:
    assert typed("go to bed", "\x17").text == "go to "
    assert typed("go to bed", "\x15").text == ""
    assert typed("go to bed", "\x01", "\x0b").text == ""


def test_lines_before_come_back() -> None:
    editor = typed("one\r", "two\r", "\x1b[A\x1b[A")
    assert editor.text == "one"
    editor.feed("\x1b[B\x1b[B")
    assert editor.text == ""


def test_escape_drops_the_line_and_then_what_is_asked() -> None:
    editor = typed("abc")
    assert editor.feed("\x1b") == []
    assert editor.text == ""
    assert editor.feed("\x1b") == ["escape"]


def test_page_keys_scroll_and_unknown_keys_do_nothing() -> None:
    editor = typed("ab")
    assert editor.feed("\x1b[5~\x1b[6~\x1b[15~\x1bOP\x02") == ["up", "down"]
    assert editor.text == "ab"


@given(st.lists(st.text(alphabet="ab \x1b[ADC~5\x7f\x15\x17\r\x01\u00e9", max_size=20)))
def test_the_cursor_stays_within_the_line_whatever_is_typed(keys: list[str]) -> None:
    editor = typed(*keys)
    assert 0 <= editor.cursor <= len(editor.text) <= LENGTH_MAX
    assert editor.text.isprintable()


def test_a_line_has_a_bound() -> None:
    assert len(typed("x" * (LENGTH_MAX + 5)).text) == LENGTH_MAX
