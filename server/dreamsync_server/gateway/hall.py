"""The hall of a gateway: all conversations and rooms of one node, and what they wait for.

`connect` is what a listener gives its lines to; `on_confirmed` is what the host in the same process
hands its commits to. `run` follows doorbells, looks at each log each second in any case, and gives
rooms their beat.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from itertools import cycle
from typing import Any, Final
from zlib import crc32

from dreamsync.protocol import client_messages as wire
from dreamsync.protocol import desk_messages as desk
from dreamsync.protocol import history_messages as past
from dreamsync.protocol.class_messages import AskClass, OpenClass
from dreamsync_server.clock import Clock
from dreamsync_server.errors import PeerError, StoreError, StoreUnavailableError, WorldFaultError
from dreamsync_server.gateway.asking import Asking
from dreamsync_server.gateway.conversation import Conversation
from dreamsync_server.gateway.entering import Entering
from dreamsync_server.gateway.follower import Follower, no_other_pack
from dreamsync_server.gateway.gate import JUDGE
from dreamsync_server.gateway.history import Pasts, deadline_of
from dreamsync_server.gateway.lines import Line
from dreamsync_server.gateway.moving import move_out
from dreamsync_server.gateway.opening import Opening
from dreamsync_server.gateway.pose_post import PosePost
from dreamsync_server.gateway.room import Room
from dreamsync_server.gateway.shelf import (
    Ensure,
    OpenWorld,
    Shelf,
    Submit,
    nobody_here,
    somebody_elsewhere,
)
from dreamsync_server.gateway.showing import Showing
from dreamsync_server.gateway.tokens import Tokens
from dreamsync_server.gateway.views import Judge
from dreamsync_server.limits import (
    DOORBELL_LOOK_S,
    ENTER_S,
    LOOKS_AT_ONCE_MAX,
    QUIET_INTERVAL_S,
    ROOM_IDLE_S,
    STORE_TIMEOUT_S,
)
from dreamsync_server.store.listening import Listening
from dreamsync_server.store.port import Bell, Store, WorldCard
from dreamsync_server.telemetry import Telemetry
from dreamsync_server.world.commit import Commit, Proposal
from dreamsync_server.world.model import Pack

log = logging.getLogger(__name__)

# Rooms have their beat and their look at the log in parts of a second, each always in the same
# one, so that many worlds do not keep the loop busy at the same moment.
_PARTS: Final = 20
_OWNED: Final = ("here", "elsewhere")


class Hall:
    """Every conversation of this node."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        shelf: Shelf,
        open_world: OpenWorld,
        *,
        ensure: Ensure = somebody_elsewhere,
        submit: Submit = nobody_here,
        tokens: Tokens | None = None,
        telemetry: Telemetry | None = None,
        judge: Judge = JUDGE,
        node: str = "",
    ) -> None:
        self.node = node
        self.store = store
        self.clock = clock
        self.shelf = shelf
        self.tokens = tokens or Tokens()
        self.telemetry = telemetry or Telemetry(has_process=False)
        self.rooms: dict[str, Room] = {}
        self._pack_news: dict[str, dict[str, Any]] = {}
        self._parts: list[dict[str, Room]] = [{} for _ in range(_PARTS)]
        self.is_draining = False
        self._submit = submit
        self._ensure = ensure
        self._judge = judge
        self._talks: dict[Conversation, None] = {}
        self._opening: dict[str, asyncio.Task[Room]] = {}
        self._empty_s: dict[str, float] = {}
        self._looking: dict[str, bool] = {}  # world -> whether to look again behind that
        self._looks = asyncio.Semaphore(LOOKS_AT_ONCE_MAX)
        self._timers: dict[str, tuple[float, asyncio.TimerHandle]] = {}
        self._listening = Listening()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._poses = PosePost(store, self.rooms)
        self.entering = Entering(self)
        self._worlds = Opening(self, open_world)
        self.room_for = self._worlds.room_for
        self._asking = Asking(self)
        self._pasts = Pasts(self)
        self._showing = Showing(self)

    # --- for the listener, the host and the composition root -----------------------------------

    def connect(self, line: Line) -> Conversation:
        """Return who takes a new line's messages."""
        talk = Conversation(self, line)
        self._talks[talk] = None
        return talk

    def on_confirmed(self, world: str, commits: Sequence[Commit]) -> None:
        """Take confirmed commits of the host in this process."""
        room = self.rooms.get(world)
        if room is None:
            return
        here = room.follower.state.position.seq
        self._guard(room, lambda: room.follower.on_confirmed(commits))
        follower = room.follower
        is_behind = bool(commits) and commits[0].position.seq > here + 1
        if follower.is_faulted or follower.is_to_repack or is_behind:
            self._look_soon(room)

    def on_bell(self, bell: Bell) -> None:
        """Hear a doorbell; one that tells of what is known here already tells nothing."""
        room = self.rooms.get(bell.world)
        if bell.kind == "log" and room is not None:
            here = room.follower.state.position
            if bell.tail > here.seq or bell.epoch != here.epoch:
                self._look_soon(room)

    def on_gone(self, world: str, why: str) -> None:
        """Know that the host in this process has a world no more. A faulted one is over here."""
        room = self.rooms.get(world)
        if room is not None and why == "faulted":
            self._give_up(room)

    def tell_of_pack(self, pack_id: str, is_good: bool, text: str) -> None:
        """Tell the desks of a pack's worlds here what became of a change of its files."""
        told = {"type": "pack", "pack": pack_id, "ok": is_good, "text": text}
        self._pack_news[pack_id] = told
        for room in [room for room in self.rooms.values() if room.card.pack_id == pack_id]:
            room.tell_desks(told)

    async def run(self) -> None:
        """Follow the store and give the beat, until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen())
                group.create_task(self._keep_beat())
                group.create_task(self._keep_looking())
                group.create_task(self._poses.run())
        finally:
            for task in tuple(self._tasks):
                task.cancel()

    def drain(self) -> None:
        """Send everybody away at once."""
        self.is_draining = True
        for talk in tuple(self._talks):
            talk.cut("node_draining")

    async def move_out(self, *, has_refuge: bool) -> None:
        """Send everybody to other nodes, if there are any: what is under way is in the store."""
        self.is_draining = True
        await move_out(tuple(self._talks), has_refuge=has_refuge)

    # --- for conversations ---------------------------------------------------------------------

    async def answer(self, talk: Conversation, message: wire.Asked) -> None:
        """Answer a request within its deadline."""
        entering = isinstance(message, wire.Enter | wire.Resume)
        async with asyncio.timeout(ENTER_S if entering else deadline_of(message)):
            match message:
                case wire.Enter():
                    await self.entering.enter(talk, message)
                case wire.Resume():
                    await self.entering.resume(talk, message)
                case wire.Create() | wire.List() | wire.Card() | OpenClass() | AskClass():
                    await self._worlds.answer(talk, message)
                case desk.AskGraph() | desk.AskTension() | desk.AskReports():
                    await self._show(talk, message)
                case past.AskHistory() | past.AskLook() | past.Branch() | past.Erase():
                    await self._pasts.answer(talk, message)
                case _:
                    self._asking.answer(talk, message)

    async def _show(self, talk: Conversation, message: desk.Shown) -> None:
        if talk.room is None or talk.member is None:
            raise PeerError("not_entered", "Enter a world first.")
        talk.send(await self._showing.answer(talk.room, talk.member.gate, message))

    def submit_now(self, world: str, proposal: Proposal) -> str:
        """Hand a proposal to an owner in this process."""
        return self._submit(world, proposal)

    async def submit_by_store(self, world: str, proposal: Proposal) -> str:
        """Hand a proposal to the store's inbox."""
        try:
            async with asyncio.timeout(STORE_TIMEOUT_S):
                return "" if await self.store.propose(world, proposal) else "busy"
        except (StoreError, TimeoutError):
            return "store_unavailable"

    async def submit(self, world: str, proposal: Proposal) -> str:
        """Hand a proposal in by the way that is open: "" taken, else an error's code."""
        code = self.submit_now(world, proposal)
        return await self.submit_by_store(world, proposal) if code == "not_here" else code

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Let work go on beside; what it raises is ours, and costs nobody else."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._spawned)
        return task

    def gone(self, talk: Conversation) -> None:
        """Let a session whose line is gone be absent."""
        self._talks.pop(talk, None)
        self.entering.lost(talk)

    # --- rooms ---------------------------------------------------------------------------------

    async def room(self, card: WorldCard) -> Room:
        """Return the room of a world, its follower loaded and at least at its first commit.

        Raises:
            PeerError: `starting` where nobody can own the world now, `unknown_world` where its
                pack is nowhere to be found.
            StoreUnavailableError: the store does not answer.
        """
        where = await self._ensure(card.world)
        if where == "stopped":
            raise PeerError("internal", "This world was stopped by a fault in it.")
        if where not in _OWNED:
            raise PeerError("starting", "The world has no owner just now; try again.")
        room = self.rooms.get(card.world)
        if room is None:
            task = self._opening.get(card.world)
            if task is None:
                task = asyncio.get_running_loop().create_task(self._open_room(card))
                self._opening[card.world] = task
                task.add_done_callback(lambda _: self._opening.pop(card.world, None))
            room = await asyncio.shield(task)
        follower = room.follower
        if not await follower.until(lambda: follower.state.position.seq > 0, ENTER_S):
            raise PeerError("starting", "The world has no owner just now; try again.")
        return room

    async def _open_room(self, card: WorldCard) -> Room:
        pack = await self.shelf.by_hash(card.pack_hash)
        if pack is None:
            raise PeerError("internal", "The pack of this world cannot be found.")
        follower = Follower(card.world, pack, self.store, self.load_pack)
        self._listening.add(card.world)
        try:
            async with asyncio.timeout(ENTER_S):
                await follower.load()
        except BaseException:
            self._listening.discard(card.world)
            raise
        room = Room(
            follower,
            card,
            self.clock.mono_s,
            lambda at_s: self._wake_at(card.world, at_s),
            self._judge,
            node=self.node,
            say_poses=self._poses.voice(card.world),
            pack_news=self._pack_news,
            count_reset=lambda why: self.telemetry.resets.labels(why).inc(),
        )
        self._poses.open(card.world)
        self.rooms[card.world] = self._part_of(card.world)[card.world] = room
        self._empty_s[card.world] = self.clock.mono_s()
        self._look_soon(room)  # what came between the loading and now was handed to nobody
        return room

    async def load_pack(self, pack_hash: str) -> Pack:
        """Return a pack that a world plays or has played; raises WorldFaultError."""
        pack = await self.shelf.by_hash(pack_hash)
        return await no_other_pack(pack_hash) if pack is None else pack

    def _part_of(self, world: str) -> dict[str, Room]:
        return self._parts[crc32(world.encode()) % _PARTS]

    def _close_room(self, world: str) -> None:
        self._listening.discard(world)
        self._poses.close(world)
        self.rooms.pop(world, None)
        self._part_of(world).pop(world, None)
        self._empty_s.pop(world, None)
        known = self._timers.pop(world, None)
        if known is not None:
            known[1].cancel()

    # --- time ----------------------------------------------------------------------------------

    def _wake_at(self, world: str, at_s: float) -> None:
        """Pump a room at a time; an earlier wish that is still to come stands for both."""
        known = self._timers.get(world)
        if known is not None:
            if known[0] <= at_s:
                return
            known[1].cancel()
        delay_s = max(0.0, at_s - self.clock.mono_s())
        handle = asyncio.get_running_loop().call_later(delay_s, self._pump, world)
        self._timers[world] = (at_s, handle)

    def _pump(self, world: str) -> None:
        self._timers.pop(world, None)
        room = self.rooms.get(world)
        if room is not None:
            self._guard(room, room.pump)

    def _guard(self, room: Room, step: Callable[[], None]) -> None:
        """Let a fault of ours in one world cost that world's sessions here and nobody else."""
        try:
            step()
        except Exception:  # the one net around a world
            log.exception("world %s: a fault of ours; its sessions here are cut", room.card.world)
            self._give_up(room)

    def _give_up(self, room: Room) -> None:
        """Cut everybody in a room; who enters again opens it anew."""
        for member in tuple(room.members.values()):
            member.owner.cut("world_fault")
        if self.rooms.get(room.card.world) is room:
            self._close_room(room.card.world)

    async def _keep_beat(self) -> None:
        """Give each room its beat once a second, some of them at a time."""
        loop = asyncio.get_running_loop()
        next_s = loop.time()
        for part in cycle(self._parts):
            next_s = max(next_s + QUIET_INTERVAL_S / _PARTS, loop.time())
            await asyncio.sleep(next_s - loop.time())
            now_s = self.clock.mono_s()
            for world, room in tuple(part.items()):
                self._guard(room, room.beat)
                if self.rooms.get(world) is not room:
                    continue  # a fault of ours in its beat: it was given up
                for absent in room.arrivals.strays():
                    self.spawn(self.entering.say(world, absent))
                if room.members:
                    self._empty_s[world] = now_s
                elif now_s - self._empty_s[world] >= ROOM_IDLE_S and not room.arrivals.is_awaited():
                    self._close_room(world)

    # --- following -----------------------------------------------------------------------------

    async def _listen(self) -> None:
        async for bell in self.store.listen(self._listening):
            self.on_bell(bell)

    async def _keep_looking(self) -> None:
        for part in cycle(self._parts):
            await asyncio.sleep(DOORBELL_LOOK_S / _PARTS)
            for room in tuple(part.values()):
                self._look_soon(room)

    def _look_soon(self, room: Room) -> None:
        world = room.card.world
        if world in self._looking:
            self._looking[world] = True
            return
        self._looking[world] = False
        self.spawn(self._look(room))

    async def _look(self, room: Room) -> None:
        world = room.card.world
        try:
            while True:
                self._looking[world] = False
                async with self._looks:
                    await room.follower.look()
                if not self._looking[world]:
                    return
        except StoreUnavailableError as error:
            log.info("world %s: %s; the next second looks again", world, error)
        except (StoreError, WorldFaultError) as error:
            log.error("world %s cannot be followed: %s", world, error)
            self._give_up(room)
        except Exception:  # the one net around a world
            log.exception("world %s: a fault of ours; its sessions here are cut", world)
            self._give_up(room)
        finally:
            self._looking.pop(world, None)

    def _spawned(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a fault of ours in %s", task.get_name(), exc_info=error)
