"""Seeded players over the real SDK, and what they were told: the clients of one world."""

import asyncio
import contextlib
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from support.invariants import Asked, History, Record, Told, check_world

import dreamsync
from dreamsync.dream import Dream, _socket_url
from dreamsync.entry import Greeting
from dreamsync.protocol import server_messages as wire
from dreamsync.protocol.cards import ActionOffer, ParamOffer
from dreamsync.session import State
from dreamsync_server.errors import StoreUnavailableError
from dreamsync_server.store.reading import catch_up
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import State as WorldState
from faults.line_tap import LineTap
from faults.rig import Rig, now_s

MARK = "cnry"
_MARKS = re.compile(rb"cnry[0-9a-f]{12}")
SETTLE_S = 10.0  # from the end of the faults until everybody goes on
ENTER_S = 30.0
READ_S = 60.0


class QuickClock:
    """A clock by which an SDK comes back sooner, so that more faults fit in a second."""

    def __init__(self, times: int = 5) -> None:
        self._times = times

    def mono_ms(self) -> int:
        """Return milliseconds since some start."""
        return int(asyncio.get_running_loop().time() * 1000)

    async def sleep(self, wait_s: float) -> None:
        """Wait a part of it."""
        await asyncio.sleep(wait_s / self._times)


@dataclass(eq=False)
class Client:
    """One client, its way to the node and its record."""

    tap: LineTap
    dream: Dream
    record: Record
    viewer: dreamsync.Viewer
    acks: list[float] = field(default_factory=list)  # when outcomes came, by the loop's clock
    asked_s: list[float] = field(default_factory=list)  # when each of those was asked for

    @property
    def is_live(self) -> bool:
        """Whether its session stands on a line now."""
        return self.viewer._conversation.session.state is State.LIVE

    @property
    def player(self) -> dreamsync.Player:
        """The client as a player."""
        assert isinstance(self.viewer, dreamsync.Player)
        return self.viewer

    @property
    def desk(self) -> dreamsync.Desk:
        """The client as a desk."""
        assert isinstance(self.viewer, dreamsync.Desk)
        return self.viewer


class Cast:
    """Everybody in one world of a rig. Close it by `stack` of who made it."""

    def __init__(self, rig: Rig, pack: Pack, seed: int, *, quick: int = 5) -> None:
        self.rig = rig
        self.pack = pack
        self.seed = seed
        self.clients: list[Client] = []
        self.world: dreamsync.World
        self.asked_for_s = 0.0  # when the world was, by the clock that never steps
        self.stack = contextlib.AsyncExitStack()
        self.on_ack: Callable[[], None] = lambda: None
        self._stop = asyncio.Event()
        self._quick = quick

    async def open(self, *, speed: int, understudies: bool = False) -> None:
        """Open the world."""
        self.asked_for_s = now_s()
        tap = await self.stack.enter_async_context(self.rig.line())
        dream = await self._dream(tap, is_json=False)
        async with asyncio.timeout(ENTER_S):
            while True:
                with contextlib.suppress(dreamsync.BusyError):  # a fault has just been
                    self.world = await dream.create_world(
                        self.pack.id, private=True, seed=self.seed, spectators=True,
                        understudies=understudies, speed=speed,
                    )  # fmt: skip
                    return
                await asyncio.sleep(0.1)

    async def enter(self, name: str, kind: str, role: str = "", *, is_json: bool = False) -> Client:
        """Let somebody in: kind is player, watch, desk."""
        tap = await self.stack.enter_async_context(self.rig.line())
        dream = await self._dream(tap, is_json=is_json)
        world = self.world
        viewer: dreamsync.Viewer
        if kind == "player":
            viewer = await dream.enter(world.id, role=role or None, name=name, invite=world.invite)
        elif kind == "watch":
            viewer = await dream.watch(world.id, invite=world.invite)
        else:
            viewer = await dream.desk(world.id, token=world.desk_token, name=name)
        assert dream._lobby is not None, "open"
        await dream._lobby.close()  # so that what is cut is the session's line
        record = Record(name=name, kind=kind, session=viewer.session)
        client = Client(tap, dream, record, viewer)
        self.clients.append(client)
        return client

    async def enter_all(self, roles: Sequence[str]) -> None:
        """Let a player in for each role, a desk and a spectator, in both sub-protocols."""
        for i, role in enumerate(roles):
            await self.enter(f"{role}-{i}", "player", role, is_json=i % 2 == 1)
        await self.enter("desk", "desk", is_json=True)
        await self.enter("watcher", "watch")

    async def _dream(self, tap: LineTap, *, is_json: bool) -> Dream:
        clock = QuickClock(self._quick) if self._quick > 1 else None
        dream = Dream(
            _socket_url(tap.url), Greeting("bot", "en"), is_json=is_json, clock=clock,
            patience_s=120.0,
        )  # fmt: skip
        return await self.stack.enter_async_context(dream)

    @property
    def players(self) -> list[Client]:
        """Those who play a role."""
        return [client for client in self.clients if client.record.kind == "player"]

    @property
    def desk(self) -> dreamsync.Desk:
        """The first desk."""
        return next(c.desk for c in self.clients if c.record.kind == "desk")

    @property
    def is_running(self) -> bool:
        """Whether the world has not ended, as far as the desk knows."""
        return not self.desk.facts.get("ending")

    def told(self) -> str:
        """Return where everybody stands, for who asks why nothing goes on."""
        found = [f"world {self.world.id}, paused {self.desk.facts.get('paused')}"]
        for client in self.clients:
            state = client.viewer._conversation.session.state.value
            found.append(f"{client.record.name} {state} at {client.viewer.position}")
        return ", ".join(found)

    async def play(self, *, pause_s: float = 0.03) -> None:
        """Let all players act by seeded choice until they are to rest, or the world ends."""
        async with asyncio.TaskGroup() as group:
            for client in self.players:
                dice = random.Random(f"{self.seed}/{client.record.name}")
                group.create_task(play(client, dice, self._stop, pause_s, self.on_ack))

    def rest(self) -> None:
        """Let nobody act any more."""
        self._stop.set()

    async def settle(self) -> None:
        """See that everybody goes on: the desk's word reaches all, within `SETTLE_S`."""
        word = f"settled {self.seed}"
        async with asyncio.timeout(SETTLE_S):
            outcome = await self.desk.whisper("all", word)
            assert outcome.ok or outcome.code == "ended", outcome
            for client in self.clients:
                await until_position(client.viewer, outcome.position)

    async def log(self) -> tuple[list[Commit], WorldState]:
        """Return the world's whole log as the store has it, and the state it comes to."""
        async with asyncio.timeout(READ_S):
            while True:
                state = WorldState(self.pack)
                with contextlib.suppress(StoreUnavailableError):  # we may be what is slow
                    return list(await catch_up(self.rig.reader, self.world.id, state)), state
                await asyncio.sleep(0.1)

    async def check(self) -> History:
        """Check the log and everybody's record."""
        for client in self.clients:
            collect(client)
        commits, _ = await self.log()
        confirmed = self.rig.node_tap.confirmed.get(self.world.id, [])
        records = [client.record for client in self.clients]
        return check_world(self.pack, commits, records, confirmed, MARK)


