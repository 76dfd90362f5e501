"""The pygame client plays on a real node, in a window that nobody sees."""

import asyncio
import importlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from support.node import Node, open_node

import dreamsync

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
pygame: Any = pytest.importorskip("pygame", reason="pygame is not here (pip install pygame-ce).")

EXAMPLES = Path(__file__).parents[3] / "client_sdk" / "examples"
WAIT_S = 20.0
COLOURS_LEAST = 200  # a picture, not a blank


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    return importlib.import_module("pygame_client")


class Play:
    """Two players of one world: Ada in the window, Ben by the SDK."""

    def __init__(self, node: Node, window: Any, ben: dreamsync.Player) -> None:
        self.node = node
        self.window = window
        self.ben = ben

    async def until(self, is_so: Callable[[], object]) -> None:
        async with asyncio.timeout(WAIT_S):
            while not is_so():
                await asyncio.sleep(0.005)

    def press(self, key: int, text: str = "") -> None:
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key))
        if text:
            pygame.event.post(pygame.event.Event(pygame.TEXTINPUT, text=text))

    def release(self, key: int) -> None:
        pygame.event.post(pygame.event.Event(pygame.KEYUP, key=key))

    def number_of(self, label: str) -> int:
        labels = [item.label for item in self.window.shown()]
        return labels.index(label) + 1

    def pick(self, label: str) -> None:
        """Press the number that stands beside a label, as a keyboard does."""
        number = self.number_of(label)
        self.press(pygame.K_0 + number, str(number))
        self.release(pygame.K_0 + number)

    def has_line(self, text: str) -> bool:
        return any(text in line for line, _ in self.window.lines)


@asynccontextmanager
async def playing(client: ModuleType) -> AsyncIterator[Play]:
    pygame.display.init()
    pygame.font.init()
    try:
        async with open_node() as node, node.connect() as dream:
            world = await dream.create_world("starter", seed=7, understudies=False)
            ada = await dream.enter(world.id, role="ada", name="Ari", invite=world.invite)
            ben = await dream.enter(world.id, role="ben", name="Bo", invite=world.invite)
            window = client.Window(ada, pygame.display.set_mode(client.SIZE))
            running = asyncio.create_task(window.run())
            try:
                yield Play(node, window, ben)
            finally:
                window.is_closed = True
                await running
    finally:
        pygame.quit()


async def test_what_is_typed_is_said_and_what_others_say_is_read(client: ModuleType) -> None:
    async with playing(client) as play:
        play.pick("say something")
        await play.until(lambda: play.window.asking is not None)
        for character in "hello, Ben":
            play.press(0, character)
        await play.until(lambda: play.window.asking.typed == "hello, Ben")
        play.press(pygame.K_RETURN)
        await play.until(lambda: play.has_line("hello, Ben"))
        assert (await play.ben.act("talk", words="hello yourself")).ok
        await play.until(lambda: play.has_line("hello yourself"))


async def test_a_choice_of_whom_is_picked_by_its_number_and_esc_takes_it_back(
    client: ModuleType,
) -> None:
    async with playing(client) as play:
        play.pick("whisper")
        await play.until(lambda: play.window.asking is not None)
        play.press(pygame.K_ESCAPE)
        await play.until(lambda: play.window.asking is None)
        play.pick("comfort")
        await play.until(lambda: play.window.asking is not None)
        play.pick("Ben")
        await play.until(lambda: play.window.asking is None)
        (commits,) = play.node.commits.values()
        await play.until(lambda: any("'comfort'" in repr(commit.cause) for commit in commits))


async def test_arrows_move_me_and_everybody_sees_it(client: ModuleType) -> None:
    async with playing(client) as play:
        await play.until(lambda: "ada" in play.ben.poses)
        start_x, _, _ = play.ben.poses["ada"]
        play.press(pygame.K_RIGHT)
        await play.until(lambda: play.ben.poses["ada"][0] > start_x + 50)
        play.release(pygame.K_RIGHT)
        assert play.ben.poses["ada"][2] == 90
        play.ben.pose(100, 100, 0)
        await play.until(lambda: play.window.player.poses.get("ben") == (100, 100, 0))


async def test_a_lost_line_dims_the_window_and_nothing_is_missed(client: ModuleType) -> None:
    async with playing(client) as play:
        screen = play.window.screen
        play.node.cut_lines()
        await play.until(lambda: not play.window.player.is_live)
        play.window.draw(0)
        dim = pygame.transform.average_color(screen)
        await play.until(lambda: play.ben.is_live)
        assert (await play.ben.act("talk", words="while you were away")).ok
        await play.until(lambda: play.has_line("while you were away"))
        assert play.window.player.resets == 0
        play.window.draw(0)
        assert sum(pygame.transform.average_color(screen)) > sum(dim) + 10


async def test_the_window_shows_a_picture(client: ModuleType, tmp_path: Path) -> None:
    async with playing(client) as play:
        await play.until(lambda: "ada" in play.window.player.poses)
        play.window.draw(0)
        pygame.image.save(play.window.screen, tmp_path / "window.png")
        picture = pygame.image.load(tmp_path / "window.png")
        wide, high = picture.get_size()
        seen = {tuple(picture.get_at((x, y))) for x in range(0, wide, 3) for y in range(0, high, 3)}
        assert len(seen) > COLOURS_LEAST
        pygame.event.post(pygame.event.Event(pygame.QUIT))
        await play.until(lambda: play.window.is_closed)
