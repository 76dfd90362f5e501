"""The director process: finds the worlds that want direction, follows their logs, proposes.

It holds a lease `director:<world>` on each, so that several directors share the worlds; should two
direct one world for a moment, the world refuses the older term. Nothing of it needs saving: its
memory is facts of the worlds. A log is read when its doorbell rings, and each second in any case.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Sequence

from dreamsync_server.clock import Clock
from dreamsync_server.director.direction import Direction
from dreamsync_server.director.finding import Finding, Others, lease_of_directed
from dreamsync_server.errors import DreamsyncError, StoreError
from dreamsync_server.limits import (
    DIRECTED_AGAIN_S,
    DIRECTED_LEASE_S,
    DIRECTOR_LOOK_S,
    DIRECTOR_NEWS_S,
    DIRECTOR_TURN_S,
    DOORBELL_LOOK_S,
)
from dreamsync_server.store.listening import Listening
from dreamsync_server.store.port import Bell, Store, WorldCard
from dreamsync_server.store.reading import LoadPack, catch_up, load_state
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.directing import DIRECTOR
from dreamsync_server.world.state import is_asleep, is_over

log = logging.getLogger(__name__)


class Director:
    """Directs every world that wants it and that no other director has.

    `node` names this process in leases; for `others` see `Finding`. `run()` goes on until it is
    cancelled.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        load_pack: LoadPack,
        node: str,
        others: Others | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._load_pack = load_pack
        self._node = node
        self.proposed: Counter[str] = Counter()  # "<cue or nudge> <code>" -> how often
        self._worlds: dict[str, Direction] = {}
        self._packs: dict[str, str] = {}  # world -> the id of its pack
        self._listening = Listening()
        self._read_s: dict[str, float] = {}  # when a log was looked at; no bell has rung since
        self._broken_s: dict[str, float] = {}  # worlds whose direction broke, and when
        self._finding = Finding(store, node, others)
        self._heard_s = float("-inf")
        self._looked_s = float("-inf")
        self._renewed_s = float("-inf")
        self._is_silent = False  # the store did not answer in the last turn

    @property
    def worlds(self) -> list[str]:
        """The worlds it directs now."""
        return list(self._worlds)

    async def run(self) -> None:
        """Direct until cancelled; leases are dropped at the end."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen())
                group.create_task(self._keep_turning())
        finally:
            await asyncio.shield(self._let_all_go())

    async def _keep_turning(self) -> None:
        while True:
            looked_s = self._looked_s
            try:
                await self.turn()
                if self._worlds or self._looked_s != looked_s:  # else nothing was asked
                    self._has_answer(None)
            except StoreError as error:
                self._has_answer(error)
            await asyncio.sleep(DIRECTOR_TURN_S)

    async def _listen(self) -> None:
        async for bell in self._store.listen(self._listening):
            self.hear(bell)

    def hear(self, bell: Bell) -> None:
        """Answer a doorbell: the next turn reads that log."""
        if bell.kind == "log":
            self._read_s.pop(bell.world, None)

    def _has_answer(self, error: StoreError | None) -> None:
        """Say once that the store is silent, and once that it is back: turns are many a second."""
        if error is not None and not self._is_silent:
            log.warning("the store does not answer the director: %s", error)
        elif error is None and self._is_silent:
            log.warning("the store answers the director again")
        self._is_silent = error is not None

    async def turn(self) -> None:
        """Look for worlds when it is time, read what is new, propose what is due. One round."""
        now_s = self._clock.mono_s()
        if now_s - self._looked_s >= DIRECTOR_LOOK_S:
            self._looked_s = now_s
            await self._look_for_worlds()
        if now_s - self._renewed_s >= DIRECTED_LEASE_S / 3:
            self._renewed_s = now_s
            await self._renew()
        if now_s - self._heard_s >= DIRECTOR_NEWS_S:
            self._heard_s = now_s
            await self._hear()
        for world in list(self._worlds):
            try:
                await self._direct(world)
            except StoreError:
                raise
            except Exception:  # the one net around a world
                log.exception("world %s is left alone for a while: a fault of ours", world)
                self._broken_s[world] = now_s
                await self._give_up(world)

    async def _look_for_worlds(self) -> None:
        until_s = self._clock.mono_s() - DIRECTED_AGAIN_S
        self._broken_s = {world: at_s for world, at_s in self._broken_s.items() if at_s > until_s}
        for card in await self._finding.look(self._worlds.keys() | self._broken_s.keys()):
            await self._take(card)

    async def _take(self, card: WorldCard) -> None:
        """Direct a world whose lease this director has."""
        try:
            pack = await self._load_pack(card.pack_hash)
            state = await load_state(self._store, card.world, pack, load_pack=self._load_pack)
        except StoreError:
            raise
        except DreamsyncError as error:
            log.error("world %s cannot be directed: %s", card.world, error)
            return
        self._worlds[card.world] = Direction(state, self._now_ms())
        self._packs[card.world] = card.pack_id
        self._listening.add(card.world)
        log.info("directing world %s (%s)", card.world, card.pack_id)

    async def _renew(self) -> None:
        for world in list(self._worlds):
            if not await self._store.lease(lease_of_directed(world), self._node, DIRECTED_LEASE_S):
                log.info("world %s is directed by another", world)
                self._let_go(world)

    async def _hear(self) -> None:
        """Learn which endings other worlds shared, pack by pack; nothing more is known of them."""
        packs = {pack: await self._store.shared_endings(pack) for pack in {*self._packs.values()}}
        for world, direction in self._worlds.items():
            direction.news = tuple(packs[self._packs[world]])

    async def _direct(self, world: str) -> None:
        direction, now_s = self._worlds[world], self._clock.mono_s()
        if now_s - self._read_s.get(world, float("-inf")) >= DOORBELL_LOOK_S:
            self._read_s[world] = now_s  # before it is read: a bell meanwhile stands for more
            if not await self._read(world, direction):
                await self._give_up(world)
                return
        for proposal in direction.next_second(self._now_ms()):
            if not await self._store.propose(world, proposal):
                log.info("the inbox of world %s is full; the director waits", world)
                return

    async def _read(self, world: str, direction: Direction) -> bool:
        """Take in what is new in a world's log; False where it is to be directed no longer.

        Raises:
            StoreError: the store did not answer.
        """
        try:
            # No further than what is confirmed: a failover may take the rest back.
            tail = await self._store.tail(world)
            up_to = direction.state.position.seq if tail is None else tail.seq
            commits = await catch_up(self._store, world, direction.state, up_to)
        except StoreError:
            self._read_s.pop(world, None)
            raise
        except DreamsyncError as error:
            log.error("world %s is directed no longer: %s", world, error)
            return False
        if any(commit.cause.kind == "repack" for commit in commits):
            return False  # the next look takes it again, under the pack that is in force
        direction.follow(commits, self._now_ms())
        self._count(commits)
        facts = direction.state.facts
        return not (direction.is_stale or (commits and (is_over(facts) or is_asleep(facts))))

    def _now_ms(self) -> int:
        """Return milliseconds of the clock that never steps: a wall clock set back by hours would
        let the director wait for hours."""
        return int(self._clock.mono_s() * 1000)

    def _count(self, commits: Sequence[Commit]) -> None:
        for commit in commits:
            for outcome in commit.outcomes:
                if outcome.session == DIRECTOR and commit.cause.kind in ("cue", "nudge"):
                    self.proposed[f"{commit.cause.kind} {outcome.code}"] += 1

    def _let_go(self, world: str) -> None:
        self._worlds.pop(world, None)
        self._packs.pop(world, None)
        self._read_s.pop(world, None)
        self._listening.discard(world)

    async def _give_up(self, world: str) -> None:
        """Let a world go, so that any director may take it at once."""
        self._let_go(world)
        await self._store.drop_lease(lease_of_directed(world), self._node)

    async def _let_all_go(self) -> None:
        for world in list(self._worlds):
            with contextlib.suppress(StoreError):
                await self._give_up(world)
