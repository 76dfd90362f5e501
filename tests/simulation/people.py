"""Who plays in a simulation: the SDK's own players, a desk and a spectator, acting by chance."""

import asyncio
import contextlib
import random
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from faults.bots import MARK, choose, mark
from support.invariants import Asked, Record, Told

import dreamsync
from dreamsync.connection import Connection
from dreamsync.conversation import Conversation
from dreamsync.desk import Hit
from dreamsync.entry import Entry, Greeting
from dreamsync.notices import Notice
from dreamsync.protocol import server_messages as wire
from dreamsync.protocol.codec import decode_server
from dreamsync.protocol.history_messages import Moment
from dreamsync.session import ClientSession, State
from simulation.clocks import SdkClock
from simulation.loop import SimLoop
from simulation.network import Network, SimConnection

_MARKS = re.compile(MARK.encode() + rb"[0-9a-f]{12}")
_WHOLE = (wire.Entered, wire.Reset, wire.View, wire.Quiet)
_LOST = (dreamsync.UnknownOutcomeError, dreamsync.BusyError, dreamsync.LineLostError)
Work = Coroutine[Any, Any, Any]
_FLIGHT = 3  # proposals of one player under way at once
_LOOKS_BACK = 0.2  # of the times that a desk does something
_WALKS = 0.3  # of the times that a player does something, it says where it stands too
_ANYWHERE = (1200, 800)  # in some scenes, and beyond others
EVERYWHERE = (900, 500)  # in every scene
WATCHED = ("ada.nerve > ben.nerve", 'ada.scene == "house.attic"', 'attic.door == "open"')
END = 1 << 60
Pose = tuple[int, int, int]


class Frame(NamedTuple):
    """Poses as they were told, between two positions of the log that were told on the line."""

    since: int
    until: int
    scene: str
    poses: tuple[tuple[str, int, int, int], ...]


class Recap(NamedTuple):
    """The marked texts in what a seat was told that it knows, as of a seq of the log."""

    seat: str
    seq: int
    marks: frozenset[str]


@dataclass(eq=False)
class Person:
    """One client: its process, its SDK and its record."""

    process: str
    viewer: dreamsync.Viewer
    record: Record
    dice: random.Random
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    recaps: list[Recap] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    branches: list[str] = field(default_factory=list)  # worlds
    stands: Pose = (0, 0, 0)  # what it said last of where it stands, and at which seq
    stood_at: int = 0

    @property
    def is_live(self) -> bool:
        """Whether its session stands on a line."""
        return self.viewer.is_live

    def watch(self, desk: dreamsync.Desk) -> None:
        """Note each time that one of the watched conditions turns true."""

        async def note(hit: Hit) -> None:
            self.hits.append(hit)

        for condition in WATCHED:
            desk.when(condition)(note)

    def stand(self, size: tuple[int, int] = _ANYWHERE) -> None:
        """Say where its avatar stands."""
        player, dice = self.viewer, self.dice
        assert isinstance(player, dreamsync.Player)
        self.stands = (*map(dice.randrange, size), dice.randrange(360))
        self.stood_at = player.position[1]
        with contextlib.suppress(dreamsync.ClosedError):
            player.pose(*self.stands)

    def collect(self, network: Network) -> None:
        """Complete the record."""
        record, viewer = self.record, self.viewer
        record.heard += viewer.new_events()
        marks: set[str] = set()
        for line in network.of_client.get(self.process, ()):
            seen: list[Frame] = []
            since = 0
            for tick, payload in line.told:
                said = decode_server(payload)
                raw = payload.encode() if isinstance(payload, str) else payload
                if isinstance(said, _WHOLE):
                    told = Told(said, tick)
                    record.told.append(told)
                    since = told.position[1]
                    self.frames += [frame._replace(until=since) for frame in seen]
                    seen = []
                elif isinstance(said, wire.Poses):
                    seen.append(Frame(since, END, said.scene, said.poses))
                if isinstance(said, wire.Entered | wire.Reset) and said.recap:
                    recalled = _MARKS.findall(" ".join(said.recap).encode())
                    recap = frozenset(found.decode() for found in recalled)
                    self.recaps.append(Recap(said.seat, said.position[1], recap))
                    raw = repr(said.model_copy(update={"recap": ()})).encode()
                marks.update(found.decode() for found in _MARKS.findall(raw))
            self.frames += seen
        record.position = viewer.position
        record.mismatches = viewer.mismatches
        record.marks = frozenset(marks)


