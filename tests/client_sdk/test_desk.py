"""The desk, over a real socket."""

import asyncio

import pytest
from support.fake_server import DESK_TOKEN, WORLD
from support.fake_socket import FakeServer

from dreamsync.desk import Desk, Hit
from dreamsync.dream import Dream
from dreamsync.errors import DreamsyncError, RefusedError, UsageError

WAIT_S = 10.0


@pytest.fixture
async def desk(dream: Dream) -> Desk:
    return await dream.desk(WORLD, token=DESK_TOKEN)


async def test_every_proposal_of_a_desk_reaches_the_world(server: FakeServer, desk: Desk) -> None:
    await desk.cue("expo.opening", once="a", why="it is time")
    await desk.hold("expo.opening")
    await desk.unhold("expo.opening")
    await desk.skip("expo.opening")
    await desk.whisper("leo", "psst")
    await desk.pause("tea")
    await desk.resume()
    await desk.remove("s_9")
    await desk.seat("ellis", "understudy")
    await desk.nudge("hurry", "bedtime", ms=5)
    await desk.direct(standby=True)
    await desk.veto("expo.opening")
    await desk.undo("expo.opening", why="too early")
    await desk.mute("s_9", why="it was reported")
    await desk.close_world()
    assert [plain["type"] for plain in server.world.acted] == [
        "cue", "hold", "unhold", "skip", "whisper", "pause", "unpause", "remove", "seat", "nudge",
        "direct", "veto", "undo", "mute", "close",
    ]  # fmt: skip
    assert server.world.acted[0] == {
        "type": "cue", "n": 1, "beat": "expo.opening", "override": False, "once": "a",
        "why": "it is time",
    }  # fmt: skip


async def test_why_is_answered(desk: Desk) -> None:
    why = await desk.why("expo.opening")
    assert (why.beat, why.text) == ("expo.opening", "It can.")


async def test_a_wrong_token_looks_like_a_world_that_is_not_there(dream: Dream) -> None:
    with pytest.raises(RefusedError) as caught:
        await dream.desk(WORLD, token="guess")
    assert caught.value.code == "unknown_world"


async def test_a_handler_is_called_each_time_its_condition_turns_true(
    server: FakeServer, desk: Desk
) -> None:
    hits: asyncio.Queue[Hit] = asyncio.Queue()

    @desk.when("expo.crowd >= 2")
    async def on_crowd(hit: Hit) -> None:
        await desk.cue("expo.opening")
        hits.put_nowait(hit)

    await desk.watching()
    for crowd in (1, 2, 3, 0, 2):
        await server.commit({"expo.crowd": crowd})
    async with asyncio.timeout(WAIT_S):
        told = [await hits.get(), await hits.get()]
    assert [(hit.when, hit.facts) for hit in told] == [("expo.crowd >= 2", {"expo.crowd": 2})] * 2
    assert told[0].position < told[1].position
    assert on_crowd.__name__ == "on_crowd"


async def test_a_condition_is_watched_again_after_a_lost_line(
    server: FakeServer, desk: Desk
) -> None:
    hits: asyncio.Queue[Hit] = asyncio.Queue()

    @desk.when("expo.crowd >= 2")
    async def on_crowd(hit: Hit) -> None:
        hits.put_nowait(hit)

    await desk.watching()
    server.world.facts["expo.crowd"] = 2  # turned true while the line was away
    await server.cut()
    async with asyncio.timeout(WAIT_S):
        assert (await hits.get()).facts == {"expo.crowd": 2}
    await server.cut()
    await desk.cue("expo.opening")
    assert hits.empty()


async def test_a_handler_that_is_given_up_is_not_called_any_more(
    server: FakeServer, desk: Desk
) -> None:
    told: list[str] = []
    hits: asyncio.Queue[Hit] = asyncio.Queue()

    @desk.when("expo.crowd >= 1")
    @desk.when("expo.crowd >= 2")
    async def given_up(hit: Hit) -> None:
        told.append(hit.when)
        await desk.unwatch(given_up)  # the hit of its other condition waits behind this one

    @desk.when("expo.crowd >= 2")
    async def kept(hit: Hit) -> None:
        hits.put_nowait(hit)

    await desk.watching()
    for crowd in (2, 0, 2):
        await server.commit({"expo.crowd": crowd})
    await server.cut()
    async with asyncio.timeout(WAIT_S):
        await hits.get()
        await hits.get()

    @desk.when("expo.crowd >= 2")
    async def late(hit: Hit) -> None:
        hits.put_nowait(hit)

    await desk.watching()
    async with asyncio.timeout(WAIT_S):
        await hits.get()
    assert len(told) == 1
    with pytest.raises(UsageError):
        await desk.unwatch(given_up)
    await desk.unwatch(late)


async def test_a_condition_that_cannot_be_read_is_said(desk: Desk) -> None:
    @desk.when("nonsense")
    async def never(hit: Hit) -> None:
        raise AssertionError(hit)

    with pytest.raises(UsageError, match="nonsense"):
        await desk.watching()
    with pytest.raises(UsageError):
        await desk.run()


async def test_what_a_handler_raises_ends_the_run(server: FakeServer, desk: Desk) -> None:
    @desk.when("expo.crowd >= 2")
    async def clumsy(hit: Hit) -> None:
        raise LookupError("oh")

    running = asyncio.create_task(desk.run())
    await desk.watching()
    await server.commit({"expo.crowd": 2})
    with pytest.raises(LookupError, match="oh"):
        async with asyncio.timeout(WAIT_S):
            await running


async def test_a_run_ends_with_its_world_and_a_closed_desk_leaves_no_handler(
    server: FakeServer, desk: Desk
) -> None:
    @desk.when("expo.crowd >= 2")
    async def never(hit: Hit) -> None:
        raise AssertionError(hit)

    await desk.watching()
    for line in [*server.world.lines]:
        line.hang_up(4005, "world_closed")
    await server.flush()
    async with asyncio.timeout(WAIT_S):
        await desk.run()
    async with desk:
        pass
    names = {task.get_name() for task in asyncio.all_tasks()}
    assert not {name for name in names if name == "dreamsync handlers"}
    with pytest.raises(DreamsyncError):
        await desk.cue("expo.opening")
