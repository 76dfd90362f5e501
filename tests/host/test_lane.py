"""A lane shows nothing too early, loses nothing and repeats nothing, whatever the store does."""

import asyncio
import contextlib
import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest
from host.bench import Bench, card, join, kinds, load_pack, replayed, tea

from dreamsync_server.clock import SystemClock
from dreamsync_server.errors import StoreUnavailableError
from dreamsync_server.host.direct import Direct
from dreamsync_server.host.node import HostNode
from dreamsync_server.host.owner import RefusedError, Rules
from dreamsync_server.limits import (
    APPEND_RETRY_S,
    BATCH_COMMITS_MAX,
    COMMIT_BYTES_MAX,
    TURN_COMMITS_MAX,
)
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.port import Appended, Batch
from dreamsync_server.world.commit import Commit, Moment, Proposal
from dreamsync_server.world.decide import decide
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import State

RETRY_MS = int(APPEND_RETRY_S * 1000)


async def test_nothing_is_shown_before_the_store_has_confirmed_it(bench: Bench) -> None:
    watched = await bench.night()
    shown_before = len(watched.seen)
    shown: list[int] = []

    async def gate(method: str, side: str) -> None:
        if method == "append":
            shown.append(len(watched.seen))

    bench.store.gate = gate
    await watched.do(tea("s_ada", 1))
    assert shown == [shown_before, shown_before]
    assert watched.outcomes()[-1] == ("s_ada", 1, "ok", ())
    assert watched.commits() == await bench.log()


async def test_what_waits_together_goes_in_one_append_and_the_bell_rings_once_for_it(
    bench: Bench,
) -> None:
    watched = await bench.night()
    calls: list[str] = []

    async def gate(method: str, side: str) -> None:
        if side == "before" and method in ("append", "ring"):
            calls.append(method)

    bench.store.gate = gate
    await watched.do(tea("s_ada", 1), tea("s_ben", 1), tea("s_ada", 2))
    assert calls == ["append", "ring"]
    assert [outcome.n for outcome in watched.outcomes()[-3:]] == [1, 1, 2]


async def test_worlds_of_one_shard_share_an_append(bench: Bench) -> None:
    watched = await bench.night()
    await watched.node.open_world(card("w2"))
    await watched.do(join("s_x", "ada"), world="w2")
    sizes: list[int] = []
    inner = bench.store.append

    async def append(batches: Sequence[object]) -> object:
        sizes.append(len(batches))
        return await inner(batches)  # type: ignore[arg-type]

    bench.store.append = append  # type: ignore[method-assign, assignment]
    watched.direct.submit("w1", tea("s_ada", 1))
    watched.direct.submit("w2", tea("s_x", 1))
    await watched.node.step()
    assert sizes == [2]


@pytest.mark.parametrize("side", ["before", "after"])
async def test_an_append_of_unknown_outcome_is_sent_again_and_counts_once(
    bench: Bench, side: str
) -> None:
    watched = await bench.night()
    shown = len(watched.seen)
    bench.store.fail_next("append", side, times=2)  # type: ignore[arg-type]
    await watched.do(tea("s_ada", 1))
    assert len(watched.seen) == shown, "nothing is shown while the outcome is unknown"
    with pytest.raises(RefusedError) as refused:
        watched.direct.submit("w1", tea("s_ada", 2))
    assert refused.value.code == "store_unavailable"

    bench.clock.advance(RETRY_MS)
    await watched.node.step()
    assert len(watched.seen) == shown
    bench.clock.advance(RETRY_MS)
    await watched.do()
    assert kinds(watched.commits())[shown:] == ["act"]
    assert kinds(await bench.log())[shown:] == ["act"]
    await watched.do(tea("s_ada", 2))
    assert watched.outcomes()[-1][:3] == ("s_ada", 2, "ok")
    await replayed(bench)


