"""Worlds go from node to node between two commits: nothing is lost, doubled or out of order."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgpack
import pytest
from host.bench import card, join, kinds, load_pack, tea

from dreamsync_server.clock import SystemClock
from dreamsync_server.host import handing
from dreamsync_server.host.direct import Direct
from dreamsync_server.host.node import HostNode
from dreamsync_server.limits import INBOX_LENGTH_MAX
from dreamsync_server.store import codec, keys
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.port import Appended, Batch, Note
from dreamsync_server.world.commit import Commit, Proposal
from dreamsync_server.world.sessions import session_of

PATIENCE_S = 5.0
_tokens = itertools.count(1)


@asynccontextmanager
async def nodes(store: MemoryStore, *names: str) -> AsyncIterator[list[HostNode]]:
    """Run nodes that have heard of one another."""
    made = [
        HostNode(store, SystemClock(), name, load_pack, lambda: f"token{next(_tokens)}")
        for name in names
    ]
    running = [asyncio.create_task(node.run()) for node in made]
    try:
        for node in (*made, *made):
            await node.join()
            await node.peers.renew()
        yield made
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def night(node: HostNode, world: str = "w1") -> Direct:
    """Open a world with Ada and Ben in it."""
    assert await node.open_world(card(world)) == "here"
    direct = Direct(node)
    for proposal in (join("s_ada", "ada"), join("s_ben", "ben")):
        direct.submit(world, proposal)
    return direct


async def log_until(store: MemoryStore, kind: str, count: int = 1) -> list[Commit]:
    """Return a world's log once it has so many commits of a kind."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            log = list(await store.read("w1", 0, limit=10_000))
            if kinds(log).count(kind) >= count:
                return log
            await asyncio.sleep(0.01)


async def test_a_world_is_handed_to_another_node_and_nobody_is_absent() -> None:
    store = MemoryStore(SystemClock())
    async with nodes(store, "a", "b") as (a, b):
        direct = await night(a)
        direct.submit("w1", tea("s_ada", 1))
        await log_until(store, "act")
        await a.hand_over()

        owner = b.owner("w1")
        assert owner is not None
        assert a.worlds == []
        assert a.is_leased()
        log = await log_until(store, "begin")
        assert kinds(log)[-1] == "begin"
        assert dict(log[-1].cause.arguments)["handed_over"] is True
        ada = session_of(owner.state.facts, "s_ada")
        assert ada is not None
        assert ada.is_present


async def test_what_is_handed_in_meanwhile_is_decided_once_and_in_order() -> None:
    store = MemoryStore(SystemClock())
    async with nodes(store, "a", "b") as (a, b):
        direct = await night(a)
        await log_until(store, "join", 2)
        giving = asyncio.create_task(a.hand_over())
        sent = 0
        while a.owner("w1") is not None or a.leaving("w1") is not None:
            if sent < INBOX_LENGTH_MAX // 2:
                sent += 1
                direct.submit("w1", tea("s_ada", sent))
            await asyncio.sleep(0)
        await giving
        log = await log_until(store, "act", sent)

        told = [o.n for c in log for o in c.outcomes if o.session == "s_ada" and o.n]
        assert told == list(range(1, sent + 1))
        assert all(o.code != "gap" for c in log for o in c.outcomes)
        assert b.worlds == ["w1"]


async def test_a_world_that_is_handed_over_is_asked_about_at_once() -> None:
    store = MemoryStore(SystemClock())
    async with nodes(store, "a", "b") as (a, b):
        await night(a)
        under_way: set[str] = set()
        together: list[set[str]] = []

        async def gate(method: str, side: str) -> None:
            if side == "after":
                under_way.discard(method)
                return
            under_way.add(method)
            together.append(set(under_way))
            await asyncio.sleep(0)

        store.gate = gate
        await b._held.open("w1", handed=1)
        store.gate = None

    assert any({"held", "card", "status"} <= each for each in together), together


async def test_where_there_is_no_other_node_a_world_stays() -> None:
    store = MemoryStore(SystemClock())
    async with nodes(store, "a") as (a,):
        await night(a)
        await a.hand_over()

        assert a.worlds == ["w1"]


async def test_a_node_that_does_not_answer_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handing, "WARMED_S", 0.05)
    store = MemoryStore(SystemClock())
    async with nodes(store, "b", "c") as (b, c):
        await night(b)
        await store.lease("node:a", "frozen", 60.0)
        await store.put_node("a", {"kind": "node", "state": "serving", "worlds": 0})
        await b.hand_over()

        assert (b.worlds, c.worlds) == ([], ["w1"])