async def until_position(viewer: dreamsync.Viewer, position: tuple[int, int]) -> None:
    """Wait until a viewer has come to a position; the deadline is the caller's."""
    while viewer.position[1] < position[1] and not viewer.is_over:
        await asyncio.sleep(0.005)


def collect(client: Client) -> None:
    """Complete a client's record: what came down its lines, and what its SDK made of it."""
    record, viewer = client.record, client.viewer
    whole = (wire.Entered, wire.Reset, wire.View, wire.Quiet)
    told = [Told(said, tick) for tick, said in client.tap.messages() if isinstance(said, whole)]
    record.told = told
    record.heard += viewer.new_events()
    record.position = viewer.position
    record.mismatches = viewer.mismatches
    raw = client.tap.raw
    record.marks = frozenset(found.decode() for found in _MARKS.findall(raw))


async def play(
    client: Client,
    dice: random.Random,
    until: asyncio.Event,
    pause_s: float,
    on_ack: Callable[[], None],
) -> None:
    """Act until told to stop."""
    loop = asyncio.get_running_loop()
    player, record = client.player, client.record
    while not until.is_set() and not player.is_over and not player.facts.get("ending"):
        record.heard += player.new_events()
        asked = choose(player, dice)
        if asked is not None:
            record.asked.append(asked)
            asked_s = loop.time()
            try:
                if "option" in asked.given and asked.do in {c.id for c in player.choices}:
                    outcome = await player.choose(asked.do, str(asked.given["option"]))
                else:
                    outcome = await player.act(asked.do, **asked.given)
            except (dreamsync.UnknownOutcomeError, dreamsync.BusyError, dreamsync.LineLostError):
                continue
            except dreamsync.ClosedError:
                return
            asked.outcome = outcome
            client.acks.append(loop.time())
            client.asked_s.append(asked_s)
            on_ack()
        await asyncio.sleep(dice.uniform(0, 2 * pause_s))


def choose(player: dreamsync.Player, dice: random.Random) -> Asked | None:
    """Choose something that is offered and ready; a choice that waits comes first."""
    for choice in player.choices:
        return Asked(choice.id, {"option": dice.choice(choice.options).id})
    offers = [offer for offer in player.actions() if _can_be_done(offer)]
    if not offers:
        return None
    offer = dice.choice(offers)
    return Asked(offer.id, {param.name: fill(param, dice) for param in offer.params})


def fill(param: ParamOffer, dice: random.Random) -> bool | int | str:
    """Return a value that the parameter's offer allows; a text carries a mark of its own."""
    match param.type:
        case "choice":
            return dice.choice(param.choices).id
        case "int":
            return dice.randint(param.low or 0, param.high or 0)
        case "bool":
            return dice.random() < 0.5
        case _:
            return mark(dice)[: param.size or 0]


def mark(dice: random.Random) -> str:
    """Return a text that is found nowhere else."""
    return f"{MARK}{dice.getrandbits(48):012x}"


def _can_be_done(offer: ActionOffer) -> bool:
    return offer.is_ready and all(p.choices or p.type != "choice" for p in offer.params)
