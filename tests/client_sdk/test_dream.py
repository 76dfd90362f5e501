"""The door to a server, over a real socket."""

import asyncio

import pytest
from support.fake_server import CARD, DESK_TOKEN, WORLD, FakeLine
from support.fake_socket import FakeServer

import dreamsync
from dreamsync.dream import Dream, World
from dreamsync.entry import Greeting
from dreamsync.protocol.cards import WorldCard


async def test_the_ten_lines_of_the_readme_work(server: FakeServer) -> None:
    async with dreamsync.connect(server.url) as dream:
        world = await dream.create_world("expo", private=True, seed=7)
        leo = await dream.enter(world.id, role="leo", name="Ari", invite=world.invite)
        assert (leo.facts["expo.crowd"], leo.position) == (0, (1, 0))
        outcome = await leo.act("add", by=1)
        assert outcome.ok
        async for event in leo.events():
            assert event.text == "now 1"
            break
        desk = await dream.desk(world.id, token=world.desk_token)
        assert (await desk.cue("expo.confrontation")).ok
    assert leo.is_over
    assert desk.is_over


@pytest.mark.parametrize("json", [False, True])
async def test_worlds_are_opened_listed_and_shown(server: FakeServer, json: bool) -> None:
    async with dreamsync.connect(server.url.replace("ws://", ""), json=json) as dream:
        assert await dream.create_world("expo") == World(WORLD, "i_1", "", DESK_TOKEN)
        assert await dream.worlds() == (WorldCard.model_validate(CARD),)
        assert await dream.packs() == ()
        assert (await dream.card(WORLD)).title == "Expo"
        assert (await dream.card(code="otter-42")).id == WORLD


async def test_who_is_still_entering_when_the_dream_is_closed_does_not_stay(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_asked = asyncio.Event()
    monkeypatch.setattr(FakeLine, "_enter", lambda line, plain: is_asked.set())
    dream = dreamsync.connect(server.url)
    await dream.open()
    entering = asyncio.create_task(dream.enter(WORLD, role="leo"))
    async with asyncio.timeout(5):
        await is_asked.wait()
        await dream.close()
        with pytest.raises(dreamsync.DreamsyncError):
            await entering


async def test_a_question_to_the_lobby_outlives_its_line(server: FakeServer, dream: Dream) -> None:
    asking = asyncio.create_task(dream.worlds())
    await server.cut()
    assert len(await asking) == 1


async def test_what_is_refused_says_whose_fault_it_is(server: FakeServer, dream: Dream) -> None:
    server.world.entry_errors = [{"code": "taken", "text": "Mia holds it."}]
    with pytest.raises(dreamsync.RefusedError) as caught:
        await dream.enter(WORLD, role="mia")
    assert (caught.value.code, caught.value.text, caught.value.fault) == (
        "taken",
        "Mia holds it.",
        "person",
    )
    with pytest.raises(dreamsync.UsageError):
        await dream.create_world("No such id!")
    with pytest.raises(dreamsync.UsageError):
        await dream.card()


def test_a_language_that_is_none_is_said_at_once() -> None:
    with pytest.raises(dreamsync.UsageError):
        dreamsync.connect("ws://127.0.0.1:1", lang="?")


@pytest.mark.parametrize(
    "url",
    ["", "ftp://x", "http://", "nonsense://", "ws://[::1", "ws://h:99999", "ws://h:0", 8765],
)
def test_an_address_that_is_none_is_said_at_once(url: str) -> None:
    with pytest.raises(dreamsync.UsageError, match="is no address"):
        dreamsync.connect(url)


@pytest.mark.parametrize("name", ["n" * 41, "two\nlines", 7])
async def test_a_name_that_will_not_do_is_the_programs_fault_and_opens_nothing(
    server: FakeServer, dream: Dream, name: str
) -> None:
    before = server.connections
    with pytest.raises(dreamsync.UsageError, match="enter: name: "):
        await dream.enter("w_1", role="leo", name=name)
    assert server.connections == before


async def test_a_server_that_is_not_there_is_said_at_once() -> None:
    with pytest.raises(dreamsync.UnreachableError):
        async with dreamsync.connect("ws://127.0.0.1:1"):
            pass
    unopened = Dream("ws://127.0.0.1:1", Greeting("test", "en"))
    with pytest.raises(dreamsync.UsageError):
        await unopened.worlds()
    await unopened.close()
