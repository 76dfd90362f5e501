"""A game: what is typed is done, and what happens is told."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

import dreamsync
from dreamsync_server.cli.assembly import open_node
from dreamsync_server.cli.child import ChildSettings
from dreamsync_server.cli.play.game import Game
from dreamsync_server.cli.play.screen import View, draw
from dreamsync_server.cli.play.story import Line
from dreamsync_server.settings import Settings


class Played:
    """A player with a game and the lines that it told."""

    def __init__(self, player: dreamsync.Player) -> None:
        self.player = player
        self.lines: list[Line] = []
        self.game = Game(player, self.lines.append)
        self.game.begin()

    @property
    def told(self) -> str:
        return "\n".join(line.plain() for line in self.lines)

    async def type(self, *lines: str) -> str:
        """Type lines; return what was told since."""
        before = len(self.lines)
        for line in lines:
            await self.game.typed(line)
        return "\n".join(line.plain() for line in self.lines[before:])

    async def until(self, words: str) -> None:
        async with asyncio.timeout(10):
            while words not in self.told:
                await asyncio.sleep(0.01)
                self.game.see()


@pytest.fixture
async def world(dream: dreamsync.Dream) -> dreamsync.World:
    return await dream.create_world("starter", private=True, seed=7, understudies=False)


@pytest.fixture
async def ada(dream: dreamsync.Dream, world: dreamsync.World) -> AsyncIterator[Played]:
    player = await dream.enter(world.id, role="ada", name="Ari", invite=world.invite)
    yield Played(player)
    await player.close()


@pytest.fixture
async def ben(dream: dreamsync.Dream, world: dreamsync.World) -> AsyncIterator[Played]:
    player = await dream.enter(world.id, role="ben", name="Bo", invite=world.invite)
    yield Played(player)
    await player.close()


async def test_it_begins_with_the_title_the_notes_and_the_scene(ada: Played) -> None:
    assert [line.kind for line in ada.lines[:3]] == ["chapter", "note", "scene"]
    assert "The House That Slept" in ada.told
    assert "The kitchen" in ada.told


async def test_words_are_said_and_heard(ada: Played, ben: Played) -> None:
    assert "You say: “who is there?”" in await ada.type("who is there?")
    await ben.until("Ada: “who is there?”")


async def test_an_action_that_asks_is_asked_for_step_by_step(ada: Played, ben: Played) -> None:
    number = next(e.number for e in ada.game.menu().entries if e.offer.id == "whisper")
    await ada.type(str(number))
    form = ada.game.form
    assert form is not None
    assert form.question() == "whisper: words?"  # Ben alone is there: he is not asked about
    assert "You whisper: “now?”" in await ada.type("now?")
    assert ada.game.form is None
    await ben.until("Ada (to you): “now?”")


async def test_an_empty_answer_leaves_what_was_begun(ada: Played) -> None:
    number = next(e.number for e in ada.game.menu().entries if e.offer.id == "talk")
    assert await ada.type(str(number), "") == "(Left: say something)"
    assert ada.game.form is None


async def test_a_refusal_is_told_in_the_worlds_words(ada: Played) -> None:
    told = await ada.type("wind_box")
    assert told.startswith("— ")
    assert "\n! " in told


async def test_a_pause_stands_for_everybody_until_it_is_taken_back(
    ada: Played, ben: Played
) -> None:
    assert "(The world is paused.)" in await ada.type("/pause")
    await ben.until("(The world is paused.)")
    assert "! The world is paused." in await ben.type("make_tea")
    assert "(The world goes on.)" in await ada.type("/on")


async def test_who_is_there_and_what_one_knows_can_be_asked(ada: Played, ben: Played) -> None:
    who = await ada.type("/who")
    assert "(Ari (you): Ada)" in who
    assert "(Bo: Ben)" in who
    assert "nerve" in await ada.type("/me")
    assert "Type a number" in await ada.type("?")
    assert "make tea" in await ada.type("")


async def test_what_moved_lately_is_remembered(ada: Played) -> None:
    await ada.type("make_tea")
    assert ada.game.recent[0] == "ada.nerve"


async def test_leaving_gives_the_role_back(ada: Played, dream: dreamsync.Dream,
                                           world: dreamsync.World) -> None:  # fmt: skip
    await ada.type("/leave")
    assert (ada.game.is_left, ada.player.is_over) == (True, True)
    again = await dream.enter(world.id, role="ada", name="Cy", invite=world.invite)
    assert again.role == "ada"


async def test_a_question_is_put_with_letters_and_answered_by_one(
    ada: Played, dream: dreamsync.Dream, world: dreamsync.World
) -> None:
    desk = await dream.desk(world.id, token=world.desk_token)
    assert (await desk.cue("blossoming", override=True)).ok  # it offers Ada the choice to wake
    await ada.until("a: ")
    assert [line.kind for line in ada.lines].count("choice") == 1
    told = await ada.type("a")
    assert told.startswith("— ")
    assert ada.game.menu().answers == ()


async def test_an_ending_is_told_once(
    ada: Played, dream: dreamsync.Dream, world: dreamsync.World
) -> None:
    desk = await dream.desk(world.id, token=world.desk_token)
    assert (await desk.cue("morning", override=True)).ok
    await ada.until("The story has ended")
    ada.game.see()
    assert ada.told.count("The story has ended") == 1
    assert ada.told.count("=== Morning ===") == 1


async def test_what_a_place_is_like_is_told_once_and_when_it_is_asked_for(
    ada: Played, ben: Played
) -> None:
    text = ada.game.glance().scene_text
    await ada.type("comfort")
    await ben.type("comfort")
    await ada.until("a lock turns")
    await ada.type("go attic")
    await ada.until("\nThe attic\n")
    await ada.type("go kitchen")
    async with asyncio.timeout(10):
        while ada.told.count("\nThe kitchen\n") < 2:
            await asyncio.sleep(0.01)
            ada.game.see()
    assert ada.told.count(text) == 1
    assert text not in await ada.type("")
    assert text in await ada.type("/look")


async def test_a_lost_line_is_said_calmly_and_once() -> None:
    settings = Settings(port=0, public_pack="")
    async with AsyncExitStack() as stack:
        child = ChildSettings(name="n2", store_url="memory://", settings=settings)
        async with open_node(child) as node:
            url = f"ws://127.0.0.1:{node.port}"
            dream = await stack.enter_async_context(dreamsync.connect(url))
            world = await dream.create_world("starter", private=False)
            played = Played(await dream.enter(world.id, role="ada", name="Ari"))
        await played.until("The line is lost; finding it again")
        played.game.see()
        assert played.told.count("The line is lost") == 1


async def test_anything_may_be_typed(ada: Played, ben: Played) -> None:
    chance = random.Random(7)
    words = [
        "say",
        "go",
        "/who",
        "/me",
        "?",
        "",
        "a",
        "hello",
        "\x1b[A",
        "x" * 600,
        "/wait 0",
        "-1",
    ]
    for _ in range(150):
        line = chance.choice([*words, *(str(number) for number in range(12))])
        await ada.type(line)
        assert not ada.player.is_over
        draw(View(ada.game.glance(), ada.game.menu(), ada.lines[-50:], ada.game.form), 80, 24)
    assert ada.player.mismatches == 0
