"""The reference and a real server answer alike, whatever is asked of them and in what order."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from store import builders
from store.bench import snapshot
from support.valkey import fresh_prefix

from dreamsync_server.clock import ManualClock
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.port import Appended, Batch, Held, Ownership, Store
from dreamsync_server.store.redis.store import RedisStore
from dreamsync_server.world.commit import Commit

MANY = 6  # of each kind of thing to choose from


class Player:
    """One store, and what its caller remembers; epochs differ, so they are told by their rank."""

    def __init__(self, store: Store, world: str) -> None:
        self.store = store
        self.world = world
        self.epochs: list[int] = [0]
        self.owners: list[Ownership] = []
        self.seen: list[Held | None] = [None]
        self.batches: list[Batch] = []
        self.cursors: list[str] = [""]

    def rank(self, epoch: int) -> int:
        """Return the place of an epoch among those seen."""
        if epoch not in self.epochs:
            self.epochs.append(epoch)
        return self.epochs.index(epoch)

    def plain(self, commit: Commit) -> Any:
        """Return a commit without its epoch's number."""
        return (self.rank(commit.position.epoch), commit.position.seq, commit.texts, commit.changes)


class Comparison(RuleBasedStateMachine):
    """Does the same to both and compares what they say."""

    url = ""

    @initialize()
    def begin(self) -> None:
        self.runner = asyncio.Runner()
        world = fresh_prefix()
        self.players = [
            Player(MemoryStore(ManualClock(1_700_000_000_000)), world),
            Player(RedisStore(self.url), world),
        ]
        self.both("create")

    def teardown(self) -> None:
        if hasattr(self, "players"):
            self.runner.run(self.players[1].store.close())
            self.runner.close()

    def both(self, name: str, *args: Any) -> None:
        """Do one thing with both stores; what is returned must be the same."""
        said = [self.runner.run(getattr(self, f"do_{name}")(p, *args)) for p in self.players]
        assert said[0] == said[1], f"{name}{args}"

    @rule(seen=st.integers(0, MANY), nonce=st.sampled_from("ab"))
    def acquire(self, seen: int, nonce: str) -> None:
        self.both("acquire", seen, nonce)

    @rule(owner=st.integers(0, MANY), count=st.integers(1, 3))
    def append(self, owner: int, count: int) -> None:
        self.both("append", owner, count)

    @rule(batch=st.integers(0, MANY))
    def resend(self, batch: int) -> None:
        self.both("resend", batch)

    @rule(owner=st.integers(0, MANY))
    def release(self, owner: int) -> None:
        self.both("release", owner)

    @rule(owner=st.integers(0, MANY), seq=st.integers(0, 12), keep=st.integers(0, 12))
    def save(self, owner: int, seq: int, keep: int) -> None:
        self.both("save", owner, seq, keep)

    @rule(after=st.integers(0, 12), up_to=st.none() | st.integers(0, 12), limit=st.integers(1, 9))
    def read(self, after: int, up_to: int | None, limit: int) -> None:
        self.both("read", after, up_to, limit)

    @rule(author=st.sampled_from(["s_a", "s_b"]))
    def erase(self, author: str) -> None:
        self.both("erase", author)

    @rule(n=st.integers(1, 99))
    def propose(self, n: int) -> None:
        self.both("propose", n)

    @rule(cursor=st.integers(0, MANY), limit=st.integers(1, 4))
    def inbox(self, cursor: int, limit: int) -> None:
        self.both("inbox", cursor, limit)

    @rule(cursor=st.integers(1, MANY))
    def trim(self, cursor: int) -> None:
        self.both("trim", cursor)

    @rule()
    def delete(self) -> None:
        """Delete the world and go on with a new one: ids are never used again."""
        self.both("delete")
        world = fresh_prefix()
        self.players = [Player(player.store, world) for player in self.players]
        self.both("create")

    async def do_create(self, p: Player) -> Any:
        return await p.store.create_world(builders.card(p.world))

    async def do_delete(self, p: Player) -> Any:
        await p.store.delete_world(p.world)
        tried = [await p.store.append([batch]) for batch in p.batches[-1:]]
        return tried, await p.store.held(p.world)

    async def do_acquire(self, p: Player, seen: int, nonce: str) -> Any:
        held = await p.store.held(p.world)
        p.seen.append(held)
        instead_of = held if seen == 0 else p.seen[-min(seen, len(p.seen))]
        owner = await p.store.acquire(p.world, f"node_{nonce}", nonce, instead_of)
        if owner is None:
            return None
        p.owners.append(owner)
        return p.rank(owner.epoch), owner[2:]

    async def do_append(self, p: Player, at: int, count: int) -> Any:
        if not p.owners:
            return None
        owner = p.owners[-min(at + 1, len(p.owners))]
        texts = {f"t{owner.tail}": (f"s_{owner.nonce}", "salt", f"text {owner.tail}")}
        commits = [
            builders.commit(owner.epoch, owner.tail + 1 + i, texts=texts if i == 0 else None)
            for i in range(count)
        ]
        batch = Batch(owner, f"{owner.epoch}.{owner.tail}.{len(p.batches)}", commits)
        p.batches.append(batch)
        (answer,) = await p.store.append([batch])
        if isinstance(answer, Appended) and answer.code in ("ok", "tail"):
            p.owners[p.owners.index(owner)] = owner._replace(tail=answer.tail)
        return answer

    async def do_resend(self, p: Player, at: int) -> Any:
        if not p.batches:
            return None
        return await p.store.append([p.batches[-min(at + 1, len(p.batches))]])

    async def do_release(self, p: Player, at: int) -> Any:
        if p.owners:
            await p.store.release(p.owners[-min(at + 1, len(p.owners))])
        held = await p.store.held(p.world)
        return held and (p.rank(held.epoch), held[1:])

    async def do_save(self, p: Player, at: int, seq: int, keep: int) -> Any:
        if not p.owners:
            return None
        owner = p.owners[-min(at + 1, len(p.owners))]
        kept = await p.store.save_snapshot(owner, snapshot(owner, seq), keep)
        newest = await p.store.load_snapshot(p.world)
        older = await p.store.load_snapshot(p.world, at_most=seq - 1)
        return kept, newest and newest.position.seq, older and older.position.seq

    async def do_read(self, p: Player, after: int, up_to: int | None, limit: int) -> Any:
        tail = await p.store.tail(p.world)
        commits = await p.store.read(p.world, after, up_to, limit)
        return tail and (p.rank(tail.epoch), tail.seq), [p.plain(commit) for commit in commits]

    async def do_erase(self, p: Player, author: str) -> Any:
        return await p.store.erase_texts(p.world, author)

    async def do_propose(self, p: Player, n: int) -> Any:
        return await p.store.propose(p.world, builders.proposal(n))

    async def do_inbox(self, p: Player, at: int, limit: int) -> Any:
        entries = await p.store.inbox(p.world, p.cursors[min(at, len(p.cursors) - 1)], limit)
        p.cursors += [entry.cursor for entry in entries if entry.cursor not in p.cursors]
        return [entry.proposal for entry in entries]

    async def do_trim(self, p: Player, at: int) -> Any:
        if len(p.cursors) > 1:
            await p.store.trim_inbox(p.world, p.cursors[min(at, len(p.cursors) - 1)])


def test_memory_and_a_real_server_answer_alike(
    valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Comparison, "url", valkey_url)
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Comparison,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
