"""Reading what is typed."""

import asyncio
import os
import pty
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from dreamsync_server.cli.play.keyboard import LINE_BYTES_MAX, Keyboard


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    read, write = os.pipe()
    yield read, write
    os.close(read)


async def test_lines_come_one_by_one_and_end_with_none(pipe: tuple[int, int]) -> None:
    read, write = pipe
    os.write(write, "eins\r\nzwö\nlast".encode())
    os.close(write)
    keyboard = Keyboard(read)
    assert [await keyboard.line() for _ in range(4)] == ["eins", "zwö", "last", None]


async def test_a_file_is_read_as_well_as_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "script"
    path.write_text("1\n2\n")
    fd = os.open(path, os.O_RDONLY)
    keyboard = Keyboard(fd)
    assert [await keyboard.line() for _ in range(3)] == ["1", "2", None]
    os.close(fd)


async def test_a_letter_that_comes_in_two_parts_is_one(pipe: tuple[int, int]) -> None:
    read, write = pipe
    keyboard = Keyboard(read)
    first, second = "ö".encode()[:1], "ö".encode()[1:]
    os.write(write, first)
    assert await keyboard.keys() == ""
    os.write(write, second + b"x")
    assert await keyboard.keys() == "öx"
    os.close(write)


async def test_waiting_for_a_line_can_be_given_up(pipe: tuple[int, int]) -> None:
    read, write = pipe
    keyboard = Keyboard(read)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await keyboard.line()
    os.write(write, b"still here\n")
    assert await keyboard.line() == "still here"
    os.close(write)


async def test_a_line_has_a_bound(pipe: tuple[int, int]) -> None:
    read, write = pipe
    os.write(write, b"x" * (LINE_BYTES_MAX + 10))
    line = await Keyboard(read).line()
    assert line is not None
    assert len(line) > LINE_BYTES_MAX
    os.close(write)


def test_a_terminal_is_left_as_it_was() -> None:
    main, terminal = pty.openpty()
    before = termios.tcgetattr(terminal)
    with Keyboard(terminal).raw():
        assert termios.tcgetattr(terminal) != before
    assert termios.tcgetattr(terminal) == before
    os.close(main)
    os.close(terminal)
