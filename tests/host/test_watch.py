"""Worlds that nobody serves are found: at once when a node is gone, soon in any case."""

from host.bench import Bench, card, join, kinds

from dreamsync_server.limits import SCAN_WORLDS_S
from dreamsync_server.store.port import Bell


async def test_the_worlds_of_a_node_that_was_seen_alive_are_taken_when_its_lease_ends(
    bench: Bench,
) -> None:
    a = await bench.night()
    b = await bench.node("b")
    await b.node.step()
    assert await a.node.open_world(card("w2")) == "here"  # b has not seen this one
    await bench.crash(a)
    bench.clock.advance(1_000)
    await b.node.step()
    assert sorted(b.node.worlds) == ["w1", "w2"]


async def test_a_node_that_came_since_the_last_scan_is_watched_as_soon_as_it_is_heard_of(
    bench: Bench,
) -> None:
    b = await bench.node("b")
    await b.node.step()  # it scans, and is alone
    a = await bench.night()
    await a.node.hear_of_peers()
    await b.node.hear_of_peers()
    await bench.crash(a)
    bench.clock.advance(1_000)
    await b.node.step()
    assert b.node.worlds == ["w1"]


async def test_living_nodes_cost_one_question_each_between_scans(bench: Bench) -> None:
    a = await bench.night()
    for number in range(5):
        await a.node.open_world(card(f"v{number}"))
    b = await bench.node("b")
    await b.node.step()
    asked: list[str] = []

    async def gate(method: str, side: str) -> None:
        if side == "before" and method in ("held", "worlds", "lease_holder"):
            asked.append(method)

    await bench.pass_time(1_000, a)
    bench.store.gate = gate
    await b.node.step()
    assert asked == ["lease_holder"]


async def test_a_world_listed_as_awake_that_nobody_owns_is_opened_by_the_next_scan(
    bench: Bench,
) -> None:
    a = await bench.night()
    b = await bench.node("b")
    await b.node.step()
    held = await bench.store.held("w1")
    assert held is not None
    await bench.store.release(a.owner().ownership)
    await bench.pass_time(int(SCAN_WORLDS_S * 1000), b)
    assert b.node.worlds == ["w1"]


async def test_a_world_that_was_never_opened_is_left_alone(bench: Bench) -> None:
    await bench.store.create_world(card())
    b = await bench.node("b")
    await b.node.step()
    assert b.node.worlds == []


async def test_the_bell_of_a_sleeping_worlds_inbox_opens_it(bench: Bench) -> None:
    a = await bench.node()
    await a.node.open_world(card())
    await bench.pass_time(61_000, a)
    assert a.gone == [("w1", "asleep")]
    b = await bench.node("b")
    await b.node.step()
    assert "w1" in b.node._held.listening
    await bench.store.propose("w1", join("s_late", "ada"))
    b.node.hear(Bell("inbox", "w1", 0, 0))
    await b.node.step()
    assert b.node.worlds == ["w1"]
    await b.node.step()
    assert b.outcomes()[-1][:3] == ("s_late", 0, "ok")


async def test_a_bell_of_a_newer_epoch_ends_an_owner(bench: Bench) -> None:
    a = await bench.night()
    epoch = a.owner().ownership.epoch
    a.node.hear(Bell("log", "w1", epoch, 3))
    assert a.gone == []
    a.node.hear(Bell("log", "w1", epoch + 1, 4))
    assert a.gone == [("w1", "fenced")]


async def test_a_node_that_comes_back_under_its_name_goes_on_with_its_worlds(bench: Bench) -> None:
    a = await bench.night()
    await bench.crash(a)
    again = await bench.node("a")
    await again.node.step()
    assert again.node.worlds == ["w1"]
    assert kinds(again.commits()) == ["begin"]
