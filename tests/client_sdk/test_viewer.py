"""What everybody in a world has, over a real socket."""

import asyncio

import pytest
from support.fake_server import WORLD
from support.fake_socket import FakeServer

from dreamsync.dream import Dream
from dreamsync.errors import ClosedError
from dreamsync.viewer import Viewer

WAIT_S = 10.0


async def read(viewer: Viewer, count: int) -> list[str]:
    texts: list[str] = []
    async with asyncio.timeout(WAIT_S):
        async for event in viewer.events():
            texts.append(f"{event.kind}: {event.text}")
            if len(texts) == count:
                return texts
    return texts


async def test_facts_read_as_plain_values_and_drifting_ones_as_of_now(
    server: FakeServer, dream: Dream
) -> None:
    viewer = await dream.watch(WORLD)
    assert set(viewer.facts) == {"expo.crowd", "leo.warmth"}
    assert viewer.facts["expo.crowd"] == 0
    assert viewer.facts["leo.warmth"] in (6, 7)
    assert viewer.facts.get("leo.secret") is None
    assert viewer.facts.card("leo.warmth") is None
    assert viewer.digest == server.world.digest
    assert (viewer.position, viewer.world.title, viewer.is_running) == ((1, 0), "Expo", True)


async def test_a_viewer_says_whether_its_line_is_up(server: FakeServer, dream: Dream) -> None:
    viewer = await dream.watch(WORLD)
    assert viewer.is_live
    await server.cut()
    async with asyncio.timeout(5):
        while viewer.is_live:
            await asyncio.sleep(0)
        while not viewer.is_live:
            await asyncio.sleep(0.001)


async def test_events_go_on_across_lost_lines_in_order(server: FakeServer, dream: Dream) -> None:
    viewer = await dream.watch(WORLD)
    for number in range(6):
        await server.commit({}, str(number))
        if number % 2:
            await server.cut()
    assert await read(viewer, 6) == [f"told: {number}" for number in range(6)]
    assert viewer.resets == viewer.mismatches == 0


async def test_a_snapshot_shows_among_the_events(server: FakeServer, dream: Dream) -> None:
    viewer = await dream.watch(WORLD)
    server.world.has_forgotten = True
    await server.cut()
    assert await read(viewer, 1) == ["reset: It was night."]
    assert (viewer.resets, viewer.recap) == (1, ("It was night.",))


async def test_events_end_when_the_world_closes_and_raise_when_somebody_is_removed(
    server: FakeServer, dream: Dream
) -> None:
    calm, removed = await dream.watch(WORLD), await dream.watch(WORLD)
    await server.commit({}, "the end")
    first, second = server.world.lines
    first.hang_up(4005, "world_closed")
    second.hang_up(4006, "removed")
    await server.flush()
    assert await read(calm, 9) == ["told: the end"]
    await calm.closed()
    with pytest.raises(ClosedError) as caught:
        await read(removed, 9)
    assert (caught.value.code, caught.value.fault) == ("removed", "person")
    with pytest.raises(ClosedError):
        await removed.closed()


async def test_one_can_wait_for_something_to_be_so(server: FakeServer, dream: Dream) -> None:
    viewer = await dream.watch(WORLD)
    waiting = asyncio.create_task(viewer.until(lambda facts: facts["expo.crowd"] == 2, WAIT_S))
    await server.commit({"expo.crowd": 1})
    await server.commit({"expo.crowd": 2})
    await waiting
    with pytest.raises(TimeoutError):
        await viewer.until(lambda facts: False, 0.01)
    await viewer.close()
    with pytest.raises(ClosedError):
        await viewer.until(lambda facts: False, WAIT_S)


async def test_one_can_ask_who_is_here_and_for_another_language(dream: Dream) -> None:
    viewer = await dream.watch(WORLD)
    assert [person.session for person in await viewer.people()] == [viewer.session]
    assert await viewer.speak("de") == "de"


async def test_leaving_ends_it_and_closing_twice_is_no_harm(
    server: FakeServer, dream: Dream
) -> None:
    async with await dream.watch(WORLD) as viewer:
        await server.commit({}, "one")
        assert [event.text for event in viewer.new_events()] in (["one"], [])
        await viewer.leave()
        assert viewer.is_over
    assert [plain["type"] for plain in server.world.acted] == ["leave"]
    with pytest.raises(ClosedError):
        await viewer.people()