async def test_what_was_taken_before_the_store_stalled_is_decided_when_it_confirms(
    bench: Bench,
) -> None:
    watched = await bench.night()
    bench.store.fail_next("append", "before")
    watched.direct.submit("w1", tea("s_ada", 1))
    await watched.node.step()
    owner = watched.owner()
    owner.queue.append(tea("s_ada", 2))
    await watched.node.step()
    assert len(owner.queue) == 1, "a world that holds decides nothing"
    bench.clock.advance(RETRY_MS)
    await watched.node.step()
    assert [outcome.n for outcome in watched.outcomes()[-2:]] == [1, 2]


def rules_that_break_on(vow: str) -> Rules:
    """Return rules that fail when somebody promises `vow`."""

    def broken(
        pack: Pack, state: State, proposal: Proposal, moment: Moment, *, cursor: str = ""
    ) -> Commit:
        if proposal.texts.get("words", ("", ""))[1] == vow:
            raise ZeroDivisionError("a rule of ours broke")
        return decide(pack, state, proposal, moment, cursor=cursor)

    return Rules(decide=broken)


def promise(session: str, n: int, words: str) -> Proposal:
    texts = {"words": ("salt", words)}
    return Proposal("act", "player", session, n, {"action": "promise", "params": {}}, texts)


