"""The turn loop of the worlds on one shard: decide what waits, append it in one call, confirm it.

Group commit: one append is in flight at a time. What arrives in any world meanwhile waits and
goes together in the next, so that a busy store is asked less often, not more; the first
proposal after a rest goes at once. Worlds on another shard have a lane of their own, so that a
stalled shard holds only its own worlds.
"""

import asyncio
import contextlib
import heapq
import logging
import math
from collections.abc import Callable, Sequence
from itertools import count
from typing import Literal, Protocol

from dreamsync_server.clock import Clock
from dreamsync_server.errors import StoreUnavailableError
from dreamsync_server.host.inbox import Inboxes
from dreamsync_server.host.jobs import Jobs
from dreamsync_server.host.owner import Owner
from dreamsync_server.limits import (
    APPEND_RETRY_S,
    BATCH_COMMITS_MAX,
    DOORBELL_LOOK_S,
    STORE_TIMEOUT_S,
    TURN_COMMITS_MAX,
)
from dreamsync_server.store.port import Appended, Batch, Store
from dreamsync_server.world.commit import Commit

Why = Literal["fenced", "faulted", "asleep", "released"]
Answer = Appended | StoreUnavailableError
_TIMERS_SPARE = 64  # superseded timers kept before they are swept out
_log = logging.getLogger(__name__)


class LaneEvents(Protocol):
    """What a lane tells its node."""

    def confirmed(self, owner: Owner, commits: Sequence[Commit]) -> None:
        """Commits are in the log for good and may be shown."""
        ...

    def ended(self, owner: Owner, why: Why) -> None:
        """The world is owned here no longer; its lane has let it go."""
        ...

    def lost(self, owner: Owner, tail: int, is_known: bool) -> None:
        """The store has lost what it had confirmed behind `tail`; known here, it is put back."""
        ...


