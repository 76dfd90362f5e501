"""A hall with a host behind it: entering, acting, leaving and coming back, end to end."""

import asyncio

import pytest
from support.house import PATIENCE_S, house, two

from dreamsync.protocol import server_messages as wire
from dreamsync_server.clock import SystemClock
from dreamsync_server.store.memory import MemoryStore


@pytest.mark.parametrize("is_direct", [True, False])
async def test_what_one_says_the_other_hears(is_direct: bool) -> None:
    async with house(is_direct=is_direct) as node:
        _, ada, ben = await two(node)
        outcome = await ada.propose("act", action="talk", params={"words": "Are you awake?"})
        assert outcome.ok
        heard = await ben.hear(lambda m: bool(getattr(m, "events", ())))
        assert [(e.who_name, e.text) for e in heard.events] == [("Ada", "Are you awake?")]


async def test_a_second_node_shows_the_same_world() -> None:
    store = MemoryStore(SystemClock())
    async with house(store, "a") as first, house(store, "b") as second:
        world, ada, _ = await two(first)
        guest = second.phone()
        entered = await guest.ask("enter", world=world.world, as_="player")
        assert isinstance(entered, wire.Entered), entered
        desk = second.phone()
        await desk.ask("enter", world=world.world, as_="desk", token=world.desk_token)
        await ada.propose("act", action="talk", params={"words": "far"})
        await desk.hear(lambda m: any(e.text == "far" for e in getattr(m, "events", ())))


async def test_draining_sends_everybody_away_to_come_back() -> None:
    async with house() as node:
        _, ada, _ = await two(node)
        node.hall.drain()
        assert ada.closed is not None
        assert ada.closed[0] == 4010


async def test_a_mirror_that_is_replaced_whole_is_counted_with_the_reason() -> None:
    async with house() as node:
        _, ada, _ = await two(node)
        ada.say("resync", q=9, digest="0" * 16)
        await ada.hear(lambda m: isinstance(m, wire.Reset))
        assert (
            'dreamsync_resets_total{why="resync"} 1.0' in node.hall.telemetry.exposition().decode()
        )


async def test_a_fault_of_ours_in_the_beat_of_a_world_leaves_the_others_theirs() -> None:
    async with house() as node:
        world, ada, _ = await two(node)
        sound, *_ = await two(node)
        beat, has_beaten = node.hall.rooms[sound.world].beat, asyncio.Event()

        def broken() -> None:
            raise RuntimeError("planted")

        def noted() -> None:
            has_beaten.set()
            beat()

        node.hall.rooms[world.world].beat = broken  # type: ignore[method-assign]
        assert (await ada.ended())[0] == 4011
        node.hall.rooms[sound.world].beat = noted  # type: ignore[method-assign]
        async with asyncio.timeout(PATIENCE_S):
            await has_beaten.wait()
        assert list(node.hall.rooms) == [sound.world]


async def test_a_fault_of_ours_in_one_world_costs_that_world_alone() -> None:
    async with house() as node:
        world, ada, _ = await two(node)
        _, other, friend = await two(node)

        def broken(step: object) -> None:
            raise RuntimeError("planted")

        node.hall.rooms[world.world].take = broken  # type: ignore[method-assign]
        ada.say("act", n=1, action="talk", params={"words": "lost"})
        assert (await ada.ended())[0] == 4011
        assert (await other.propose("act", action="talk", params={"words": "still here"})).ok
        await friend.hear(lambda m: any(e.text == "still here" for e in getattr(m, "events", ())))
