"""The examples run, as they are, against a served world."""

import asyncio
import importlib.util
import pathlib
import subprocess
import sys
from types import ModuleType

import pytest
from support.fake_server import DESK_TOKEN, WORLD
from support.fake_socket import FakeServer

import dreamsync
from dreamsync_server.cli.assembly import open_node
from dreamsync_server.cli.child import ChildSettings
from dreamsync_server.settings import Settings

WAIT_S = 10.0


def load(checkout: pathlib.Path, name: str) -> ModuleType:
    path = checkout / "client_sdk" / "examples" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_the_bot_plays_and_leaves(
    checkout: pathlib.Path, server: FakeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    bot = load(checkout, "bot_player")
    async with asyncio.timeout(WAIT_S):
        await bot.main(server.url, WORLD, "leo", turns=3, turn_s=0)
    assert [plain["type"] for plain in server.world.acted] == ["act", "act", "act", "leave"]
    assert "Bring people -> ok" in capsys.readouterr().out


async def test_the_director_script_cues_when_its_condition_turns_true(
    checkout: pathlib.Path, server: FakeServer
) -> None:
    script = load(checkout, "director_script")
    running = asyncio.create_task(script.main(server.url, WORLD, DESK_TOKEN))
    async with asyncio.timeout(WAIT_S):
        while not any(plain["type"] == "watch" for plain in server.world.received):
            await server.heard.wait()
            server.heard.clear()
        await server.commit({"expo.crowd": 41})
        while not server.world.acted:
            await server.heard.wait()
            server.heard.clear()
        for line in [*server.world.lines]:
            line.hang_up(4005, "world_closed")
        await server.flush()
        await running
    assert server.world.acted[0]["once"] == "confrontation"


async def test_a_voice_of_ones_own_listens_for_dreams_until_the_world_is_closed(
    checkout: pathlib.Path,
) -> None:
    example = load(checkout, "dream_voice")
    told = ChildSettings(name="n1", store_url="memory://", settings=Settings(port=0))
    async with asyncio.timeout(3 * WAIT_S), open_node(told) as node:
        url = f"ws://127.0.0.1:{node.port}"
        async with dreamsync.connect(url) as dream:
            world = await dream.create_world("expo", seed=3)
            desk = await dream.desk(world.id, token=world.desk_token)
            running = asyncio.create_task(example.main(url, world.id, world.desk_token, "leo"))
            while len(node.hall.rooms[world.id].members) < 2:
                await asyncio.sleep(0.01)
            assert (await desk.close_world()).ok
            await running
    assert await example.stand_in("leo", {}) != await example.stand_in("leo", {})


@pytest.mark.parametrize("name", ["bot_player", "director_script", "dream_voice"])
def test_an_example_started_without_what_it_needs_says_how_it_is_started(
    checkout: pathlib.Path, name: str
) -> None:
    path = checkout / "client_sdk" / "examples" / f"{name}.py"
    done = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert f"python {name}.py URL WORLD" in done.stderr
    assert "Traceback" not in done.stderr
