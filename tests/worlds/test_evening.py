"""An evening's page keeps what was typed and shown, in order, and nothing of this machine."""

import sys
from pathlib import Path

from worlds.evening_page import page
from worlds.evening_plans import EXPO
from worlds.evening_terminal import Entry, Terminal

MENU = ("You may:", " 1  draw something", "    and 2 that cannot be done just now: /all")


def shown(*lines: str) -> list[Entry]:
    return [Entry("shown", line, 61.0) for line in lines]


def text_of(entries: list[Entry]) -> str:
    return page(EXPO, entries, 6_000).partition("```text\n")[2]


def heard(terminal: Terminal) -> list[str]:
    """Listen until something was shown, for as long as a slow machine takes."""
    return next((lines for _ in range(100) if (lines := terminal.listen(0.2))), [])


def test_what_was_typed_is_set_apart_with_its_time() -> None:
    typed = Entry("typed", "hello", 61.5)
    entries = [*shown("--- The Expo ---", "Rain."), typed, *shown("You say: “hello”")]
    lines = "--- The Expo ---\nRain.\n\n01:01 > hello\nYou say: “hello”\n```\n"
    assert text_of(entries) == lines


def test_a_list_is_shown_again_only_where_it_is_new() -> None:
    entries = shown("--- The Expo ---", *MENU, "Rain.", *MENU[1:], " 2  go out", "Rain.")
    told = text_of(entries)
    assert told.count("draw something") == 1
    assert told.count("[…]") == 1
    assert " 2  go out" in told
    assert told.count("Rain.") == 2


def test_no_link_of_the_evening_is_kept() -> None:
    entries = shown("--- The Expo ---", "http://127.0.0.1:46007/w#secret.invite")
    assert "secret" not in page(EXPO, entries, 6_000)


def test_a_program_in_the_terminal_is_heard_and_typed_to(tmp_path: Path) -> None:
    program = "import sys; print('ready', sys.stdout.isatty(), flush=True); print(input()[::-1])"
    with Terminal([sys.executable, "-c", program], tmp_path) as terminal:
        assert heard(terminal) == ["ready True"]
        terminal.type("stressed")
        assert heard(terminal) == ["desserts"]
    assert [entry.kind for entry in terminal.entries] == ["shown", "typed", "shown"]
