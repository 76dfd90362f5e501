"""Playing on a whole screen: draws the view when something changed, and takes keys."""

import asyncio
from collections import deque
from typing import Final

from rich.console import Console, Group
from rich.live import Live

import dreamsync
from dreamsync_server.cli.play.editor import Editor, Finished
from dreamsync_server.cli.play.game import Game
from dreamsync_server.cli.play.keyboard import Keyboard
from dreamsync_server.cli.play.screen import View, draw
from dreamsync_server.cli.play.story import Line

STORY_LINES_MAX: Final = 1_000  # kept to scroll back through
TYPED_MAX: Final = 16  # finished lines that wait for the ones before them
_DRAW_S: Final = 0.1


async def play_fullscreen(
    player: dreamsync.Player, keyboard: Keyboard, console: Console | None = None
) -> bool:
    """Play until the player leaves, or is made to; return whether the world was closed.

    Raises:
        ClosedError: somebody else ended the session.
    """
    screen = _Screen(player, console or Console())
    screen.game.begin()
    with (
        keyboard.raw(),
        Live(
            console=screen.console, screen=True, auto_refresh=False, redirect_stderr=False
        ) as live,
    ):
        tasks = [
            asyncio.create_task(screen.draw_on(live)),
            asyncio.create_task(screen.take_keys(keyboard)),
            asyncio.create_task(screen.do_lines()),
        ]
        over = asyncio.create_task(player.closed())
        try:
            done, _ = await asyncio.wait((over, *tasks), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (over, *tasks):
                task.cancel()
    for task in done:
        task.result()
    return over in done and not screen.game.is_left


class _Screen:
    def __init__(self, player: dreamsync.Player, console: Console) -> None:
        self.console = console
        self.game = Game(player, self._on_line)
        self._story: deque[Line] = deque(maxlen=STORY_LINES_MAX)
        self._editor = Editor()
        self._finished: asyncio.Queue[str] = asyncio.Queue(TYPED_MAX)
        self._scroll = 0

    def _on_line(self, line: Line) -> None:
        self._story.append(line)
        self._scroll = 0

    async def draw_on(self, live: Live) -> None:
        """Draw, again and again; what is the same costs a terminal nothing to see."""
        shown: object = None
        while True:
            self.game.see()
            width, height = self.console.size
            lines = draw(self._view(), width, height)
            key = (width, height, [(line.plain, line.spans) for line in lines])
            if key != shown:
                shown = key
                live.update(Group(*lines), refresh=True)
            await asyncio.sleep(_DRAW_S)

    async def take_keys(self, keyboard: Keyboard) -> None:
        """Edit the line by what is typed, until there is no more."""
        while keys := await keyboard.keys():
            for wish in self._editor.feed(keys):
                match wish:
                    case Finished(text):
                        if not self._finished.full():
                            self._finished.put_nowait(text)
                    case "up":
                        self._scroll += self.console.size[1] // 2
                    case "down":
                        self._scroll = max(0, self._scroll - self.console.size[1] // 2)
                    case "escape":
                        self.game.drop_form()

    async def do_lines(self) -> None:
        """Do what was typed, one line after the other, until the player leaves."""
        while not self.game.is_left:
            await self.game.typed(await self._finished.get())

    def _view(self) -> View:
        glance = self.game.glance()
        return View(
            glance=glance,
            menu=self.game.menu(),
            story=self._story,
            form=self.game.form,
            typed=self._editor.text,
            cursor=self._editor.cursor,
            scroll=self._scroll,
            recent=self.game.recent,
            is_live=self.game.player.is_live or self.game.player.is_over,
        )