async def test_a_note_that_is_lost_is_said_again() -> None:
    store = MemoryStore(SystemClock())
    async with nodes(store, "a", "b") as (a, b):
        await night(a)
        said: list[str] = []
        tell = store.tell

        async def lossy(notes: list[Note]) -> None:
            what = [msgpack.unpackb(note.said)["do"] for note in notes]
            said.extend(what)
            if what != ["take"] or said.count("take") > 1:
                await tell(notes)

        store.tell = lossy  # type: ignore[method-assign, assignment]
        await a.hand_over()

        assert b.worlds == ["w1"]
        assert said.count("take") >= 2


class Later(MemoryStore):
    """The way of a node of the next version to the store: what it writes has one element more."""

    def __init__(self, shared: MemoryStore) -> None:
        self.__dict__ = shared.__dict__

    def _append(self, batch: Batch) -> Appended:
        answer = super()._append(batch)
        log = self._worlds[batch.owner.world].log
        if answer.code == "ok":
            log[-len(batch.commits) :] = [later(raw) for raw in log[-len(batch.commits) :]]
        return answer

    async def propose(self, world: str, proposal: Proposal) -> bool:
        is_taken = await super().propose(world, proposal)
        inbox = self._worlds[world].inbox
        inbox[max(inbox)] = later(inbox[max(inbox)])
        return is_taken


def later(raw: bytes) -> bytes:
    """Return bytes as the next version writes them."""
    assert raw[1] == codec.VERSION, "a short array: its length, then its version"
    return bytes((raw[0] + 1, codec.VERSION + 1)) + raw[2:] + msgpack.packb("what is new in it")


async def test_nodes_of_two_versions_read_what_either_writes() -> None:
    store = MemoryStore(SystemClock())
    async with nodes(store, "a") as (a,):
        direct = await night(a)
        direct.submit("w1", tea("s_ada", 1))
        await log_until(store, "act")
        async with nodes(Later(store), "b") as (b,):
            await a.hand_over()
            assert b.worlds == ["w1"]
            Direct(b).submit("w1", tea("s_ada", 2))
            assert await store.propose("w1", tea("s_ben", 1))
            assert await Later(store).propose("w1", tea("s_ben", 2))
            await log_until(store, "act", 4)
            async with nodes(store, "c") as (c,):
                await b.peers.renew()
                await b.hand_over()
                assert c.worlds == ["w1"]
                Direct(c).submit("w1", tea("s_ada", 3))
                log = await log_until(store, "act", 5)

    versions = [raw[1] for raw in store._worlds["w1"].log]
    assert set(versions) == {codec.VERSION, codec.VERSION + 1}
    done = [(o.session, o.n) for commit in log for o in commit.outcomes if o.n]
    assert [n for session, n in done if session == "s_ada"] == [1, 2, 3]
    assert [n for session, n in done if session == "s_ben"] == [1, 2]


async def test_a_new_world_is_opened_by_a_node_with_fewer() -> None:
    store = MemoryStore(SystemClock())
    async with nodes(store, "a", "b") as (a, b):
        for world in ("w1", "w2"):
            assert await a.open_world(card(world)) == "here"
        await a.peers.renew()

        assert await a.open_world(card("w3")) == "elsewhere"
        assert b.worlds == ["w3"]


async def test_a_world_that_is_placed_with_a_node_that_is_silent_is_opened_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handing, "PLACED_S", 0.05)
    store = MemoryStore(SystemClock())
    async with nodes(store, "b") as (b,):
        for world in ("w1", "w2"):
            assert await b.open_world(card(world)) == "here"
        await store.lease("node:a", "frozen", 60.0)
        await store.put_node("a", {"kind": "node", "state": "serving", "worlds": 0})
        await b.peers.renew()

        assert await b.open_world(card("w3")) == "here"


async def test_worlds_of_a_node_that_was_seen_to_die_are_taken_over_at_once() -> None:
    store = MemoryStore(SystemClock())
    async with nodes(store, "b") as (b,):
        assert await store.create_world(card("w1"))
        held = await store.held("w1")
        assert await store.acquire("w1", "dead", "nonce", held)
        await store.note_awake("w1", True)
        await store.lease("node:dead", "token", 60.0)
        await store.drop_lease("node:dead")
        await handing.tell_node(store, "", {"do": "gone", "by": "dead"})

        async with asyncio.timeout(PATIENCE_S):
            while b.worlds != ["w1"]:
                await asyncio.sleep(0.01)


async def test_a_node_is_told_to_drain_and_does_not_mind_nonsense() -> None:
    store = MemoryStore(SystemClock())
    async with nodes(store, "a") as (a,):
        told: list[bool] = []
        a.handing.on_drain = lambda: told.append(True)
        for said in (b"\xc1", b"", msgpack.packb([1]), msgpack.packb({"do": 7}), b"\x80"):
            a.handing.hear(Note(keys.TO_NODES, said))
        assert told == []

        a.handing.hear(Note(keys.of_node("a"), msgpack.packb({"do": "drain"})))
        assert told == [True]
