"""Worlds are opened once, sleep when they are deserted, and are given up cleanly."""

import asyncio
from dataclasses import replace

import pytest
from host.bench import Bench, card, join, kinds, tea

from dreamsync_server.limits import ASLEEP_AFTER_MS
from dreamsync_server.store.codec import READABLE, CodecError
from dreamsync_server.world.model import Pack


async def test_a_new_world_opens_with_one_commit_that_is_confirmed_before_it_is_served(
    bench: Bench,
) -> None:
    watched = await bench.node()
    served: list[bool] = []

    async def gate(method: str, side: str) -> None:
        if method == "append":
            served.append(watched.node.owner("w1") is not None or bool(watched.seen))

    bench.store.gate = gate
    assert await watched.node.open_world(card()) == "here"
    assert served == [False, False]
    assert kinds(watched.commits()) == kinds(await bench.log()) == ["open"]


async def test_a_world_id_that_is_taken_is_refused(bench: Bench) -> None:
    watched = await bench.night()
    assert await watched.node.open_world(replace(card(), title="another")) == "taken"
    assert await watched.node.open_world(card()) == "here", "the same may be asked again"
    assert kinds(await bench.log()) == ["open", "join", "join"]


async def test_a_world_is_opened_by_one_node_only(bench: Bench) -> None:
    a = await bench.night()
    await bench.crash(a)
    b, c = await bench.node("b"), await bench.node("c")
    where = await asyncio.gather(b.node.ensure("w1"), c.node.ensure("w1"))
    assert sorted(where) == ["elsewhere", "here"]
    assert await a.node.ensure("missing") == "missing"


async def test_asking_twice_at_once_opens_a_world_once(bench: Bench) -> None:
    a = await bench.night()
    await bench.crash(a)
    b = await bench.node("b")
    assert await asyncio.gather(*(b.node.ensure("w1") for _ in range(3))) == ["here"] * 3
    assert kinds(b.commits()) == ["begin"]


async def test_a_deserted_world_sleeps_is_given_up_and_wakes_with_the_first_to_come(
    bench: Bench,
) -> None:
    a = await bench.night()
    await a.do(replace(tea("s_ada", 1), kind="leave", arguments={}))
    await a.do(replace(tea("s_ben", 1), kind="leave", arguments={}))
    await bench.pass_time(ASLEEP_AFTER_MS - 1_000, a)
    assert a.gone == []
    await bench.pass_time(2_000, a)
    assert kinds(a.commits())[-1] == "sleep"
    assert a.gone == [("w1", "asleep")]
    held = await bench.store.held("w1")
    assert held is not None
    assert held.node == ""
    assert not (await bench.store.status("w1"))["awake"]

    slept_ms = a.commits()[-1].world_ms
    await bench.pass_time(120_000, a)
    assert a.node.worlds == [], "nobody opens a world that sleeps"
    b = await bench.node("b")
    assert await b.node.ensure("w1") == "here"
    await b.do(join("s_new", "ada"))
    assert kinds(b.commits()) == ["begin", "join"]
    assert b.commits()[-1].world_ms == slept_ms, "time stood while it slept"
    assert not b.owner().is_asleep()


async def test_a_world_opened_for_nobody_goes_back_to_sleep_without_a_word(bench: Bench) -> None:
    a = await bench.node()
    await a.node.open_world(card())
    await bench.pass_time(ASLEEP_AFTER_MS + 1_000, a)
    assert kinds(a.commits()) == ["open", "sleep"]
    assert await a.node.ensure("w1") == "here"
    await bench.pass_time(ASLEEP_AFTER_MS + 1_000, a)
    assert kinds(a.commits()) == ["open", "sleep", "begin"]
    assert a.gone == [("w1", "asleep")] * 2


async def test_who_comes_while_a_world_falls_asleep_is_let_in(bench: Bench) -> None:
    a = await bench.node()
    await a.node.open_world(card())

    async def gate(method: str, side: str) -> None:
        if method == "append" and side == "after":
            bench.store.gate = None
            a.direct.submit("w1", join("s_late", "ada"))

    bench.clock.advance(ASLEEP_AFTER_MS)
    bench.store.gate = gate
    await a.node.step()
    assert kinds(a.commits()) == ["open", "sleep", "join"]
    assert a.gone == []


async def test_an_entry_that_comes_as_a_world_is_given_up_opens_it_again(bench: Bench) -> None:
    a = await bench.node()
    await a.node.open_world(card())

    async def gate(method: str, side: str) -> None:
        if method == "release" and side == "before":
            bench.store.gate = None
            await bench.store.propose("w1", join("s_late", "ada"))

    bench.clock.advance(ASLEEP_AFTER_MS)
    bench.store.gate = gate
    await a.node.step()
    await a.node.step()
    assert kinds(a.commits()) == ["open", "sleep", "begin", "join"]


async def test_a_pack_that_cannot_be_loaded_here_hurts_one_world_and_not_for_ever(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    a = await bench.night()
    await bench.crash(a)
    b = await bench.node("b")
    whole = b.node._held._takeover._load_pack

    async def broken(pack_hash: str) -> Pack:
        raise KeyError("of a newer version")

    b.node._held._takeover._load_pack = broken
    await b.node.step()
    assert b.node.worlds == []
    assert b.node.is_stopped("w1")
    assert "world w1 cannot be opened" in caplog.text
    assert "fault" not in await bench.store.status("w1")
    b.node._held._takeover._load_pack = whole
    assert await b.node.ensure("w1") == "here"
    assert not b.node.is_stopped("w1")


async def test_a_world_of_a_newer_version_is_left_to_who_can_read_it(bench: Bench) -> None:
    a = await bench.night()
    await bench.pass_time(1_000, a)
    await bench.crash(a)
    hints = await bench.store.status("w1")
    await bench.store.set_status("w1", {**hints, "codec": READABLE[-1] + 1})
    before = await bench.store.held("w1")
    b = await bench.node("b")
    with pytest.raises(CodecError, match="let one between them run first"):
        await b.node.ensure("w1")
    await b.node.step()
    assert await bench.store.held("w1") == before, "it did not even try to have it"

    await bench.store.set_status("w1", {**hints, "codec": READABLE[-1]})
    assert await b.node.ensure("w1") == "here"


async def test_where_a_newer_node_was_seen_hints_are_not_believed(bench: Bench) -> None:
    a = await bench.night()
    await bench.crash(a)
    b = await bench.node("b")
    log = bench.store._worlds["w1"].log
    log[-1] = log[-1][:1] + bytes((READABLE[-1] + 1,)) + log[-1][2:]
    await bench.store.lease("node:c", "token", 60.0)
    await bench.store.put_node("c", {"kind": "node", "codec": READABLE[-1] + 1})
    await b.node.peers.renew()
    before = await bench.store.held("w1")
    with pytest.raises(CodecError, match="let one between them run first"):
        await b.node.ensure("w1")
    assert await bench.store.held("w1") == before, "it did not even try to have it"


async def test_an_inbox_that_cannot_be_read_at_once_is_read_later(bench: Bench) -> None:
    a = await bench.night()
    await bench.crash(a)
    await bench.store.propose("w1", tea("s_ada", 1))
    b = await bench.node("b")
    bench.store.fail_next("inbox", "before")
    assert await b.node.ensure("w1") == "here"
    await b.node.step()
    assert kinds(b.commits()) == ["begin", "act"]
