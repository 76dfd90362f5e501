"""A room with clients that have no sockets, fed by a world that is played without a store."""

import random
from collections.abc import Mapping
from typing import Any

from dreamsync.protocol import digest as wire_digest
from dreamsync.protocol import server_messages as wire
from dreamsync.protocol.codec import decode_server
from dreamsync.protocol.values import WireDrift, WireText
from dreamsync_server.clock import ManualClock
from dreamsync_server.gateway.conversation import JSON, MSGPACK
from dreamsync_server.gateway.delivery import tail_views
from dreamsync_server.gateway.follower import Follower
from dreamsync_server.gateway.frames import Codec
from dreamsync_server.gateway.gate import JUDGE, atoms_of
from dreamsync_server.gateway.group import Member
from dreamsync_server.gateway.rewind import replay, unwound
from dreamsync_server.gateway.room import Room
from dreamsync_server.gateway.views import Judge
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.port import WorldCard
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.audience import class_of, is_system, sees
from dreamsync_server.world.commit import Cause, Outcome, Position
from dreamsync_server.world.offers import OfferBook
from dreamsync_server.world.seats import seat_of
from dreamsync_server.world.values import Drift, TextRef
from support.packs import night

CARD = WorldCard("w", "starter", "hash", 7, False, 0, desk_hash="d" * 64)


def pinged(frame: bytes) -> bytes | None:
    """Return what a server's ping holds; None for a frame that is none."""
    return frame[2:] if frame[0] & 0x0F == 9 else None


def payload_of(frame: bytes) -> bytes | str:
    """Return what a server's frame holds: str of a text frame."""
    length = frame[1]
    start = 2 if length < 126 else 4 if length == 126 else 10
    payload = frame[start:]
    return payload.decode() if frame[0] & 0x0F == 1 else payload


class FakeLine:
    """A line that keeps what is written to it."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.waiting_bytes = 0

    def write(self, frame: bytes) -> None:
        self.frames.append(frame)

    def buffered(self) -> int:
        return self.waiting_bytes

    def messages(self) -> list[Any]:
        """Return what was written so far, each checked against the protocol, and forget it."""
        taken = [decode_server(payload_of(frame)) for frame in self.frames]
        self.frames.clear()
        return taken


class Client:
    """A client's mirror: it applies what it is sent, as an SDK does. `happened` are its events."""

    def __init__(self, session: str, kind: str, lang: str = "en", codec: Codec = MSGPACK) -> None:
        self.session, self.kind, self.lang, self.codec = session, kind, lang, codec
        self.line = FakeLine()
        self.member: Member | None = None
        self.facts: dict[str, Any] = {}
        self.position = Position(0, 0)
        self.happened: dict[tuple[int, int], tuple[str, str, str]] = {}
        self.outcomes: dict[int, str] = {}
        self.offers: dict[str, Any] = {}
        self.seen: list[Any] = []  # every message
        self.raw = b""  # every byte
        self.cut_as = ""
        self.is_running: bool | None = None

    # --- the owner's side

    def decided(self, outcome: Outcome, cause: Cause) -> None:
        pass

    def missed(self) -> None:
        pass

    def cut(self, name: str) -> None:
        self.cut_as = name

    # --- the client's side

    def read(self) -> None:
        """Apply all that has come, and hold it to its digest."""
        self.raw += b"".join(self.line.frames)
        for message in self.line.messages():
            self.seen.append(message)
            match message:
                case wire.Entered() | wire.Reset():
                    self.facts = dict(message.facts)
                    self.offers = {offer.id: offer for offer in message.actions}
                    self._moved(message.position)
                    self.is_running = message.running
                    self._take(message)
                    self._check(message.digest)
                case wire.View():
                    for name in message.gone:
                        self.facts.pop(name, None)
                    self.facts.update(message.changes)
                    self.offers.update({offer.id: offer for offer in message.actions})
                    for action in message.withdrawn:
                        del self.offers[action]
                    self._moved(message.pos)
                    if message.running is not None:
                        self.is_running = message.running
                    self._take(message)
                    self._check(message.digest)
                case wire.Quiet():
                    self._moved(message.pos)
                case _:
                    pass

    def _moved(self, position: tuple[int, int]) -> None:
        assert position[1] >= self.position.seq, "a position never falls"
        self.position = Position(*position)

    def _take(self, message: Any) -> None:
        for event in message.events:
            assert event.at not in self.happened, f"{event.at} came twice"
            self.happened[event.at] = (event.kind, event.who, event.text)
        for outcome in message.outcomes:
            self.outcomes[outcome.n] = outcome.code

    def _check(self, digest: str) -> None:
        total = 0
        for name, value in self.facts.items():
            total = wire_digest.add(total, name, value)
        assert wire_digest.as_hex(total) == digest, f"{self.session} at {self.position}"


