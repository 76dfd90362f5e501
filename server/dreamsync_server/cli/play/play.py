"""`dreamsync play`: the terminal client."""

import sys
from dataclasses import dataclass

import dreamsync
from dreamsync_server.cli.links import Link, parse_link
from dreamsync_server.cli.play.entrance import Entrance
from dreamsync_server.cli.play.fullscreen import play_fullscreen
from dreamsync_server.cli.play.keyboard import Keyboard
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

    Raises:
        OperatorError: what was said leads nowhere.
        DreamsyncError: the server cannot be reached, or refuses.
    """
    keyboard = Keyboard()
    is_plain = wish.is_plain or not (sys.stdin.isatty() and sys.stdout.isatty())
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
        raise OperatorError(
            f"nothing answers at {Link(link.server)}: is it running there (./dream serve)?"
        ) from error
    return 0


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


def say(text: str) -> None:
    """Print a line now."""
    print(text, flush=True)
