"""What the host's tests work with: one store, one clock, and as many nodes as a test wants."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from support.packs import starter

from dreamsync_server.clock import ManualClock
from dreamsync_server.host.direct import Direct
from dreamsync_server.host.lane import Why
from dreamsync_server.host.node import HostNode
from dreamsync_server.host.owner import Owner, Rules
from dreamsync_server.limits import LEASE_RENEW_S
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.port import Store, WorldCard
from dreamsync_server.store.reading import catch_up
from dreamsync_server.world.commit import Commit, Outcome, Proposal
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import State


def card(world: str = "w1", *, has_understudies: bool = False, speed: int = 1000) -> WorldCard:
    """Return the card of a starter world."""
    return WorldCard(
        world,
        "starter",
        "h" * 64,
        seed=7,
        is_private=False,
        created_ms=1,
        has_understudies=has_understudies,
        speed=speed,
    )


def join(session: str, role: str = "", *, by: Any = "player") -> Proposal:
    """Return a session's coming in, and claiming a role where one is given."""
    arguments = {"role": role} if role else {}
    return Proposal("join", by, session, arguments=arguments)


def tea(session: str, n: int) -> Proposal:
    """Return an act that is ok three times, if the session plays Ada or Ben."""
    return Proposal("act", "player", session, n, {"action": "make_tea", "params": {}})


async def load_pack(pack_hash: str) -> Pack:
    """Return the starter pack, whatever the hash."""
    return starter()


@dataclass
class Watched:
    """A node and what it told."""

    node: HostNode
    direct: Direct
    seen: list[tuple[str, Commit]]
    gone: list[tuple[str, Why]]

    def commits(self, world: str = "w1") -> list[Commit]:
        """Return what was shown of a world."""
        return [commit for name, commit in self.seen if name == world]

    def outcomes(self, world: str = "w1") -> list[Outcome]:
        """Return the outcomes shown in a world."""
        return [outcome for commit in self.commits(world) for outcome in commit.outcomes]

    def owner(self, world: str = "w1") -> Owner:
        """Return a world's owner, which must be here."""
        owner = self.node.owner(world)
        assert owner is not None, f"{world} is not owned by {self.node.node}"
        return owner

    async def do(self, *proposals: Proposal, world: str = "w1") -> None:
        """Hand proposals in directly and take a step."""
        for proposal in proposals:
            self.direct.submit(world, proposal)
        await self.node.step()


@dataclass
class Bench:
    """One store and one clock by hand, shared by the nodes a test makes.

    The store is one in memory, unless a test brings another.
    """

    clock: ManualClock = field(default_factory=ManualClock)
    tokens: Any = field(default_factory=lambda: itertools.count(1))
    store: Any = None

    def __post_init__(self) -> None:
        if self.store is None:
            self.store = MemoryStore(self.clock)

    async def node(
        self,
        name: str = "a",
        rules: Rules | None = None,
        store: Store | None = None,
        shard_of: Callable[[str], str] = lambda world: "",
    ) -> Watched:
        """Return a node that has its lease."""
        seen: list[tuple[str, Commit]] = []
        gone: list[tuple[str, Why]] = []

        def on_confirmed(world: str, commits: Sequence[Commit]) -> None:
            seen.extend((world, commit) for commit in commits)

        node = HostNode(
            store or self.store,
            self.clock,
            name,
            load_pack,
            lambda: f"token{next(self.tokens)}",
            on_confirmed=on_confirmed,
            on_gone=lambda world, why: gone.append((world, why)),
            shard_of=shard_of,
            rules=rules,
        )
        await node.join()
        return Watched(node, Direct(node), seen, gone)

    async def night(
        self, world: str = "w1", *, rules: Rules | None = None, store: Store | None = None
    ) -> Watched:
        """Return node `a` with an open world in which Ada (`s_ada`) and Ben (`s_ben`) play."""
        watched = await self.node(rules=rules, store=store)
        assert await watched.node.open_world(card(world)) == "here"
        await watched.do(join("s_ada", "ada"), join("s_ben", "ben"), world=world)
        assert [outcome.code for outcome in watched.outcomes(world)] == ["ok", "ok"]
        return watched

    async def log(self, world: str = "w1") -> list[Commit]:
        """Return the whole log of a world."""
        found: list[Commit] = []
        while page := await self.store.read(world, len(found)):
            found.extend(page)
        return found

    async def digest_before(self, watched: Watched, world: str = "w1") -> int:
        """Return the digest of the state that a node took over, before its `begin`."""
        begin = next(c for c in watched.commits(world) if c.cause.kind == "begin")
        state = State(starter())
        await catch_up(self.store, world, state, begin.position.seq - 1)
        return state.digest

    async def pass_time(self, ms: int, *nodes: Watched) -> None:
        """Let time go by in steps short enough that living nodes keep their leases."""
        step_ms = int(LEASE_RENEW_S * 1000)
        while ms > 0:
            self.clock.advance(min(ms, step_ms))
            ms -= step_ms
            for watched in nodes:
                await watched.node.step()

    async def crash(self, watched: Watched) -> None:
        """Let a node die (the test takes no more steps of it): its supervisor drops its lease."""
        await self.store.drop_lease(f"node:{watched.node.node}")


def kinds(commits: Sequence[Commit]) -> list[str]:
    """Return what was decided, in order."""
    return [commit.cause.kind for commit in commits]


async def replayed(bench: Bench, world: str = "w1") -> State:
    """Return the state that the log comes to; it raises where the log is not one clean line."""
    state = State(starter())
    for commit in await bench.log(world):
        evolve(state, commit)
    return state
