"""Directory hints follow a world: cheap, often enough, and only of what is confirmed."""

from host.bench import Bench

from dreamsync_server.limits import STATUS_EVERY_S


async def test_hints_say_what_a_listing_shows(bench: Bench) -> None:
    a = await bench.night()
    await bench.pass_time(1_000, a)
    assert await bench.store.status("w1") == {
        "awake": True,
        "node": "a",
        "players": 2,
        "people": 2,
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
