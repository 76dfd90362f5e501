"""Worlds that nobody serves are found: at once when a node is gone, soon in any case."""

from host.bench import Bench, Watched, card, join, kinds

from dreamsync_server.limits import DIRECTORY_BUCKETS, SCAN_ALL_S, SCAN_WORLDS_S
from dreamsync_server.store.port import Bell
from dreamsync_server.store.shares import share_of


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


async def three(bench: Bench) -> dict[str, Watched]:
    """Return three nodes that have heard of one another and looked at everything."""
    nodes = {name: await bench.node(name) for name in ("a", "b", "c")}
    for _ in range(2):
        for watched in nodes.values():
            await watched.node.hear_of_peers()
            await watched.node.step()
    return nodes


async def test_the_worlds_of_a_dead_node_are_shared_out_and_none_is_looked_at_twice(
    bench: Bench,
) -> None:
    nodes = await three(bench)
    for number in range(12):
        card_ = card(f"w{number}")
        await bench.store.create_world(card_)
        assert await nodes["a"].node._held.open(card_.world) == "here"
    asked: list[str] = []

    async def gate(method: str, side: str) -> None:
        if side == "before" and method == "acquire":
            asked.append(method)

    bench.store.gate = gate
    await bench.crash(nodes.pop("a"))
    for watched in nodes.values():
        await watched.node.step()
    found = {name: watched.node.worlds for name, watched in nodes.items()}
    assert sorted(found["b"] + found["c"]) == sorted(f"w{i}" for i in range(12))
    assert all(share_of(name, "bc").of(worlds) == worlds for name, worlds in found.items())
    assert len(asked) == 12


async def test_a_share_that_nobody_looks_at_is_found_by_the_slow_looks_of_the_others(
    bench: Bench,
) -> None:
    nodes = await three(bench)
    hidden = next(w for w in (f"w{i}" for i in range(50)) if share_of("c", "ab").has(w))
    await bench.store.create_world(card(hidden))
    owner = await bench.store.acquire(hidden, "gone", "n1", None)
    assert owner is not None
    await bench.store.release(owner)
    await bench.store.set_status(hidden, {"awake": True})
    opened: list[str] = []
    for _ in range(3 * int(SCAN_ALL_S)):  # c is heard of as serving, and looks at nothing
        await bench.store.lease("node:c", "token3", 3.0)
        await bench.pass_time(1_000, nodes["a"], nodes["b"])
        opened += nodes["a"].node.worlds + nodes["b"].node.worlds
    assert hidden in opened


async def test_a_list_of_the_awake_that_was_lost_is_made_anew(bench: Bench) -> None:
    a = await bench.night()
    b = await bench.node("b")
    await bench.store.note_awake("w1", False)
    await b.node._watch.look()  # its first look is at everything
    assert list(await bench.store.awake(range(DIRECTORY_BUCKETS))) == ["w1"]
    assert a.node.worlds == ["w1"]


async def test_who_is_listed_as_awake_and_sleeps_is_listed_no_longer(bench: Bench) -> None:
    a = await bench.node()
    await a.node.open_world(card())
    await bench.pass_time(61_000, a)
    await bench.store.note_awake("w1", True)
    await bench.store.note_awake("gone", True)
    await bench.pass_time(int(SCAN_WORLDS_S * 1000), a)
    assert list(await bench.store.awake(range(DIRECTORY_BUCKETS))) == []


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
