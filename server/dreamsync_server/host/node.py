"""The host part of a node: its lease, the worlds it owns, and the loops that keep them going."""

import asyncio
import itertools
import logging
from collections.abc import Callable
from typing import Any, Literal

from dreamsync_server.clock import Clock
from dreamsync_server.errors import OperatorError, StoreError, StoreUnavailableError
from dreamsync_server.host.gateways import Gateways
from dreamsync_server.host.handing import Handing
from dreamsync_server.host.holdings import Holdings, OnConfirmed, OnGone, Where
from dreamsync_server.host.jobs import Jobs
from dreamsync_server.host.lane import Lane
from dreamsync_server.host.lease import NodeLease
from dreamsync_server.host.owner import Owner, Rules
from dreamsync_server.host.peers import About, Peers
from dreamsync_server.host.takeover import Takeover
from dreamsync_server.host.watch import Watch
from dreamsync_server.limits import (
    APPEND_RETRY_S,
    DOORBELL_LOOK_S,
    DRAIN_S,
    LEASE_RENEW_S,
    LEASE_S,
    OPEN_WORLD_S,
    SETTLE_S,
    WORLDS_PER_NODE_MAX,
)
from dreamsync_server.store.port import Bell, Store, WorldCard
from dreamsync_server.store.reading import LoadPack
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.model import Pack

_LOOK_PARTS = 20
_log = logging.getLogger(__name__)


