"""`play` as a command: piped in, transcript out."""

import asyncio
import os
import pty
import signal
import sys

import pytest

import dreamsync
from dreamsync_server.cli.play.play import has_screen


async def _play(*args: str, typed: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dreamsync_server.cli", "play", *args,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(40):
        out, err = await process.communicate(typed.encode())
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_what_is_piped_in_is_played_and_told(dream: dreamsync.Dream, url: str) -> None:
    world = await dream.create_world("starter", private=True)
    script = "hello\n/who\nmake_tea\n/leave\n"
    code, out, err = await _play(
        url, "--code", world.code, "--role", "ada", "--name", "Ari", typed=script
    )
    assert (code, err) == (0, "")
    assert out.index("You say: “hello”") < out.index("(Ari (you): Ada)") < out.index("— make tea")
    assert out.endswith("You have left The House That Slept.\n")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
async def test_closing_the_terminal_gives_the_seat_back(
    dream: dreamsync.Dream, url: str, number: signal.Signals
) -> None:
    world = await dream.create_world("starter", private=False)
    link = f"{url}/#{world.id}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dreamsync_server.cli",
        "play", link, "--role", "ada", "--name", "Ari",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    async with asyncio.timeout(40):
        await process.stdout.readuntil(b"? helps")
        process.send_signal(number)
        assert await process.wait() == 128 + number
    again = await dream.enter(world.id, role="ada", name="Bo")  # at once: no grace to wait for
    assert again.role == "ada"


async def test_a_seat_that_is_held_is_said_with_what_to_do(
    dream: dreamsync.Dream, url: str
) -> None:
    world = await dream.create_world("starter", private=False)
    await dream.enter(world.id, role="ada", name="Ari")
    code, out, err = await _play(f"{url}/#{world.id}", "--role", "ada", "--name", "Bo", typed="")
    assert (code, out) == (1, "")
    assert err.startswith("dreamsync: somebody plays ada now")


async def test_a_server_that_is_not_there_is_one_sentence() -> None:
    code, out, err = await _play("ws://127.0.0.1:1", typed="")
    assert (code, out) == (1, "")
    assert "nothing answers at http://127.0.0.1:1" in err
    assert err.count("\n") == 1


async def test_a_terminal_that_cannot_draw_gets_lines_with_question_marks(
    dream: dreamsync.Dream, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    world = await dream.create_world("starter", private=True)
    code, out, err = await _play(
        url, "--code", world.code, "--role", "ada", "--name", "Ari", typed="hello\n/leave\n"
    )
    assert (code, err) == (0, "")
    assert "You say: ?hello?" in out


@pytest.mark.parametrize(
    ("term", "encoding", "has"),
    [
        ("xterm", "utf-8", True),
        ("dumb", "utf-8", False),
        ("xterm", "ascii", False),
        ("xterm", "iso8859-1", False),
        ("", "UTF-8", True),
    ],
)
def test_a_whole_screen_wants_a_terminal_that_can_draw(
    monkeypatch: pytest.MonkeyPatch, term: str, encoding: str, has: bool
) -> None:
    leading, following = pty.openpty()
    monkeypatch.setenv("TERM", term)
    with (
        open(following, encoding=encoding, closefd=False) as stdin,
        open(following, "w", encoding=encoding, closefd=False) as stdout,
    ):
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(sys, "stdout", stdout)
        assert has_screen() is has
    for number in (leading, following):
        os.close(number)


async def test_an_address_whose_name_is_not_known_is_told_so() -> None:
    code, _, err = await _play("http://nowhere.invalid:1", typed="")
    assert code == 1
    assert "its name is not known" in err
