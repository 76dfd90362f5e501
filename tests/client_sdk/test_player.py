"""A player, over a real socket."""

import asyncio

import pytest
from support.fake_server import WORLD
from support.fake_socket import FakeServer

from dreamsync.dream import Dream
from dreamsync.errors import ClosedError, UsageError

WAIT_S = 10.0


async def test_to_act_gives_the_outcome_and_where_it_stands(
    server: FakeServer, dream: Dream
) -> None:
    leo = await dream.enter(WORLD, role="leo", name="Ari")
    done = await leo.act("add", by=3)
    assert (done.ok, done.code, done.position) == (True, "ok", (1, 1))
    refused = await leo.act("fly")
    assert (bool(refused), refused.code, refused.text) == (False, "condition", "You have no wings.")
    assert (leo.role, leo.seat, leo.facts["expo.crowd"]) == ("leo", "leo", 3)
    assert [offer.id for offer in leo.actions()] == ["add"]


async def test_every_way_to_propose_reaches_the_world(server: FakeServer, dream: Dream) -> None:
    leo = await dream.enter(WORLD)
    await leo.claim("leo")
    await leo.choose("conscience", "open")
    await leo.pause("the bell")
    await leo.unpause()
    await leo.handover("s_2")
    await leo.release()
    kinds = [plain["type"] for plain in server.world.acted]
    assert kinds == ["claim", "choose", "pause", "unpause", "handover", "release"]
    assert [plain["n"] for plain in server.world.acted] == [1, 2, 3, 4, 5, 6]


async def test_many_acts_at_once_and_lost_lines_between_are_each_done_once(
    server: FakeServer, dream: Dream
) -> None:
    leo = await dream.enter(WORLD)
    acts = [asyncio.create_task(leo.act("add", by=1)) for _ in range(40)]
    for _ in range(4):
        await server.cut()
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*acts)
    assert [outcome.code for outcome in outcomes] == ["ok"] * 40
    assert server.world.facts["expo.crowd"] == 40


async def test_an_act_that_is_cancelled_harms_no_other(server: FakeServer, dream: Dream) -> None:
    leo = await dream.enter(WORLD)
    gone = asyncio.create_task(leo.act("add", by=100))
    await asyncio.sleep(0)
    gone.cancel()
    done = await leo.act("add", by=1)
    assert done.ok
    assert server.world.facts["expo.crowd"] in (1, 101)
    numbers = [plain["n"] for plain in server.world.acted]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_what_cannot_be_sent_is_the_program_s_fault(dream: Dream) -> None:
    leo = await dream.enter(WORLD)
    with pytest.raises(UsageError) as caught:
        await leo.act("say", text="x" * 501)
    assert caught.value.fault == "client"
    with pytest.raises(UsageError):
        leo.pose(-1, 0, 0)


async def test_acts_that_wait_when_the_session_is_closed_fail_and_do_not_hang(
    server: FakeServer, dream: Dream
) -> None:
    leo = await dream.enter(WORLD)
    server.is_deaf = True
    acting = asyncio.create_task(leo.act("add", by=1))
    await asyncio.sleep(0)
    await leo.close()
    with pytest.raises(ClosedError):
        async with asyncio.timeout(WAIT_S):
            await acting


async def test_poses_go_out_and_come_in(server: FakeServer, dream: Dream) -> None:
    async with await dream.enter(WORLD) as leo:
        leo.pose(250, 100, 90)
        server.world.lines[0].out.append(
            {"type": "poses", "scene": "hall", "poses": [["mia", 1, 2, 3]]}
        )
        await leo.act("add", by=1)
        assert leo.poses == {"mia": (1, 2, 3)}
    posed = [plain for plain in server.world.received if plain["type"] == "pose"]
    assert posed == [{"type": "pose", "x": 250, "y": 100, "facing": 90}]
