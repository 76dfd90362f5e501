"""Playing line by line: for pipes, screen readers, and lines that are too thin for a screen."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import dreamsync
from dreamsync_server.cli.play import drawn
from dreamsync_server.cli.play.game import Game
from dreamsync_server.cli.play.story import Line

_LOOK_S: Final = 0.1

HOW: Final = (
    "(Type a number and Enter to do that, words and Enter to say them aloud; Enter alone shows what"
    " you may do, ? helps, /leave goes.)"
)

ReadLine = Callable[[], Awaitable[str | None]]
Write = Callable[[str], None]


async def play_plain(player: dreamsync.Player, read: ReadLine, write: Write) -> bool:
    """Play until the player leaves, or there is nothing more to read; return False then.

    True: the world was closed.

    Raises:
        ClosedError: somebody else ended the session.
    """

    def on_line(line: Line) -> None:
        write(line.plain())
        if line.kind == "scene":
            asyncio.get_running_loop().call_soon(_write_menu, game, write)

    game = Game(player, on_line)
    game.begin()
    write(HOW)
    watch = asyncio.create_task(_watch(game))
    try:
        await _read_on(game, read, write)
        if watch.done():
            watch.result()
    finally:
        watch.cancel()
    if game.is_left or not player.is_over:
        return False
    await player.closed()
    return True


async def _read_on(game: Game, read: ReadLine, write: Write) -> None:
    over = asyncio.create_task(game.player.closed())
    over.add_done_callback(lambda task: task.cancelled() or task.exception())
    try:
        while not game.is_left and not game.player.is_over:
            reading = asyncio.ensure_future(read())
            await asyncio.wait((reading, over), return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                reading.cancel()
                return
            line = reading.result()
            if line is None:
                return
            await game.typed(line)
            if game.form is not None:
                write("\n".join(drawn.form_lines(game.form)))
    finally:
        over.cancel()


async def _watch(game: Game) -> None:
    """Tell what happens while nothing is typed."""
    while not game.player.is_over:
        await asyncio.sleep(_LOOK_S)
        game.see()


def _write_menu(game: Game, write: Write) -> None:
    glance = game.glance()
    lines = [entry for entry in drawn.menu_lines(game.menu(), glance) if entry]
    if lines and not game.player.is_over:
        write("You may:\n" + "\n".join(lines))
