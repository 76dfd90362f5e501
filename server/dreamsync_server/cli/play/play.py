"""`dreamsync play`: the terminal client."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import termios
from collections.abc import Iterator
from dataclasses import dataclass

import dreamsync
from dreamsync_server.cli.called import own_command
from dreamsync_server.cli.links import Link, parse_link
from dreamsync_server.cli.play.entrance import Entrance
from dreamsync_server.cli.play.fullscreen import play_fullscreen
from dreamsync_server.cli.play.keyboard import Keyboard
from dreamsync_server.cli.play.paper import wrapped
from dreamsync_server.cli.play.plain import play_plain
from dreamsync_server.errors import OperatorError


@dataclass(frozen=True, slots=True)
class Wish:
    """What was said on the command line; "" is asked for."""

    link: str
    role: str = ""
    name: str = ""
    code: str = ""
    lang: str = "en"
    is_plain: bool = False


async def play(wish: Wish) -> int:
    """Play in this terminal; on a whole screen where there is one.

    When the terminal is closed, or we are told to end, the seat is given back as by /leave: nobody
    could come back to it from here.

    Raises:
        OperatorError: what was said leads nowhere.
        DreamsyncError: the server cannot be reached, or refuses.
    """
    gone: list[int] = []
    try:
        with _ended_by_signals(gone):
            return await _play(wish)
    except (asyncio.CancelledError, OSError, termios.error):
        if not gone:
            raise
        return 128 + gone[0]


async def _play(wish: Wish) -> int:
    keyboard = Keyboard()
    is_plain = wish.is_plain or not has_screen()
    link = parse_link(wish.link)
    try:
        async with dreamsync.connect(link.server, lang=wish.lang) as dream:
            player = await come_in(Entrance(dream, keyboard.line, say), link, wish)
            try:
                if is_plain:
                    has_closed = await play_plain(player, keyboard.line, say)
                else:
                    has_closed = await play_fullscreen(player, keyboard)
            finally:  # also after Ctrl-C: a seat that is given back can be taken at once
                if not player.is_over:
                    await player.leave()
            title = player.world.title
            say(f"{title} was closed." if has_closed else f"You have left {title}.")
    except dreamsync.UnreachableError as error:
        if error.code != "nothing_there":
            raise  # it says more: a name that is not known, a certificate that is not trusted
        raise OperatorError(
            f"nothing answers at {Link(link.server)}: is it running there ({own_command()} serve)?"
        ) from error
    return 0


@contextlib.contextmanager
def _ended_by_signals(gone: list[int]) -> Iterator[None]:
    """Let a closed terminal, and whoever ends us, be noted and cancel what is under way."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None, "only a task has a running loop"

    def end(number: int) -> None:
        if not gone:
            gone.append(number)
            task.cancel()

    for number in (signal.SIGHUP, signal.SIGTERM):
        loop.add_signal_handler(number, end, number)
    try:
        yield
    finally:
        for number in (signal.SIGHUP, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def come_in(entrance: Entrance, link: Link, wish: Wish) -> dreamsync.Player:
    """Enter the world that is meant.

    Raises:
        OperatorError: what was said leads nowhere, or the role is taken.
        RefusedError: the world is not open to us.
    """
    try:
        return await entrance.come_in(link, wish.code, wish.role, wish.name)
    except dreamsync.RefusedError as error:
        if error.code != "taken":
            raise
        raise OperatorError(
            f"somebody plays {wish.role or 'that role'} now; if that was you and your line was"
            " lost, the seat is free again within a minute"
        ) from error


def has_screen() -> bool:
    """Return whether people look at a terminal that can move its cursor and draw lines."""
    can_draw = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
    is_dumb = os.environ.get("TERM", "").lower() in ("dumb", "unknown")
    return sys.stdin.isatty() and sys.stdout.isatty() and can_draw and not is_dumb


def say(text: str) -> None:
    """Print a line now, broken between words where it is a terminal that shows it."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    print(wrapped(text, width) if width else text, flush=True)