class People:
    """Makes clients, and knows them all."""

    def __init__(self, loop: SimLoop, network: Network, seed: int, odd_share: float) -> None:
        self.all: list[Person] = []
        self.is_over = False
        self._loop = loop
        self._network = network
        self._seed = seed
        self._odd_share = odd_share

    def conversation(
        self, process: str, entry: Entry | None, *, is_json: bool = False
    ) -> Callable[[Callable[[Notice], None]], Conversation]:
        """Return what makes a client's conversation."""
        dice = random.Random(f"jitter {self._seed} {process}")

        def connect(session: ClientSession, handle: Callable[[Notice], None]) -> Connection:
            made = SimConnection(
                "ws://sim", session, handle, is_json=is_json, clock=SdkClock(self._loop),
                jitter=dice.random,
            )  # fmt: skip
            made.network, made.client = self._network, process
            return made

        return lambda handle: Conversation(Greeting("sim", "en"), entry, handle, connect)

    async def enter(self, process: str, entry: Entry, *, is_json: bool = False) -> Person:
        """Let somebody in. Call it in the client's own process.

        Raises:
            DreamsyncError: it could not enter.
        """
        kinds = {"player": dreamsync.Player, "desk": dreamsync.Desk}
        kind: type[dreamsync.Viewer] = kinds.get(entry.as_kind, dreamsync.Viewer)
        viewer = kind(self.conversation(process, entry, is_json=is_json))
        await viewer.open()
        record = Record(process, entry.as_kind, viewer.session)
        person = Person(process, viewer, record, random.Random(f"{self._seed} {process}"))
        if isinstance(viewer, dreamsync.Desk):
            person.watch(viewer)
        self.all.append(person)
        return person

    async def play(self, person: Person, pause_s: float) -> None:
        """Act by chance, several things under way, until it is over."""
        player, dice = person.viewer, person.dice
        assert isinstance(player, dreamsync.Player)
        while not (self.is_over or player.is_over or player.facts.get("ending")):
            await asyncio.sleep(dice.uniform(0, 2 * pause_s))
            person.record.heard += player.new_events()
            person.tasks = [task for task in person.tasks if not task.done()]
            if dice.random() < _WALKS:
                person.stand()
            if len(person.tasks) >= _FLIGHT:
                continue
            work = (
                self._odd(player, dice)
                if player.facts["paused"] or dice.random() < self._odd_share
                else None
            )
            if work is None:
                asked = choose(player, dice)
                if asked is None:
                    continue
                person.record.asked.append(asked)
                work = self._act(player, asked)
            person.tasks.append(self._loop.create_task(work))

    async def _act(self, player: dreamsync.Player, asked: Asked) -> None:
        try:
            if asked.do in {choice.id for choice in player.choices}:
                asked.outcome = await player.choose(asked.do, str(asked.given["option"]))
            else:
                asked.outcome = await player.act(asked.do, **asked.given)
        except (*_LOST, dreamsync.ClosedError, dreamsync.RefusedError):
            return

    def _odd(self, player: dreamsync.Player, dice: random.Random) -> Work:
        """Return something else that players do."""
        others = [p.record.session for p in self.all if p.record.kind == "player"]
        match dice.randrange(12):
            case 0:
                return _quietly(player.release())
            case 1:
                return _quietly(player.handover(dice.choice(others)))
            case 2:
                return _quietly(player.pause(mark(dice)))
            case 3 | 4 | 5 | 6:
                return _quietly(player.unpause())
            case _:
                return _quietly(player.claim(dice.choice(("ada", "ben", "guest"))))

    async def direct(self, person: Person, pause_s: float) -> None:
        """Do what a game master does, until it is over."""
        desk, dice = person.viewer, person.dice
        assert isinstance(desk, dreamsync.Desk)
        while not (self.is_over or desk.is_over or desk.facts.get("ending")):
            await asyncio.sleep(dice.uniform(0, 2 * pause_s))
            person.record.heard += desk.new_events()
            if person.is_live and dice.random() < _LOOKS_BACK:
                await _quietly(_look_back(person, desk))
            elif person.is_live:
                await _quietly(self._desk_does(desk, dice))

    def _desk_does(self, desk: dreamsync.Desk, dice: random.Random) -> Work:
        role = dice.choice(("ada", "ben"))
        if desk.facts["paused"] and dice.random() < 0.7:
            return desk.resume()
        match dice.randrange(9):
            case 8:
                sessions = [p.record.session for p in self.all if p.record.kind == "player"]
                return desk.mute(dice.choice(sessions), on=dice.random() < 0.5)
            case 0 | 1:
                return desk.cue(dice.choice(("chime", "footsteps")), override=dice.random() < 0.3)
            case 2 | 3:
                return desk.whisper(role, mark(dice))
            case 4:
                return desk.seat(role, "understudy")
            case 5:
                return desk.seat(role, "nobody")
            case 6:
                return desk.hold(dice.choice(("chime", "footsteps")))
            case _:
                return desk.resume()

    async def settle(self, timeout_s: float, is_ended: Callable[[], bool]) -> str:
        """Wait until everybody is there and sees the newest word of the desk; else say who not."""
        missing = ""
        try:
            async with asyncio.timeout(timeout_s):
                missing = "the desk has no outcome"
                desk = next(p for p in self.all if p.record.kind == "desk")
                if desk.viewer.is_over and is_ended():
                    return ""
                outcome = await desk.viewer.whisper("all", "the end")  # type: ignore[attr-defined]
                seq = outcome.position[1]
                while late := [p for p in self.all if not _has_come_to(p, seq)]:
                    missing = ", ".join(
                        f"{p.process} at {p.viewer.position} of {seq},"
                        f" {p.viewer._conversation.session.state.value}"
                        for p in late
                    )
                    await asyncio.sleep(0.05)
        except dreamsync.ClosedError as error:
            return "" if is_ended() else f"{missing} ({error!r})"
        except (TimeoutError, *_LOST) as error:
            return f"{missing} ({error!r})"
        return ""


def _has_come_to(person: Person, seq: int) -> bool:
    viewer = person.viewer
    if viewer.is_over:
        return True
    return viewer._conversation.session.state is State.LIVE and viewer.position[1] >= seq


async def _look_back(person: Person, desk: dreamsync.Desk) -> None:
    """Look at a moment of the past with somebody's eyes, or branch a world from it."""
    dice = person.dice
    seq = dice.randint(1, desk.position[1] + 1)
    if dice.random() < 0.3:
        person.branches.append((await desk.branch(seq)).id)
    else:
        eyes = dice.choice(("desk", "watcher", "ada", "guest.1"))
        person.moments.append(await desk.look(seq, eyes))


async def _quietly(work: Work) -> None:
    try:
        await work
    except (*_LOST, dreamsync.ClosedError, dreamsync.RefusedError):
        return
