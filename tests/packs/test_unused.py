"""What is declared in vain."""

from support.packs import starter
from support.sample import check_with

from dreamsync_server.packs.unused import read_and_changed


def test_clocks_choices_chapters_and_facts_are_told() -> None:
    more = (
        "clocks: {c: {length: 9s}}\n"
        "choices: {q: {role: ada, default: y, options: {y: {}}}}\n"
        "chapters: {x: {}}\n"
        "facts: {f: {about: seat, type: bool, visible: desk}}\n"
    )
    text = "clock.c.name: C\nchoice.q.ask: Q\nchoice.q.y: Y\nchapter.x.title: X\n"
    assert [fault.what for fault in check_with(more, text=text).faults] == [
        "nothing starts the clock 'c'",
        "nothing offers the choice 'q'",
        "nothing turns to the chapter 'x'",
        "nothing reads or changes the fact 'f'",
    ]


def test_reading_and_changing_are_told_apart() -> None:
    read, changed = read_and_changed(starter())
    assert "guest.*.hummed" in read & changed
    assert "ada.vow" in changed - read
    assert "chose.waking" in read - changed
