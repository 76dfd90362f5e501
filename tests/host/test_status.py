"""Directory hints follow a world: cheap, often enough, and only of what is confirmed."""

from dataclasses import replace

from host.bench import Bench, Watched, card, join
from support.packs import starter

from dreamsync_server.limits import STATUS_EVERY_S
from dreamsync_server.store.codec import VERSION
from dreamsync_server.store.port import WorldCard
from dreamsync_server.world.commit import Proposal


async def test_hints_say_what_a_listing_shows(bench: Bench) -> None:
    a = await bench.night()
    await bench.pass_time(1_000, a)
    assert await bench.store.status("w1") == {
        "awake": True,
        "codec": VERSION,
        "node": "a",
        "players": 2,
        "people": 2,
        "pack": starter().hash,
        "chapter": "night",
        "ending": "",
        "closed": False,
        "paused": False,
        "world_ms": 1_000,
        "at_ms": bench.clock.now_ms(),
    }


async def test_hints_are_written_when_they_change_and_now_and_then(bench: Bench) -> None:
    a = await bench.night()
    written: list[str] = []

    async def gate(method: str, side: str) -> None:
        if (method, side) == ("set_status", "before"):
            written.append(method)

    bench.store.gate = gate
    await bench.pass_time(int(STATUS_EVERY_S * 1000) - 2_000, a)
    assert len(written) <= 1
    written.clear()
    await bench.pass_time(100_000, a)
    assert 9 <= len(written) <= 11


async def test_hints_that_were_not_taken_are_written_again(bench: Bench) -> None:
    a = await bench.night()
    bench.store.fail_next("set_status", "before")
    await bench.pass_time(int(STATUS_EVERY_S * 1000) + 1_000, a)
    await bench.pass_time(1_000, a)
    assert (await bench.store.status("w1"))["at_ms"] >= bench.clock.now_ms() - 1_000


async def test_a_drained_world_is_listed_as_awake_for_the_next_node(bench: Bench) -> None:
    a = await bench.night()
    await a.node.drain()
    hints = await bench.store.status("w1")
    assert (hints["awake"], hints["node"]) == (True, "")


def shares(*, wants_it: bool = True) -> WorldCard:
    return replace(card(), shares_ending=wants_it)


async def ended(bench: Bench, wanted: WorldCard) -> Watched:
    a = await bench.node()
    await a.node.open_world(wanted)
    await a.do(join("s_desk", by="desk"))
    given = {"beat": "morning", "override": True}
    await a.do(Proposal("cue", "desk", "s_desk", 1, given))
    return a


async def test_an_ending_is_shared_by_the_world_whose_creator_wanted_it(bench: Bench) -> None:
    a = await ended(bench, shares())
    bench.store.fail_next("share_ending", "before")
    await bench.pass_time(5_000, a)
    assert await bench.store.shared_endings("starter") == ("morning",)


async def test_nothing_is_shared_without_that_nor_before_an_ending(bench: Bench) -> None:
    a = await ended(bench, shares(wants_it=False))
    await a.node.open_world(replace(shares(), world="w2"))
    await a.do(join("s_desk", by="desk"), world="w2")
    await bench.pass_time(20_000, a)
    await a.do(Proposal("close", "desk", "s_desk", 1), world="w2")
    await bench.pass_time(5_000, a)
    await a.node.drain()
    assert await bench.store.shared_endings("starter") == ()


async def test_an_ending_is_shared_though_the_node_goes_at_once(bench: Bench) -> None:
    a = await ended(bench, shares())
    await a.node.drain()
    assert await bench.store.shared_endings("starter") == ("morning",)
