"""Directors share the worlds: each takes its share, and what others leave or had."""

import functools

from host.bench import Bench, card, join

from dreamsync_server.director.finding import Finding
from dreamsync_server.limits import DIRECTED_LEASE_S, LEASE_S
from dreamsync_server.store.shares import share_of

WORLDS = [f"w{i}" for i in range(12)]


class Group:
    """Directors by name, each with the lease of its process; `heard` are those heard of."""

    def __init__(self, bench: Bench, *names: str) -> None:
        self.bench = bench
        self.heard = list(names)

    async def look(self, name: str, *directed: str) -> list[str]:
        await self.bench.store.lease(f"node:{name}", name, LEASE_S)
        return [card.world for card in await self.finding(name).look(directed)]

    @functools.cache  # noqa: B019 - a test is short
    def finding(self, name: str) -> Finding:
        return Finding(self.bench.store, name, lambda: [n for n in self.heard if n != name])


async def awake(bench: Bench) -> None:
    watched = await bench.node()
    for world in WORLDS:
        await watched.node.open_world(card(world))
        await watched.do(join("s_desk", by="desk"), world=world)


async def test_two_directors_take_a_share_each_and_together_all(bench: Bench) -> None:
    await awake(bench)
    group = Group(bench, "d1", "d2")
    first, second = await group.look("d1"), await group.look("d2")
    assert sorted(first + second) == sorted(WORLDS)
    assert sorted(first) == sorted(share_of("d1", ["d2"]).of(WORLDS))


async def test_one_that_is_heard_of_and_takes_nothing_leaves_nothing_undirected(
    bench: Bench,
) -> None:
    await awake(bench)
    group = Group(bench, "d1", "d2")
    found: list[str] = []
    for _ in range(5):
        found += await group.look("d1", *found)
    assert sorted(found) == sorted(WORLDS)


async def test_what_another_directs_is_left_to_it_also_where_nobody_is_heard_of(
    bench: Bench,
) -> None:
    await awake(bench)
    group = Group(bench, "d0", "d1")
    first = await group.look("d0")
    group.heard.clear()
    found: list[str] = []
    for _ in range(10):
        found += await group.look("d1", *found)
    assert sorted(first + found) == sorted(WORLDS)


async def test_the_worlds_of_one_that_died_are_taken_before_its_leases_end(bench: Bench) -> None:
    await awake(bench)
    group = Group(bench, "d1", "d2")
    first, second = await group.look("d1"), await group.look("d2")
    group.heard.remove("d1")
    assert await group.look("d2", *second) == []
    bench.clock.advance(int(LEASE_S * 1000))
    assert sorted(await group.look("d2", *second)) == sorted(first)
    assert DIRECTED_LEASE_S > LEASE_S


async def test_one_that_is_no_process_waits_until_a_lease_ends(bench: Bench) -> None:
    await awake(bench)
    await Group(bench, "d1").look("d1")
    alone = Finding(bench.store, "d2", None)
    assert await alone.look(()) == []
    bench.clock.advance(int(DIRECTED_LEASE_S * 1000))
    assert len(await alone.look(())) == len(WORLDS)
