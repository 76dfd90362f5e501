"""The director process: finds the worlds that want direction, follows their logs, proposes.

It holds a lease `director:<world>` on each, so that several directors share the worlds; should two
direct one world for a moment, the world refuses the older term. Nothing of it needs saving: its
memory is facts of the worlds.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Sequence

from dreamsync_server.clock import Clock
from dreamsync_server.director.direction import Direction
from dreamsync_server.errors import DreamsyncError, StoreError
from dreamsync_server.limits import (
    DIRECTOR_LOOK_S,
    DIRECTOR_NEWS_S,
    DIRECTOR_TURN_S,
    DIRECTOR_WORLDS_MAX,
    LEASE_S,
)
from dreamsync_server.store.port import Store, WorldCard
from dreamsync_server.store.reading import LoadPack, catch_up, load_state
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.directing import DIRECTOR
from dreamsync_server.world.state import is_asleep, is_over

log = logging.getLogger(__name__)


class Director:
    """Directs every world that wants it and that no other director has.

    `node` names this process in leases. `run()` goes on until it is cancelled.
    """

    def __init__(self, store: Store, clock: Clock, load_pack: LoadPack, node: str) -> None:
        self._store = store
        self._clock = clock
        self._load_pack = load_pack
        self._node = node
        self.proposed: Counter[str] = Counter()  # "<cue or nudge> <code>" -> how often
        self._worlds: dict[str, Direction] = {}
        self._packs: dict[str, str] = {}  # world -> the id of its pack
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
            while True:
                looked_s = self._looked_s
                try:
                    await self.turn()
                    if self._worlds or self._looked_s != looked_s:  # else nothing was asked
                        self._has_answer(None)
                except StoreError as error:
                    self._has_answer(error)
                await asyncio.sleep(DIRECTOR_TURN_S)
        finally:
            await asyncio.shield(self._let_all_go())

    def _has_answer(self, error: StoreError | None) -> None:
        """Say once that the store is silent, and once that it is back: turns are many a second."""
        if error is not None and not self._is_silent:
            log.warning("the store does not answer the director: %s", error)
        elif error is None and self._is_silent:
            log.warning("the store answers the director again")
        self._is_silent = error is not None

    async def turn(self) -> None:
        """Look for worlds when it is time, read the logs, propose what is due. One round."""
        now_s = self._clock.mono_s()
        if now_s - self._looked_s >= DIRECTOR_LOOK_S:
            self._looked_s = now_s
            await self._look_for_worlds()
        if now_s - self._renewed_s >= LEASE_S / 3:
            self._renewed_s = now_s
            await self._renew()
        if now_s - self._heard_s >= DIRECTOR_NEWS_S:
            self._heard_s = now_s
            await self._hear()
        for world in list(self._worlds):
            await self._direct(world)

    async def _look_for_worlds(self) -> None:
        for card in await self._store.worlds():
            if len(self._worlds) >= DIRECTOR_WORLDS_MAX:
                return
            if card.world in self._worlds or not card.is_directed:
                continue
            status = await self._store.status(card.world)
            if status.get("awake") and not status.get("ending"):
                await self._take(card)

    async def _take(self, card: WorldCard) -> None:
        if not await self._store.lease(lease_of_directed(card.world), self._node, LEASE_S):
            return
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
        log.info("directing world %s (%s)", card.world, card.pack_id)

    async def _renew(self) -> None:
        for world in list(self._worlds):
            if not await self._store.lease(lease_of_directed(world), self._node, LEASE_S):
                log.info("world %s is directed by another", world)
                self._let_go(world)

    async def _hear(self) -> None:
        """Learn which endings other worlds shared, pack by pack; nothing more is known of them."""
        packs = {pack: await self._store.shared_endings(pack) for pack in {*self._packs.values()}}
        for world, direction in self._worlds.items():
            direction.news = tuple(packs[self._packs[world]])

    async def _direct(self, world: str) -> None:
        direction = self._worlds[world]
        try:
            # No further than what is confirmed: a failover may take the rest back.
            tail = await self._store.tail(world)
            up_to = direction.state.position.seq if tail is None else tail.seq
            commits = await catch_up(self._store, world, direction.state, up_to)
        except StoreError:
            raise
        except DreamsyncError as error:
            log.error("world %s is directed no longer: %s", world, error)
            self._let_go(world)
            return
        if any(commit.cause.kind == "repack" for commit in commits):
            self._let_go(world)  # the next look takes it again, under the pack that is in force
            return
        direction.follow(commits, self._now_ms())
        self._count(commits)
        facts = direction.state.facts
        if direction.is_stale or (commits and (is_over(facts) or is_asleep(facts))):
            self._let_go(world)
            await self._store.drop_lease(lease_of_directed(world), self._node)
            return
        for proposal in direction.next_second(self._now_ms()):
            if not await self._store.propose(world, proposal):
                log.info("the inbox of world %s is full; the director waits", world)
                return

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

    async def _let_all_go(self) -> None:
        worlds = list(self._worlds)
        for world in worlds:
            self._let_go(world)
            with contextlib.suppress(StoreError):
                await self._store.drop_lease(lease_of_directed(world), self._node)


def lease_of_directed(world: str) -> str:
    """Return the name of the lease of who directs a world."""
    return f"director:{world}"
