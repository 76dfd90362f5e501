"""The worlds a node owns: how each is opened, handed to its lane, and given up."""

import asyncio
import contextlib
import logging
import math
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Literal
from weakref import WeakValueDictionary

from dreamsync_server.clock import Clock
from dreamsync_server.errors import StoreError, StoreUnavailableError, WorldFaultError
from dreamsync_server.host.bells import Ringer
from dreamsync_server.host.jobs import Jobs
from dreamsync_server.host.lane import Lane, Why
from dreamsync_server.host.lease import lease_of
from dreamsync_server.host.owner import Owner
from dreamsync_server.host.snapshots import Snapshots
from dreamsync_server.host.status import StatusBoard
from dreamsync_server.host.takeover import Takeover
from dreamsync_server.limits import WORLDS_PER_NODE_MAX
from dreamsync_server.store.codec import VERSION, CodecError, check_readable
from dreamsync_server.store.listening import Listening
from dreamsync_server.store.port import Held, Store, WorldCard
from dreamsync_server.world.commit import Commit

Where = Literal["here", "elsewhere", "missing", "stopped", "full", "draining"]
OnConfirmed = Callable[[str, Sequence[Commit]], None]
OnGone = Callable[[str, Why], None]
OnHeir = Callable[[str, str, int], Awaitable[None]]
_log = logging.getLogger(__name__)