class HostNode:
    """Owns worlds. `run` goes on until cancelled; tests take its steps one by one with `step`.

    `on_confirmed(world, commits)` is called for every commit of a world owned here once it may be
    seen, in order, before the doorbell rings; `on_gone(world, why)` when it is owned here no more;
    `on_lost(world, is_known)` where the store lost confirmed commits, put back if known here.
    `draw_token` gives a token that nobody else has; `shard_of` names the shard of a world; `about`
    says what else there is to say of this process: how busy it is, whom it speaks with.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        node: str,
        load_pack: LoadPack,
        draw_token: Callable[[], str],
        *,
        on_confirmed: OnConfirmed = lambda world, commits: None,
        on_gone: OnGone = lambda world, why: None,
        on_lost: Callable[[str, bool], None] = lambda world, is_known: None,
        shard_of: Callable[[str], str] = lambda world: "",
        rules: Rules | None = None,
        about: About = dict,
    ) -> None:
        self.node = node
        self._store = store
        self._clock = clock
        self._jobs = Jobs()
        self._lease = NodeLease(store, clock, self._jobs, node, draw_token())
        takeover = Takeover(store, clock, self._jobs, load_pack, rules or Rules())
        held = Holdings(store, clock, self._jobs, node, takeover, draw_token, self.is_leased)
        held.on_confirmed, held.on_gone, held.shard_of = on_confirmed, on_gone, shard_of
        held.on_lane, held.on_lost = self._start, on_lost
        self._held = held
        is_here, jobs = held.owners.__contains__, self._jobs
        self.peers = peers = Peers(store, jobs, node, self.about)
        open_here = self._open_if_needed
        self._watch = Watch(store, clock, jobs, node, held.listening, is_here, open_here, peers)
        held.is_wary = lambda: self.peers.has_seen_newer
        held.on_elsewhere = self._watch.follow
        self._more_about = about
        self.handing = Handing(store, clock, self._jobs, node, held, self.peers)
        self.handing.on_gone = self._look_after
        held.place = self.handing.place
        self._gateways = Gateways(store, self._jobs, node, self.wake)
        self._group: asyncio.TaskGroup | None = None
        self._is_fenced = False
        self._fenced_at_s = 0.0
        self._answering: set[str] = set()
        self._changes = store.changes()

    # --- what other rooms ask ----------------------------------------------------------------

    async def ensure(self, world: str) -> Where:
        """See to it that a world has a live owner: open it here if it has none.

        Raises:
            StoreUnavailableError: the store does not answer, or this node has lost its lease.
        """
        if world in self._held.owners:
            return "here"
        if self._held.is_draining:
            return "draining"
        if not self.is_leased():
            raise StoreUnavailableError("this node has no lease now")
        return await self._jobs.finish(self._held.open(world, is_placed=True), OPEN_WORLD_S)

    async def open_world(self, card: WorldCard) -> Where | Literal["taken"]:
        """Open a new world here; `taken` where its id or its code is. Its pack must be stored.

        Raises:
            StoreUnavailableError: as `ensure`; the card may have been written.
        """
        if self._held.is_draining:
            return "draining"
        if len(self._held.owners) >= WORLDS_PER_NODE_MAX:
            return "full"
        if not await self._jobs.finish(self._store.create_world(card)):
            return "taken"
        return await self.ensure(card.world)

    def repack(self, pack: Pack) -> list[str]:
        """Let the worlds owned here that play an older state of this pack go on under it.

        The pack must be stored. Return those worlds; each changes between two commits.
        """
        found = [owner for owner in self._held if owner.repack(pack)]
        for owner in found:
            self.wake(owner)
        return [owner.world for owner in found]

    def owner(self, world: str) -> Owner | None:
        """Return the owner of a world that is served here."""
        return self._held.owners.get(world)

    def leaving(self, world: str) -> Owner | None:
        """Return the last owner of a world that was given up, while what it had is put back."""
        return self._held.leaving.get(world)

    def about(self) -> dict[str, Any]:
        """Return what this node says of itself to the others."""
        state = "draining" if self._held.is_draining else "serving"
        here = {"kind": "node", "state": state, "worlds": len(self._held.owners)}
        return {**here, **self._more_about()}

    def wake(self, owner: Owner) -> None:
        """Give a world a place in the next turn."""
        self._held.lane_of(owner.world).wake(owner)

    def is_leased(self) -> bool:
        """Return whether this node may decide: its lease is live and its worlds are still its."""
        return not self._is_fenced and self._lease.is_live()

    def is_stopped(self, world: str) -> bool:
        """Return whether a world is known here to have faulted."""
        return world in self._held.stopped

    @property
    def worlds(self) -> list[str]:
        """The worlds owned here."""
        return list(self._held.owners)

    # --- its life ----------------------------------------------------------------------------

    async def run(self) -> None:
        """Own worlds until cancelled; then give them up, between commits.

        Raises:
            OperatorError: another process runs under this node's name.
        """
        await self.join()
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                for lane in self._held.lanes.values():
                    self._start(lane)
                group.create_task(self._keep_lease())
                group.create_task(self._keep_looking())
                group.create_task(self._keep_statuses())
                group.create_task(self._keep_gateways())
                group.create_task(self._listen())
                group.create_task(self._held.ringer.run())
                group.create_task(self._keep_watch())
                group.create_task(self._keep_peers())
                group.create_task(self.handing.listen())
        finally:
            self._group = None
            await self.drain()

    async def join(self) -> None:
        """Take this node's lease, waiting for that of a process that has just died.

        Raises:
            OperatorError: it is still held: another process runs under this name; or the store
                does not answer, or does not let us write.
        """
        until_s = self._clock.mono_s() + LEASE_S + LEASE_RENEW_S
        while not await self.renew():
            if self._clock.mono_s() >= until_s:
                why = "another process has it: stop it, or give this one another name"
                if self._lease.has_seen_outage:
                    why = "why, stands above; the store's user needs every command and every key"
                raise OperatorError(f"no lease for node {self.node!r}: {why}")
            await asyncio.sleep(LEASE_RENEW_S / 4)

    async def hand_over(self) -> None:
        """Let other nodes have every world, each between two commits; open none any more.

        The node goes on serving whom it speaks with, as a follower. What nobody takes stays here
        until `run` ends. Raises nothing: what the store does not answer is left as it is.
        """
        self._held.is_draining = True
        try:
            await self.peers.say()
        except StoreError as error:
            _log.warning("other nodes are not told that this one ends: %s", error)
        await self.handing.hand_over()

    async def drain(self) -> None:
        """Give every world up between commits, so that other nodes go on with them at once.

        What was handed in and is not decided yet goes into the worlds' inboxes.
        """
        self._held.is_draining = True
        try:
            async with asyncio.timeout(DRAIN_S):
                for owner in self._held:
                    self._held.lane_of(owner.world).close(owner)
                while self._held.owners:
                    await self._let_lanes_turn()
        except TimeoutError:
            _log.warning("%d worlds could not be given up in time", len(self._held.owners))
        await self._jobs.join(DRAIN_S)
        await self._lease.drop()

    async def step(self) -> None:
        """Do once all that is due now. For tests and simulation, instead of `run`."""
        await self.renew()
        self.look()
        await self._watch.look()
        await self.look_at_gateways()
        for lane in list(self._held.lanes.values()):
            await lane.inboxes.read_rung()
            while await lane.turn():
                await lane.inboxes.read_rung()
        await self.renew_statuses()
        await self._held.ringer.flush()
        await self._jobs.join(OPEN_WORLD_S)

    async def renew(self) -> bool:
        """Renew the lease. After a time without it, see first which worlds are still owned here."""
        if not self._is_fenced and not self._lease.is_live():
            self._is_fenced = True
            self._fenced_at_s = self._lease.fenced_at_s
        if not await self._lease.renew():
            return False
        if not self._is_fenced:
            self._lease.has_seen_outage = False
        else:
            try:
                await self._check_owners()
            except StoreError as error:
                _log.warning("still fenced: %s", error)
                return False
            self._is_fenced = False
            if self._lease.has_seen_outage:
                self._held.settled_s = self._clock.mono_s() + SETTLE_S
            for lane in self._held.lanes.values():
                lane.wake_all()
        return True

    def look(self, part: int = 0, parts: int = 1) -> None:
        """Have every inbox looked into, and let deserted worlds sleep; or one of equal parts."""
        mono_s = self._clock.mono_s()
        if self._store.changes() != self._changes:
            self._changes = self._store.changes()
            self._jobs.start(self._held.check_all())
        for owner in list(self._held)[part::parts]:
            self._held.rehome(owner)
            lane = self._held.lane_of(owner.world)
            lane.inboxes.ring(owner)
            if owner.pending is not None or owner.is_closing:
                continue
            owner.presence.look(owner.state, mono_s)
            if not owner.presence.is_deserted(mono_s):
                continue
            if owner.is_asleep():
                lane.end(owner, "asleep")
            elif not owner.own:
                owner.own.append(Proposal("sleep", "owner"))
                lane.wake(owner)

    async def renew_statuses(self) -> None:
        """Write the directory hints that are due, until the store does not take one."""
        for owner in self._held:
            if owner.pending is not None or self.owner(owner.world) is not owner:
                continue
            now = self._clock.mono_s(), self._clock.now_ms()
            if not await self._held.statuses.renew(owner, *now):
                return

    def hear(self, bell: Bell) -> None:
        """Answer a doorbell."""
        owner = self.owner(bell.world)
        if bell.kind == "log":
            if owner is not None and bell.epoch > owner.ownership.epoch:
                self._held.lane_of(bell.world).end(owner, "fenced")
        elif owner is not None:
            self._held.lane_of(bell.world).inboxes.ring(owner)
        elif bell.world not in self._answering:
            self._answering.add(bell.world)
            self._jobs.start(self._answer(bell.world))

    async def _look_after(self, node: str) -> None:
        """Take over the worlds of a node that was seen to die, as far as nobody else does."""
        self._watch.lost(node)
        if not self._held.is_draining:
            await self._watch.scan()

    async def _answer(self, world: str) -> None:
        try:
            await self._open_if_needed(world)
        finally:
            self._answering.discard(world)

    async def _open_if_needed(self, world: str) -> None:
        if not self._held.is_draining and self.is_leased():
            await self.ensure(world)

    async def _check_owners(self) -> None:
        """Drop the worlds that others took while the lease was lost; the others go on."""
        for owner in self._held:
            is_ours = await self._held.check(owner)
            if is_ours and owner.held_since_s is None:
                owner.leave_out(self._clock.mono_s() - self._fenced_at_s)

    # --- loops -------------------------------------------------------------------------------

    async def _keep_lease(self) -> None:
        while True:
            await self.renew()
            await asyncio.sleep(LEASE_RENEW_S)

    async def _keep_peers(self) -> None:
        while True:
            await self.hear_of_peers()
            await asyncio.sleep(LEASE_RENEW_S)

    async def _keep_watch(self) -> None:
        await self.hear_of_peers()  # who shares the worlds with this node
        await self._watch.run()

    async def hear_of_peers(self) -> None:
        """Hear of the other nodes, and watch each from then on: it may own worlds by now."""
        await self.peers.renew()
        for name, said in self.peers.all.items():
            if name != self.node and said.get("kind") == "node":
                self._watch.follow(name)

    async def _keep_looking(self) -> None:
        # In parts, so that many worlds do not keep the loop busy at the same moment.
        for part in itertools.cycle(range(_LOOK_PARTS)):
            self.look(part, _LOOK_PARTS)
            await asyncio.sleep(DOORBELL_LOOK_S / _LOOK_PARTS)

    async def _keep_gateways(self) -> None:
        while True:
            await asyncio.sleep(LEASE_RENEW_S)
            await self.look_at_gateways()

    async def look_at_gateways(self) -> None:
        """Let those be absent whose gateway has died."""
        try:
            await self._gateways.look(self._held)
        except StoreError as error:
            _log.warning("cannot look after other gateways: %s", error)

    async def _keep_statuses(self) -> None:
        while True:
            await self.renew_statuses()
            await asyncio.sleep(DOORBELL_LOOK_S)

    async def _listen(self) -> None:
        async for bell in self._store.listen(self._held.listening):
            self.hear(bell)

    async def _let_lanes_turn(self) -> None:
        if self._group is not None:
            self._held.emptied.clear()
            await self._held.emptied.wait()
            return
        await asyncio.sleep(APPEND_RETRY_S / 10)
        for lane in self._held.lanes.values():
            await lane.turn()

    def _start(self, lane: Lane) -> None:
        if self._group is not None:
            self._group.create_task(lane.run())
            self._group.create_task(lane.inboxes.run())
