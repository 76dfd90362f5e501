"""A node believes in its lease for a shorter time than others do."""

import math

from host.bench import Bench

from dreamsync_server.host.jobs import Jobs
from dreamsync_server.host.lease import NodeLease, lease_of
from dreamsync_server.limits import FENCE_SELF_S, LEASE_S

FENCE_MS = math.ceil(FENCE_SELF_S * 1000)


def lease(bench: Bench, token: str = "t") -> NodeLease:
    return NodeLease(bench.store, bench.clock, Jobs(), "a", token)


async def test_a_lease_is_live_from_its_renewal_until_the_node_must_fence_itself(
    bench: Bench,
) -> None:
    mine = lease(bench)
    assert not mine.is_live()
    assert await mine.renew()
    bench.clock.advance(FENCE_MS - 1)
    assert mine.is_live()
    bench.clock.advance(1)
    assert not mine.is_live()
    assert await bench.store.lease_holder(lease_of("a")) == "t", "others still believe in it"


async def test_time_is_counted_from_the_asking_not_from_the_answer(bench: Bench) -> None:
    mine = lease(bench)

    async def slow(method: str, side: str) -> None:
        if side == "after":
            bench.clock.advance(1_000)

    bench.store.gate = slow
    assert await mine.renew()
    assert mine.fenced_at_s == bench.clock.mono_s() - 1.0 + FENCE_SELF_S


async def test_a_lease_that_another_process_has_is_not_taken(bench: Bench) -> None:
    assert await lease(bench, "first").renew()
    second = lease(bench, "second")
    assert not await second.renew()
    assert not second.is_live()
    bench.clock.advance(int(LEASE_S * 1000))
    assert await second.renew()


async def test_a_store_that_does_not_answer_renews_nothing(bench: Bench) -> None:
    mine = lease(bench)
    bench.store.fail_next("lease", "before")
    assert not await mine.renew()
    assert not mine.is_live()


async def test_a_dropped_lease_is_free_at_once(bench: Bench) -> None:
    mine = lease(bench)
    await mine.renew()
    bench.store.fail_next("drop_lease", "before")
    await mine.drop()
    assert not mine.is_live(), "the node itself holds on to nothing, whatever the store says"
    await mine.drop()
    assert await bench.store.lease_holder(lease_of("a")) is None