class Lane:
    """The worlds of one shard that are owned here, and their one append in flight."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        jobs: Jobs,
        events: LaneEvents,
        is_leased: Callable[[], bool],
    ) -> None:
        self.owners: dict[str, Owner] = {}
        self.inboxes = Inboxes(store, jobs, self.wake)
        self._store = store
        self._clock = clock
        self._jobs = jobs
        self._events = events
        self._is_leased = is_leased
        self._ready: dict[Owner, None] = {}
        self._timers: list[tuple[float, int, Owner]] = []  # heap; stale ones are skipped
        self._order = count()
        self._waker = asyncio.Event()

    # --- worlds ------------------------------------------------------------------------------

    def add(self, owner: Owner) -> None:
        """Serve a world whose first commit of this epoch is confirmed."""
        self.owners[owner.world] = owner
        self._plan(owner)
        self._waker.set()
        self.inboxes.ring(owner)

    def let(self, owner: Owner) -> bool:
        """Let a world go to another lane; False where something of it is under way."""
        if owner.pending is not None or owner.is_closing or self.inboxes.is_reading(owner):
            return False
        del self.owners[owner.world]
        owner.scheduled_s = math.inf
        self._ready.pop(owner, None)
        self.inboxes.forget(owner)
        return True

    def wake(self, owner: Owner) -> None:
        """Give a world a place in the next turn."""
        self._ready[owner] = None
        self._waker.set()

    def wake_all(self) -> None:
        """Look at every world in the next turn."""
        self._ready.update(dict.fromkeys(self.owners.values()))
        self._waker.set()

    def close(self, owner: Owner) -> None:
        """Give a world up as soon as nothing of it is in flight."""
        owner.is_closing = True
        if owner.pending is None:
            self.end(owner, "released")
        elif owner.held_since_s is not None:
            owner.retry_s = -math.inf  # ask at once what became of it
            self.wake(owner)

    def end(self, owner: Owner, why: Why) -> None:
        """Let a world go now."""
        if self.owners.get(owner.world) is not owner:
            return
        del self.owners[owner.world]
        owner.is_closing = True
        self._ready.pop(owner, None)
        self.inboxes.forget(owner)
        self._events.ended(owner, why)

    # --- the turn ----------------------------------------------------------------------------

    async def turn(self) -> bool:
        """Decide what waits, append it, confirm it; return whether there was anything.

        A batch whose outcome is unknown is sent again with the same id; its world decides
        nothing meanwhile. Without a live lease nothing is decided at all.
        """
        batches = self._gather()
        if not batches:
            return False
        try:
            answers = await self._append([batch for _, batch in batches])
        except asyncio.CancelledError:
            for owner, _ in batches:
                self._hold(owner, self._clock.mono_s())  # written or not: who drains asks again
            raise
        mono_s = self._clock.mono_s()
        for (owner, _), answer in zip(batches, answers, strict=True):
            if self.owners.get(owner.world) is owner:
                self._settle(owner, answer, mono_s)
        return True

    async def run(self) -> None:
        """Take turns until cancelled."""
        while True:
            await self._wait()
            await self.turn()

    def _gather(self) -> list[tuple[Owner, Batch]]:
        mono_s, now_ms = self._clock.mono_s(), self._clock.now_ms()
        self._waker.clear()
        self._ring_timers(mono_s)
        is_leased = self._is_leased()
        batches: list[tuple[Owner, Batch]] = []
        spare = TURN_COMMITS_MAX
        for owner in list(self._ready):
            if owner.pending is not None:
                if mono_s >= owner.retry_s:
                    batches.append((owner, owner.pending))
                    del self._ready[owner]
                continue
            if not is_leased or spare <= 0:
                continue
            del self._ready[owner]
            batch = owner.decide_batch(mono_s, now_ms, min(spare, BATCH_COMMITS_MAX))
            if batch is not None:
                spare -= len(batch.commits)
                batches.append((owner, batch))
            elif owner.fault:
                self.end(owner, "faulted")
            else:
                self._plan(owner)
        return batches

    async def _append(self, batches: Sequence[Batch]) -> Sequence[Answer]:
        """Append; a call that fails as a whole is told apart world by world."""
        try:
            # The store has its own deadline; this one is for a store that breaks its word.
            return await self._jobs.finish(self._store.append(batches), 2 * STORE_TIMEOUT_S)
        except StoreUnavailableError as error:
            return [error] * len(batches)
        except Exception as error:  # noqa: BLE001 - one world's bad batch must not stop the others
            if len(batches) == 1:
                world = batches[0].owner.world
                _log.error("batch of world %s cannot be stored", world, exc_info=error)
                return [Appended("refused", -1)]
        return [answer for batch in batches for answer in await self._append([batch])]

    def _settle(self, owner: Owner, answer: Answer, mono_s: float) -> None:
        if isinstance(answer, StoreUnavailableError):
            if owner.held_since_s is None:
                _log.warning("world %s holds: %s", owner.world, answer)
            self._hold(owner, mono_s)
        elif answer.code == "ok":
            commits = owner.confirm(mono_s)
            if commits:
                self._events.confirmed(owner, commits)
                self._go_on(owner, commits[-1], mono_s)
            else:
                self._resume(owner, mono_s)
        elif answer.code == "refused":
            owner.fault = owner.fault or "a commit cannot be stored"
            self.end(owner, "faulted")
        elif answer.code == "tail" and answer.tail < owner.ownership.tail:
            self.mend(owner, answer.tail)
        else:
            _log.warning("world %s has another owner (%s)", owner.world, answer.code)
            self.end(owner, "fenced")

    def mend(self, owner: Owner, tail: int) -> None:
        """Put back what the store lost behind `tail`; where it is not known here, say so.

        Then the world is let go: who opens it goes on from what is left, and clients are told.
        """
        is_known = owner.mend(tail)
        self._events.lost(owner, tail, is_known)
        if is_known:
            self._resume(owner, self._clock.mono_s())
        else:
            self.end(owner, "fenced")

    def _resume(self, owner: Owner, mono_s: float) -> None:
        """Send what is pending at once; where nothing is, go on deciding."""
        if owner.pending is not None:
            owner.hold(mono_s)
            owner.retry_s = mono_s
        elif owner.is_closing:
            self.end(owner, "released")
            return
        self.wake(owner)

    def _hold(self, owner: Owner, mono_s: float) -> None:
        owner.hold(mono_s)
        self._plan(owner)

    def _go_on(self, owner: Owner, last: Commit, mono_s: float) -> None:
        if owner.fault:
            self.end(owner, "faulted")
            return
        if owner.is_closing:
            self.end(owner, "released")
            return
        has_fallen_asleep = last.cause.kind == "sleep" and owner.is_asleep()
        if has_fallen_asleep and not owner.entries and not owner.queue:
            self.end(owner, "asleep")  # who comes now finds nobody, and has it opened again
            return
        if owner.has_unread and owner.has_room():
            self.inboxes.ring(owner)
        if owner.has_work(mono_s):
            self.wake(owner)
        self._plan(owner)

    # --- waiting -----------------------------------------------------------------------------

    def _plan(self, owner: Owner) -> None:
        """Note when the world has something to do by itself."""
        due_s = owner.wakes_at_s()
        if due_s == owner.scheduled_s:
            return
        owner.scheduled_s = due_s
        if due_s == math.inf:
            return
        heapq.heappush(self._timers, (due_s, next(self._order), owner))
        if len(self._timers) > _TIMERS_SPARE + 4 * len(self.owners):
            self._timers = [entry for entry in self._timers if self._is_current(entry)]
            heapq.heapify(self._timers)

    def _ring_timers(self, mono_s: float) -> None:
        while self._timers and self._timers[0][0] <= mono_s:
            entry = heapq.heappop(self._timers)
            if self._is_current(entry):
                entry[2].scheduled_s = math.inf
                self._ready[entry[2]] = None

    def _is_current(self, entry: tuple[float, int, Owner]) -> bool:
        due_s, _, owner = entry
        return owner.scheduled_s == due_s and self.owners.get(owner.world) is owner

    async def _wait(self) -> None:
        """Wait for work: at once where there is some, but let the loop breathe."""
        if not self._is_leased():
            await asyncio.sleep(APPEND_RETRY_S)
            return
        if any(owner.pending is None for owner in self._ready):
            await asyncio.sleep(0)
            return
        wait_s = DOORBELL_LOOK_S
        if self._timers:
            wait_s = min(wait_s, self._timers[0][0] - self._clock.mono_s())
        if wait_s <= 0:
            await asyncio.sleep(0)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._waker.wait()