class Stage:
    """A world being played, and a room whose follower is handed its commits."""

    def __init__(self, play: Playthrough | None = None, judge: Judge = JUDGE) -> None:
        self.play = play or night()
        self.clock = ManualClock()
        self.store = MemoryStore(self.clock)
        self.follower = Follower("w", self.play.pack, self.store)
        self.wakes: list[float] = []
        self.room = Room(self.follower, CARD, self.clock.mono_s, self.wakes.append, judge)
        self.book = OfferBook(self.play.pack)
        self._handed = 0
        self.hand_over()

    def hand_over(self) -> None:
        """Give the follower what was decided since the last time, as a host does."""
        news = self.play.commits[self._handed :]
        self._handed = len(self.play.commits)
        self.follower.on_confirmed(news)

    def pass_ms(self, ms: int) -> None:
        """Let wall time pass, with all that falls due in the room."""
        self.clock.advance(ms)
        due = [at_s for at_s in self.wakes if at_s <= self.clock.mono_s()]
        if due:
            self.wakes[:] = [at_s for at_s in self.wakes if at_s > self.clock.mono_s()]
            self.room.pump()

    def enter(
        self, session: str, kind: str = "player", role: str = "", *, codec: Codec = MSGPACK
    ) -> Client:
        """Let a session join and come into the room."""
        if kind != "watch":
            outcome = self.play.join(session, role, kind)  # type: ignore[arg-type]
            assert outcome.code == "ok", outcome
            self.hand_over()
        client = Client(session, kind, codec=codec)
        self.admit(client, None)
        return client

    def admit(self, client: Client, resumed: Position | None) -> None:
        """Bring a client in, at a position it was at or anew."""
        room = self.room
        turns = []
        if resumed is not None:
            assert self.follower.is_on_history(resumed)
            steps = self.follower.steps_after(resumed.seq)
            assert steps is not None, "the ring reaches back"
            past = unwound(self.follower.index, steps)
            look = room.sender.look_of(client.kind, client.session)
            turns = replay(past, steps, look, client.session)
        client.line = FakeLine()
        member = room.member(
            client.kind, client.session, "secret", client.lang, client.codec, client.line, client
        )
        whole = room.sender.whole(member, turns)
        entered = {"type": "entered", "q": 1, **whole, "resumed": resumed is not None}
        room.admit(member, entered, tail_views(member, self.follower, turns))
        client.member = member
        client.read()

    def lose(self, client: Client) -> None:
        """Cut a client's line; what was written before still arrives."""
        client.read()
        assert client.member is not None
        self.room.discard(client.member)
        client.member = None

    def truth(self, client: Client) -> Mapping[str, Any]:
        """Return what a client must see now, straight from the rules of audiences."""
        facts, pack = self.play.facts, self.play.pack
        atoms = atoms_of(pack, facts, client.kind, client.session)
        return {
            name: self.on_wire(value)
            for name, value in facts.items()
            if not is_system(name) and sees(atoms, class_of(pack, facts, name))
        }

    def on_wire(self, value: Any) -> Any:
        if isinstance(value, Drift):
            fine, rate, since, low, high = value
            return WireDrift(fine=fine, rate=rate, since=since, low=low, high=high)
        if isinstance(value, TextRef):
            text = self.follower.texts.get(value.ref, "")
            return WireText(text=text, ref=value.ref, digest=value.digest)
        return value

    # --- random play

    def random_turn(self, rng: random.Random, sessions: list[str]) -> None:
        """Let one of the sessions do something, or time pass, as chance wants."""
        play = self.play
        if play.ending or rng.random() < 0.15:
            play.pass_ms(rng.choice((500, 5_000, 40_000)))
            return
        session = rng.choice(sessions)
        match rng.randrange(20):
            case 0:
                play.ask("release", "player", session)
            case 1 | 2:
                play.ask("claim", "player", session, {"role": rng.choice(("ada", "ben", "guest"))})
            case 3:
                play.ask(rng.choice(("pause", "unpause")), "player", session)
            case _:
                self._random_act(rng, session)

    def _random_act(self, rng: random.Random, session: str) -> None:
        seat = seat_of(self.play.facts, session)
        if not seat:
            return
        offers = self.book.offered(self.play.facts, seat)
        if not offers:
            return
        offer = rng.choice(offers)
        params: dict[str, Any] = {}
        for param in offer.params:
            if param.is_free_text:
                params[param.name] = f"words {rng.randrange(1000)}"
            elif param.values:
                params[param.name] = rng.choice(param.values)
            elif param.type.kind == "int":
                params[param.name] = rng.randint(param.type.low, param.type.high)
        self.play.act(session, offer.action, **params)


CODECS = (MSGPACK, JSON)


def two_in_the_kitchen() -> tuple[Stage, Client, Client]:
    """Return a stage with Ada and Ben, to whom everything so far was sent."""
    stage = Stage()
    clients = stage.enter("a", role="ada"), stage.enter("b", role="ben")
    stage.pass_ms(1_000)
    stage.room.beat()
    for client in clients:
        client.read()
        client.seen.clear()
    return stage, *clients
