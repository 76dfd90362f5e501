"""Seeded storms: nodes die and freeze, writes are lost on either side; nothing acked is lost."""

import random

import pytest
from host.bench import Bench, Watched, card, join, kinds, replayed

from dreamsync_server.host import takeover
from dreamsync_server.host.owner import RefusedError
from dreamsync_server.limits import LEASE_S
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.sessions import session_of

SEEDS = 20
ROUNDS = 120
PLAYERS = {"s_ada": "ada", "s_ben": "ben"}


class Client:
    """A player that sends one act after the other and sends again what is not answered."""

    def __init__(self, session: str) -> None:
        self.session = session
        self.n = 1
        self.acked: list[int] = []

    def proposal(self) -> Proposal:
        arguments = {"action": "talk", "params": {}}
        texts = {"words": ("salt", f"{self.session} {self.n}")}
        return Proposal("act", "player", self.session, self.n, arguments, texts)

    def look(self, nodes: list[Watched]) -> None:
        """Take what was shown anywhere as the answer."""
        for watched in nodes:
            for outcome in watched.outcomes():
                if (outcome.session, outcome.n) == (self.session, self.n):
                    assert outcome.code == "ok"
                    self.acked.append(self.n)
                    self.n += 1


class Storm:
    """One run under one seed."""

    def __init__(self, bench: Bench, seed: int) -> None:
        self.bench = bench
        self.rng = random.Random(seed)
        self.clients = [Client(session) for session in PLAYERS]
        self.living: list[Watched] = []
        self.all: list[Watched] = []
        self.count = 0

    async def start_node(self) -> None:
        self.count += 1
        watched = await self.bench.node(f"node{self.count}")
        self.living.append(watched)
        self.all.append(watched)

    async def one_round(self) -> None:
        rng, store = self.rng, self.bench.store
        if rng.random() < 0.25:
            store.fail_next("append", rng.choice(["before", "after"]), rng.randint(1, 3))
        for client in self.clients:
            if rng.random() < 0.7:
                await self.send(client)
        chance = rng.random()
        if chance < 0.06:
            await self.kill(rng.choice(self.living), is_noticed=rng.random() < 0.5)
        elif chance < 0.10:
            store.fail_next("append", "before", 0)
            store.fail_next("append", "after", 0)
            await rng.choice(self.living).node.drain()
            self.living = [w for w in self.living if not w.node._held.is_draining]
        while len(self.living) < 2:
            await self.start_node()
        self.bench.clock.advance(rng.choice([1, 50, 100, 400, int(LEASE_S * 1000)]))
        for watched in rng.sample(self.living, rng.randint(1, len(self.living))):
            await watched.node.step()
        for client in self.clients:
            client.look(self.all)

    async def send(self, client: Client) -> None:
        """Send to whoever serves, as a gateway would: by hand, else into the inbox."""
        watched = self.rng.choice(self.living)
        try:
            watched.direct.submit("w1", client.proposal())
        except RefusedError:
            await self.bench.store.propose("w1", client.proposal())

    async def kill(self, watched: Watched, *, is_noticed: bool) -> None:
        self.living.remove(watched)
        if is_noticed:
            await self.bench.crash(watched)

    async def calm(self) -> None:
        """Let the weather clear until everything that was sent is answered."""
        self.bench.store._fails.clear()
        for client in self.clients:
            goal = client.n
            for _ in range(40):
                await self.send(client)
                self.bench.clock.advance(1_000)
                for watched in self.living:
                    await watched.node.step()
                client.look(self.all)
                if client.n > goal:
                    break
            assert client.n > goal, "the world does not go on"


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_in_a_storm_every_act_counts_once_and_every_ack_stands(
    bench: Bench, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takeover, "APPEND_RETRY_S", 0.0)  # the only wait that is not the clock's
    storm = Storm(bench, seed)
    await storm.start_node()
    await storm.start_node()
    first = storm.living[0]
    assert await first.node.open_world(card()) == "here"
    await first.do(*(join(session, role) for session, role in PLAYERS.items()))
    for _ in range(ROUNDS):
        await storm.one_round()
    await storm.calm()

    log = await bench.log()
    state = await replayed(bench)
    for client in storm.clients:
        assert client.acked == [*range(1, client.n)], "acks come in order, none twice or left out"
        kept = session_of(state.facts, client.session)
        assert kept is not None
        assert kept.n >= client.acked[-1]
    decided = sum(session_of(state.facts, c.session).n for c in storm.clients)  # type: ignore[union-attr]
    assert state.facts["did.talk"] == decided, "no act counts twice"
    by_seq = {commit.position.seq: commit for commit in log}
    for watched in storm.all:
        shown = watched.commits()
        assert [by_seq[commit.position.seq] for commit in shown] == shown, "shown is in the log"
        seqs = [commit.position.seq for commit in shown]
        assert seqs == sorted(set(seqs)), "shown once, in order"
    epochs = [commit.position.epoch for commit in log]
    assert epochs == sorted(epochs)
    assert [c.world_ms for c in log] == sorted(c.world_ms for c in log)
    firsts = [
        c
        for c, before in zip(log[1:], log, strict=False)
        if c.position.epoch != before.position.epoch
    ]
    assert set(kinds(firsts)) <= {"begin"}