async def test_a_world_that_faults_is_stopped_with_its_log_kept_and_the_others_go_on(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    a = await bench.night(rules=rules_that_break_on("boom"))
    assert await a.node.open_world(card("w2")) == "here"
    await a.do(join("s_x", "ada"), world="w2")
    a.direct.submit("w1", tea("s_ada", 1))
    a.direct.submit("w1", promise("s_ben", 1, "boom"))
    a.direct.submit("w1", tea("s_ada", 2))
    a.direct.submit("w2", tea("s_x", 1))
    await a.node.step()

    assert kinds(await bench.log()) == ["open", "join", "join", "act"], "what came before counts"
    assert a.commits() == await bench.log()
    assert a.outcomes("w2")[-1][:3] == ("s_x", 1, "ok")
    assert a.gone == [("w1", "faulted")]
    assert "world w1 stopped: act by player: ZeroDivisionError" in caplog.text
    assert "a rule of ours broke" in (await bench.store.status("w1"))["fault"]
    with pytest.raises(RefusedError) as refused:
        a.direct.submit("w1", tea("s_ada", 2))
    assert refused.value.code == "stopped"

    b = await bench.node("b")
    await bench.pass_time(20_000, a, b)
    assert b.node.worlds == []
    assert await b.node.ensure("w1") == "stopped"
    assert a.node.worlds == ["w2"]
    await replayed(bench)


async def test_a_commit_that_cannot_be_stored_stops_its_world_only(bench: Bench) -> None:
    a = await bench.night()
    assert await a.node.open_world(card("w2")) == "here"
    await a.do(join("s_x", "ada"), world="w2")
    a.direct.submit("w1", promise("s_ada", 1, "x" * (COMMIT_BYTES_MAX + 1)))
    a.owner("w1").queue[0] = huge(a.owner("w1").queue[0])
    a.direct.submit("w2", tea("s_x", 1))
    await a.node.step()
    assert a.gone == [("w1", "faulted")]
    assert a.outcomes("w2")[-1][:3] == ("s_x", 1, "ok")


def huge(proposal: Proposal) -> Proposal:
    """Return a proposal whose cause alone is too long to be stored."""
    return replace(proposal, arguments={**proposal.arguments, "x": "x" * COMMIT_BYTES_MAX})


async def test_an_append_that_breaks_as_a_whole_is_told_apart_world_by_world(
    bench: Bench,
) -> None:
    a = await bench.night()
    assert await a.node.open_world(card("w2")) == "here"
    await a.do(join("s_x", "ada"), world="w2")
    inner = bench.store.append

    async def append(batches: Sequence[Batch]) -> Sequence[Appended | StoreUnavailableError]:
        if any(batch.owner.world == "w1" for batch in batches):
            raise TypeError("this batch cannot be encoded")
        return await inner(batches)

    bench.store.append = append  # type: ignore[method-assign]
    a.direct.submit("w1", tea("s_ada", 1))
    a.direct.submit("w2", tea("s_x", 1))
    await a.node.step()
    assert a.gone == [("w1", "faulted")]
    assert a.outcomes("w2")[-1][:3] == ("s_x", 1, "ok")


async def test_a_stalled_shard_holds_only_its_own_worlds() -> None:
    clock = SystemClock()
    store = MemoryStore(clock)
    told: list[str] = []
    is_told = asyncio.Event()

    def take(world: str, commits: Sequence[Commit]) -> None:
        told.append(world)
        is_told.set()

    tokens = map(str, itertools.count())
    node = HostNode(
        store,
        clock,
        "a",
        load_pack,
        lambda: next(tokens),
        on_confirmed=take,
        shard_of=lambda world: world[0],
    )
    await node.join()
    running = asyncio.create_task(node.run())
    inner, is_stalled, may_go_on = store.append, asyncio.Event(), asyncio.Event()

    async def append(batches: Sequence[Batch]) -> Sequence[Appended | StoreUnavailableError]:
        if batches[0].owner.world == "x1":
            is_stalled.set()
            await may_go_on.wait()
        return await inner(batches)

    try:
        async with asyncio.timeout(5):
            for world in ("x1", "y1"):
                assert await node.open_world(card(world)) == "here"
            store.append = append  # type: ignore[method-assign]
            told.clear()
            Direct(node).submit("x1", join("s_x", "ada"))
            await is_stalled.wait()
            Direct(node).submit("y1", join("s_y", "ada"))
            while "y1" not in told:
                is_told.clear()
                await is_told.wait()
            assert "x1" not in told
    finally:
        may_go_on.set()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def test_a_listener_that_breaks_does_not_stop_the_world(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    a = await bench.night()

    def broken(world: str, commits: Sequence[Commit]) -> None:
        raise KeyError("a gateway's fault")

    a.node._held.on_confirmed = broken
    await a.do(tea("s_ada", 1))
    assert a.gone == []
    assert kinds(await bench.log())[-1] == "act"
    assert "a listener of world w1 broke" in caplog.text


async def test_a_turn_decides_a_bounded_number_and_leaves_no_world_out(bench: Bench) -> None:
    a = await bench.night()
    worlds = [f"v{number}" for number in range(12)]
    for world in worlds:
        assert await a.node.open_world(card(world)) == "here"
    await a.node.step()
    for world in worlds:
        for _ in range(BATCH_COMMITS_MAX):
            a.direct.submit(world, Proposal("nudge", "desk", "s_nobody"))
    counts: list[int] = []
    inner = bench.store.append

    async def append(batches: Sequence[Batch]) -> Sequence[Appended | StoreUnavailableError]:
        counts.append(sum(len(batch.commits) for batch in batches))
        return await inner(batches)

    bench.store.append = append  # type: ignore[method-assign]
    await a.node.step()
    assert max(counts) <= TURN_COMMITS_MAX
    assert sum(counts) == len(worlds) * BATCH_COMMITS_MAX


async def test_a_world_whose_shard_has_changed_goes_on_on_the_lane_of_the_new_one(
    bench: Bench,
) -> None:
    shards = {"w1": "old"}
    watched = await bench.node(shard_of=lambda world: shards[world])
    assert await watched.node.open_world(card("w1")) == "here"
    await watched.do(join("s_ada", "ada"), world="w1")
    lanes = watched.node._held.lanes
    shards["w1"] = "new"

    await watched.do(join("s_ben", "ben"), world="w1")

    assert [len(lanes[shard].owners) for shard in ("old", "new")] == [0, 1]
    assert [outcome.code for outcome in watched.outcomes("w1")] == ["ok"]
