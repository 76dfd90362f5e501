"""Playing line by line, over a real node, to an ending."""

import asyncio

import dreamsync
from dreamsync_server.cli.play.plain import play_plain

PATIENCE_S = 20.0


class Terminal:
    """A terminal on a wire: lines go in, a transcript comes out."""

    def __init__(self) -> None:
        self.transcript = ""
        self._lines: asyncio.Queue[str | None] = asyncio.Queue(64)

    async def read(self) -> str | None:
        return await self._lines.get()

    def write(self, text: str) -> None:
        self.transcript += text + "\n"

    def type(self, *lines: str | None) -> None:
        for line in lines:
            self._lines.put_nowait(line)

    async def until(self, words: str) -> None:
        """Wait until the transcript has these words."""
        async with asyncio.timeout(PATIENCE_S):
            while words not in self.transcript:
                await asyncio.sleep(0.01)


async def test_two_play_a_story_from_its_first_line_to_its_ending(dream: dreamsync.Dream) -> None:
    world = await dream.create_world("starter", private=True, seed=7)
    ada = await dream.enter(world.id, role="ada", name="Ari", invite=world.invite)
    ben = await dream.enter(world.id, role="ben", name="Bo", invite=world.invite)
    desk = await dream.desk(world.id, token=world.desk_token)
    first, second = Terminal(), Terminal()
    async with asyncio.TaskGroup() as group:
        playing = group.create_task(play_plain(ada, first.read, first.write))
        watching = group.create_task(play_plain(ben, second.read, second.write))
        first.type("are you awake?", "comfort")
        await second.until("Ada: “are you awake?”")
        second.type("whisper", "I am now", "comfort")
        await first.until("Ben (to you): “I am now”")
        await first.until("a lock turns")
        assert (await desk.cue("footsteps")).ok
        await first.until("*** Overhead, slow steps")
        first.type("go attic")
        await first.until("\nThe attic\n")
        await second.until("Ada leaves.")
        first.type("take_box", "/me")
        await first.until("You have: the music box")
        assert (await desk.cue("blossoming", override=True)).ok
        await first.until("(a: ")
        first.type("a")
        await desk.until(lambda facts: facts["chose.waking"] == "wake")
        assert (await desk.cue("morning")).ok
        for terminal in (first, second):
            await terminal.until("=== Morning ===")
            terminal.type("/leave")
        assert (await playing, await watching) == (False, False)
    assert "(a: " not in second.transcript  # the question was Ada's alone


async def test_when_there_is_nothing_more_to_read_the_game_is_over(dream: dreamsync.Dream) -> None:
    world = await dream.create_world("starter", private=False)
    ada = await dream.enter(world.id, role="ada", name="Ari")
    terminal = Terminal()
    terminal.type("hello", None)
    assert await play_plain(ada, terminal.read, terminal.write) is False
    assert "You say: “hello”" in terminal.transcript
    assert "You may:" in terminal.transcript


async def test_one_who_is_removed_is_told_so(dream: dreamsync.Dream) -> None:
    world = await dream.create_world("starter", private=False)
    ada = await dream.enter(world.id, role="ada", name="Ari")
    desk = await dream.desk(world.id, token=world.desk_token)
    terminal = Terminal()
    playing = asyncio.create_task(play_plain(ada, terminal.read, terminal.write))
    await terminal.until("You may:")
    assert (await desk.remove(ada.session)).ok
    async with asyncio.timeout(PATIENCE_S):
        (error,) = await asyncio.gather(playing, return_exceptions=True)
    assert isinstance(error, dreamsync.ClosedError)
    assert error.code == "removed"