class Holdings:
    """The worlds owned here, each on the lane of its shard.

    Who builds it sets `on_confirmed` and `on_gone` (told of every confirmed commit, and of each
    world that is owned here no more), `shard_of`, `on_lane` (a lane was made: start it),
    `on_elsewhere` (a living node owns a world that was asked for here), `on_heir(world, node,
    epoch)` (a world was let go for a node), `place` (let another node open a world, if one
    should) and `is_wary` (whether some node writes what cannot be read here).
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        jobs: Jobs,
        node: str,
        takeover: Takeover,
        draw_token: Callable[[], str],
        is_leased: Callable[[], bool],
    ) -> None:
        self.owners: dict[str, Owner] = {}
        self.leaving: dict[str, Owner] = {}  # given up; what was handed in is being put back
        self.lanes: dict[str, Lane] = {}
        self._lane_of: dict[str, Lane] = {}  # of each world that is owned here
        self.stopped: dict[str, str] = {}  # worlds known to have faulted, and why
        self.listening = Listening()
        self.ringer = Ringer(store)
        self.statuses = StatusBoard(store, jobs, node)
        self.emptied = asyncio.Event()
        self.is_draining = False
        self.on_confirmed: OnConfirmed = lambda world, commits: None
        self.on_gone: OnGone = lambda world, why: None
        self.on_lane: Callable[[Lane], None] = lambda lane: None
        self.on_elsewhere: Callable[[str], None] = lambda node: None
        self.on_heir: OnHeir = _nobody_told
        self.place: Callable[[str], Awaitable[bool]] = _stays
        self.on_lost: Callable[[str, bool], None] = lambda world, is_known: None
        self.is_wary: Callable[[], bool] = lambda: False
        self.shard_of: Callable[[str], str] = lambda world: ""
        self.settled_s = -math.inf  # until then nobody counts as dead
        self._store = store
        self._clock = clock
        self._jobs = jobs
        self._node = node
        self._takeover = takeover
        self._draw_token = draw_token
        self._is_leased = is_leased
        self._snapshots = Snapshots(store, jobs)
        # Of worlds being opened or given up; one that nobody holds is forgotten.
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def __iter__(self) -> Iterator[Owner]:
        return iter(list(self.owners.values()))

    def lane_of(self, world: str) -> Lane:
        """Return the lane a world is on; of one that is not owned here, that of its shard."""
        lane = self._lane_of.get(world)
        return self._lane_at(self.shard_of(world)) if lane is None else lane

    def rehome(self, owner: Owner) -> None:
        """Put a world on the lane of its shard, where that is another by now."""
        lane, there = self.lane_of(owner.world), self._lane_at(self.shard_of(owner.world))
        if lane is not there and lane.let(owner):
            self._lane_of[owner.world] = there
            there.add(owner)

    def _lane_at(self, shard: str) -> Lane:
        lane = self.lanes.get(shard)
        if lane is None:
            lane = Lane(self._store, self._clock, self._jobs, self, self._is_leased)
            self.lanes[shard] = lane
            self.on_lane(lane)
        return lane

    # --- opening -----------------------------------------------------------------------------

    async def open(self, world: str, handed: int = 0, *, is_placed: bool = False) -> Where:
        """Open a world here unless a live node owns it; its first commit is confirmed.

        `handed` is the epoch in which its last owner handed it over, 0 where it did not. With
        `is_placed` a less loaded node may have it.

        Raises:
            StoreUnavailableError: the store does not answer.
            CodecError: its log is of a version that this node cannot read.
        """
        async with self._lock_of(world):
            if world in self.owners:
                return "here"
            if len(self.owners) >= WORLDS_PER_NODE_MAX:
                return "full"
            held, card, hints = await self._known_of(world, at_once=handed > 0)
            if held is None or card is None:
                self.listening.discard(world)
                return "missing"
            if held.node not in ("", self._node):
                holder = self._store.lease_holder(lease_of(held.node))
                if await self._jobs.finish(holder) is not None:
                    self.listening.discard(world)
                    self.on_elsewhere(held.node)
                    return "elsewhere"
                if self._clock.mono_s() < self.settled_s:
                    # Its lease may have run out while nobody could renew one, and it may have
                    # commits that the store has lost.
                    raise StoreUnavailableError("after an outage, who lives is not known yet")
            if hints is None:
                hints = await self._jobs.finish(self._store.status(world))
            if fault := hints.get("fault"):
                self.stopped[world] = str(fault)
                return "stopped"
            # Before it is taken: who cannot read a world must not keep it from who can.
            check_readable("log", int(hints.get("codec", VERSION)))
            if self.is_wary():  # hints may be older than the last commits
                await self._jobs.finish(self._store.read(world, max(0, held.tail - 1), held.tail))
            if is_placed and not held.node and await self.place(world):
                self.listening.discard(world)
                return "elsewhere"
            try:
                taken = await self._takeover.take(
                    card, self._node, self._draw_token(), held,
                    is_handed=not held.node and held.epoch == handed > 0,
                )  # fmt: skip
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001 - a world that cannot be opened hurts itself
                await self._stop(world, error)
                return "stopped"
            if taken is None:
                return "elsewhere"
            await self._adopt(*taken)
            return "here"

    async def _known_of(
        self, world: str, *, at_once: bool
    ) -> tuple[Held | None, WorldCard | None, Mapping[str, Any] | None]:
        """Return what the store knows of a world; hints too where all is asked at once.

        That is done where a world is handed over, since people wait for it.
        """
        finish, store = self._jobs.finish, self._store
        if not at_once:
            return await finish(store.held(world)), await finish(store.card(world)), None
        held, card, hints = await asyncio.gather(
            finish(store.held(world)), finish(store.card(world)), finish(store.status(world))
        )
        return held, card, hints

    async def warm(self, world: str) -> bool:
        """Load a world that another node owns, so that it is quickly opened here.

        Raises:
            StoreUnavailableError: the store does not answer.
        """
        held = await self._jobs.finish(self._store.held(world))
        card = await self._jobs.finish(self._store.card(world))
        is_full = len(self.owners) >= WORLDS_PER_NODE_MAX
        if held is None or card is None or is_full or self.is_draining:
            return False
        try:
            await self._takeover.warm(card, held.tail)
        except (WorldFaultError, CodecError) as error:
            _log.error("world %s cannot be made ready here: %s", world, error)
            return False
        return True

    async def _adopt(self, owner: Owner, commits: Sequence[Commit]) -> None:
        lane = self.lane_of(owner.world)
        # What went into the inbox before this world was here comes before what is handed in.
        with contextlib.suppress(StoreError):  # its lane will look there again
            await lane.inboxes.read(owner)
        self.owners[owner.world] = owner
        self._lane_of[owner.world] = lane
        self.stopped.pop(owner.world, None)
        self.listening.add(owner.world)
        lane.add(owner)
        lane.wake(owner)
        self.confirmed(owner, commits)
        _log.info("world %s is owned here from %s on", owner.world, commits[0].position)
        if self.is_draining:
            lane.close(owner)

    async def _stop(self, world: str, error: Exception) -> None:
        """Remember that a world cannot be opened; where its log is at fault, for all nodes."""
        is_its_own = isinstance(error, WorldFaultError)
        trace = None if is_its_own else error
        _log.error("world %s cannot be opened: %s", world, error, exc_info=trace)
        self.stopped[world] = str(error)
        if not is_its_own:
            return
        hints = {"awake": False, "fault": str(error)}
        await self._jobs.finish(self._store.set_status(world, hints))

    # --- looking at the store's side -----------------------------------------------------------

    async def check(self, owner: Owner) -> bool:
        """Return whether a world is still owned here; put back what the store lost of its log.

        What is pending finds out by itself.

        Raises:
            StoreUnavailableError: the store does not answer.
        """
        held = await self._jobs.finish(self._store.held(owner.world))
        if self.owners.get(owner.world) is not owner:
            return False
        lane = self.lane_of(owner.world)
        if held is None or (held.epoch, held.nonce) != owner.ownership[1:3]:
            lane.end(owner, "fenced")
        elif owner.pending is None and held.tail < owner.ownership.tail:
            lane.mend(owner, held.tail)
        return self.owners.get(owner.world) is owner

    async def check_all(self) -> None:
        """See, after a server of the store took another's place, whether it has all of the logs."""
        for owner in self:
            try:
                await self.check(owner)
            except StoreError as error:
                _log.warning("world %s is not looked at: %s", owner.world, error)

    # --- what lanes tell ---------------------------------------------------------------------

    def confirmed(self, owner: Owner, commits: Sequence[Commit]) -> None:
        """Show commits here and ring for those who follow elsewhere; see `LaneEvents`."""
        try:
            self.on_confirmed(owner.world, commits)
        except Exception:  # noqa: BLE001 - who looks on must not stop the world
            _log.error("a listener of world %s broke", owner.world, exc_info=True)
        self.ringer.add(owner.world, commits[-1].position)
        self._snapshots.consider(owner)

    def lost(self, owner: Owner, tail: int, is_known: bool) -> None:
        """Say that the store lost confirmed commits; see `LaneEvents`."""
        told = owner.world, owner.ownership.tail, tail
        if is_known:
            _log.error("world %s: of commits to %d the store has those to %d; putting back", *told)
        else:
            _log.critical("world %s: of commits to %d those behind %d are lost for good", *told)
        self.on_lost(owner.world, is_known)

    def ended(self, owner: Owner, why: Why) -> None:
        """Give a world up and say so; see `LaneEvents`."""
        world = owner.world
        self.owners.pop(world, None)
        self._lane_of.pop(world, None)
        if not owner.fault:
            self.leaving[world] = owner
        self.emptied.set()
        if why in ("fenced", "faulted"):
            self.listening.discard(world)
        if why == "faulted":
            self.stopped[world] = owner.fault
        _log.info("world %s is owned here no more: %s", world, why)
        try:
            self.on_gone(world, why)
        except Exception:  # noqa: BLE001 - who looks on must not stop the others
            _log.error("a listener of world %s broke", world, exc_info=True)
        self._jobs.start(self._give_up(owner, why))

    async def _give_up(self, owner: Owner, why: Why) -> None:
        world = owner.world
        try:
            async with self._lock_of(world):
                await self._release(owner, why)
            if owner.heir:
                await self.on_heir(world, owner.heir, owner.ownership.epoch)
            await self._put_back(owner)
        finally:
            if self.leaving.get(world) is owner:
                del self.leaving[world]
        if why in ("released", "asleep"):
            await self.lane_of(world).inboxes.trim(owner)
        if why == "asleep":
            # Somebody may have come between the last look and the release.
            late = await self._jobs.finish(self._store.inbox(world, owner.consumed, 1))
            if late and not self.is_draining:
                await self.open(world)

    async def _release(self, owner: Owner, why: Why) -> None:
        if why == "fenced" or owner.world in self.owners:
            self.statuses.forget(owner.world)
            return
        if owner.heir:
            self.statuses.forget(owner.world)  # the heir says how it goes on
        else:
            await self.statuses.close(owner, is_awake=why == "released")
        await self._jobs.finish(self._store.release(owner.ownership))

    async def _put_back(self, owner: Owner) -> None:
        """Put what was handed in and not decided into the inbox, for the next owner, in order.

        Until then what is handed in goes behind it, and not ahead of it by the store.
        """
        if owner.fault:
            return
        left = deque(owner.leftovers())
        owner.queue.clear()
        while left or owner.queue:
            proposal = left.popleft() if left else owner.queue.popleft()
            if not await self._jobs.finish(self._store.propose(owner.world, proposal)):
                return

    def _lock_of(self, world: str) -> asyncio.Lock:
        lock = self._locks.get(world)
        if lock is None:
            lock = self._locks[world] = asyncio.Lock()
        return lock


async def _nobody_told(world: str, heir: str, epoch: int) -> None:
    """Let the heir find out by itself."""


async def _stays(world: str) -> bool:
    """Let a world be opened here."""
    return False
