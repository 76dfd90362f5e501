"""`dreamsync play`: the terminal client."""

import sys
from dataclasses import dataclass

import dreamsync
from dreamsync_server.cli.links import Link, parse_link
from dreamsync_server.cli.play.entrance import Entrance
from dreamsync_server.cli.play.fullscreen import play_fullscreen
from dreamsync_server.cli.play.keyboard import Keyboard
from dreamsync_server.cli.play.plain import ReadLine, Write, play_plain
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

    Raises:
        OperatorError: what was said leads nowhere.
        DreamsyncError: the server cannot be reached, or refuses.
    """
    keyboard = Keyboard()
    is_plain = wish.is_plain or not (sys.stdin.isatty() and sys.stdout.isatty())
    link = parse_link(wish.link)
    try:
        async with dreamsync.connect(link.server, lang=wish.lang) as dream:
            player = await Entrance(dream, keyboard.line, say).come_in(
                link, wish.code, wish.role, wish.name
            )
            if is_plain:
                await play_plain(player, keyboard.line, say)
            else:
                await play_fullscreen(player, keyboard)
            say(farewell(player))
    except dreamsync.UnreachableError as error:
        raise OperatorError(
            f"nothing answers at {Link(link.server)}: is it running there (./dream serve)?"
        ) from error
    return 0


def say(text: str) -> None:
    """Print a line now."""
    print(text, flush=True)


def farewell(player: dreamsync.Player) -> str:
    """Return the last line."""
    return f"You have left {player.world.title}."


async def play_lines(wish: Wish, read: ReadLine, write: Write) -> None:
    """Play line by line with lines from anywhere: for scripts and tests."""
    link = parse_link(wish.link)
    async with dreamsync.connect(link.server, lang=wish.lang) as dream:
        player = await Entrance(dream, read, write).come_in(link, wish.code, wish.role, wish.name)
        await play_plain(player, read, write)
