"""A small server end of the wire for tests of clients: one world with one fact, kept by hand.

It keeps the rules of the protocol that a client leans on: proposals in order, a gap refused, each
number decided once, resume from a position. It knows two actions: `add` {by} raises
`expo.crowd` and says so, `fly` is refused.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from dreamsync.protocol import digest
from dreamsync.protocol.codec import decode_client, encode
from dreamsync.protocol.drift import UNIT
from dreamsync.protocol.fields import wire_map
from dreamsync.protocol.values import WireDrift

Plain = dict[str, Any]
WORLD: Final = "w_1"
DESK_TOKEN: Final = "d_1"
CARD: Final = {"id": WORLD, "pack": "expo", "title": "Expo"}
ADD: Final = {
    "id": "add",
    "label": "Bring people",
    "params": [{"name": "by", "type": "int", "low": 1, "high": 1}],
}
WARMTH: Final = {"fine": 7 * UNIT, "rate": -3600, "since": 0, "low": 0, "high": 10}


@dataclass
class FakeSession:
    """What the world knows of a session."""

    id: str
    decided: dict[int, Plain] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return max(self.decided, default=0)


@dataclass
class FakeWorld:
    """The world: a log of (changes, events) and who is in it. The knobs are set by tests."""

    facts: dict[str, Any] = field(default_factory=lambda: {"expo.crowd": 0, "leo.warmth": WARMTH})
    epoch: int = 1
    log: list[tuple[Plain, list[Plain]]] = field(default_factory=list)
    sessions: dict[str, FakeSession] = field(default_factory=dict)
    lines: list["FakeLine"] = field(default_factory=list)
    acted: list[Plain] = field(default_factory=list)  # what was decided, in order, once each
    not_taken: list[tuple[str, int | None]] = field(default_factory=list)  # errors to come
    entry_errors: list[Plain] = field(default_factory=list)  # answers to the next entries
    has_forgotten: bool = False  # positions: a resume gets a snapshot
    is_lying: bool = False  # the digests of views are wrong
    received: list[Plain] = field(default_factory=list)

    @property
    def seq(self) -> int:
        return len(self.log)

    @property
    def ms(self) -> int:
        return 1000 * self.seq

    @property
    def digest(self) -> str:
        total = 0
        for name, value in self.facts.items():
            wire = WireDrift(**value) if isinstance(value, dict) else value
            total = digest.add(total, name, wire)
        return digest.as_hex(total)

    def commit(
        self, changes: Plain, text: str = "", outcomes: dict[str, list[Plain]] | None = None
    ) -> None:
        """Append, and show it to every line that is in."""
        seq = self.seq + 1
        events = [{"kind": "told", "at": [seq, 0], "ms": 1000 * seq, "text": text}] if text else []
        self.facts |= changes
        self.log.append((changes, events))
        for line in self.lines:
            if line.session is not None:
                line.view(changes, events, (outcomes or {}).get(line.session.id, []))

    def decide(self, session: FakeSession, plain: Plain) -> None:
        """Decide a proposal, or answer a repeat with what was decided."""
        n = plain["n"]
        if n in session.decided:
            self.commit({}, outcomes={session.id: [session.decided[n]]})
            return
        self.acted.append(plain)
        changes, text, code = self._effect(plain)
        outcome = {"n": n, "code": code, "ok": code == "ok", "pos": [self.epoch, self.seq + 1]}
        if code != "ok":
            outcome["text"] = "You have no wings."
        session.decided[n] = outcome
        self.commit(changes, text, {session.id: [outcome]})

    def _effect(self, plain: Plain) -> tuple[Plain, str, str]:
        if plain["type"] != "act":
            return {}, plain["type"], "ok"
        if plain["action"] != "add":
            return {}, "", "condition"
        crowd = self.facts["expo.crowd"] + plain["params"]["by"]
        return {"expo.crowd": crowd}, f"now {crowd}", "ok"


class FakeLine:
    """The server's end of one socket: `receive` a map, then send what is in `out`."""

    def __init__(self, world: FakeWorld) -> None:
        self.world = world
        self.session: FakeSession | None = None
        self.out: list[Plain] = []
        self.close_code: int | None = None
        self._next_n = 1
        self._watched: dict[str, tuple[str, int, bool]] = {}

    def receive(self, plain: Plain) -> None:
        """Take a client's message, checked as a server checks it."""
        wire_map(decode_client(encode(plain)))
        self.world.received.append(plain)
        if plain["type"] == "hello":
            self.out.append({"type": "welcome", "v": 1, "server": "fake", "limits": {"a": 1}})
        elif "n" in plain:
            self._propose(plain)
        elif plain["type"] in ("enter", "resume"):
            self._enter(plain)
        elif "q" in plain:
            self._ask(plain)

    def hang_up(self, code: int, name: str | None = None, retry_ms: int | None = None) -> None:
        """Say bye and close."""
        if name is not None:
            bye: Plain = {"type": "bye", "code": name, "text": "Bye."}
            self.out.append(bye if retry_ms is None else {**bye, "retry_ms": retry_ms})
        self.close_code = code
        self.gone()

    def gone(self) -> None:
        """Be no longer in the world."""
        if self in self.world.lines:
            self.world.lines.remove(self)

    def view(self, changes: Plain, events: list[Plain], outcomes: list[Plain]) -> None:
        """Send what one commit changed."""
        world = self.world
        self.out.append(
            {
                "type": "view",
                "pos": [world.epoch, world.seq],
                "ms": world.ms,
                "digest": "0" * 16 if world.is_lying else world.digest,
                "changes": changes,
                "events": events,
                "outcomes": outcomes,
            }
        )
        for name, (when, least, held) in self._watched.items():
            holds = world.facts["expo.crowd"] >= least
            if holds != held:
                self._watched[name] = (when, least, holds)
                self.hit(name, holds)

    def hit(self, name: str, holds: bool) -> None:
        pos = [self.world.epoch, self.world.seq]
        facts = {"expo.crowd": self.world.facts["expo.crowd"]}
        self.out.append({"type": "hit", "id": name, "pos": pos, "holds": holds, "facts": facts})

    def reset(self, why: str, *, resumed: bool) -> None:
        """Send a whole view, unasked."""
        assert self.session is not None
        whole = self._whole(self.session, resumed)
        self.out.append({"type": "reset", **whole, "why": why, "recap": ["It was night."]})

    def _propose(self, plain: Plain) -> None:
        n = plain["n"]
        if self.session is None:
            self._error("not_entered", n=n)
        elif n > self._next_n:
            self._error("gap", n=n)
        elif self.world.not_taken:
            code, retry_ms = self.world.not_taken.pop(0)
            self._error(code, n=n, retry_ms=retry_ms)
        else:
            self._next_n = max(self._next_n, n + 1)
            self.world.decide(self.session, plain)
            if plain["type"] == "leave":
                self.hang_up(1000)

    def _enter(self, plain: Plain) -> None:
        if self.world.entry_errors:
            self.out.append({"type": "error", "q": plain["q"], **self.world.entry_errors.pop(0)})
            return
        if plain["type"] == "resume":
            session = self.world.sessions[plain["session"]]
            resumed = not self.world.has_forgotten
            since = plain["seq"] if resumed else self.world.seq
        else:
            session = FakeSession(f"s_{len(self.world.sessions) + 1}")
            self.world.sessions[session.id] = session
            resumed, since = False, self.world.seq
            if plain["as"] == "desk" and plain.get("token") != DESK_TOKEN:
                self._error("unknown_world", q=plain["q"])
                return
        self.session = session
        self._next_n = session.n + 1
        self.world.lines.append(self)
        missed = [event for _, events in self.world.log[since:] for event in events]
        whole = self._whole(session, resumed)
        whole |= {"events": missed, "recap": [] if resumed else ["It was night."]}
        self.out.append({"type": "entered", **whole, "q": plain["q"]})

    def _ask(self, plain: Plain) -> None:
        kind, q = plain["type"], plain["q"]
        answer: Plain = {"type": "answer", "q": q, "of": kind}
        match kind:
            case "create":
                made = {"world": WORLD, "desk_token": DESK_TOKEN, "invite": "i_1"}
                answer = {"type": "created", "q": q, **made}
            case "list":
                answer = {"type": "worlds", "q": q, "worlds": [CARD]}
            case "card":
                answer = {"type": "card", "q": q, "world": CARD}
            case "why":
                answer |= {"why": {"beat": plain["beat"], "code": "ok", "text": "It can."}}
            case "people":
                people = [{"session": one, "name": "", "as": "player"} for one in self._here()]
                answer |= {"people": people}
            case "lang":
                answer |= {"lang": plain["lang"]}
            case "watch":
                self._watch(plain)
                return
            case "resync":
                self.reset("resync", resumed=True)
                return
        self.out.append(answer)

    def _watch(self, plain: Plain) -> None:
        fact, _, least = plain["when"].partition(" >= ")
        if fact != "expo.crowd":
            self._error("bad_condition", q=plain["q"])
            return
        holds = self.world.facts["expo.crowd"] >= int(least)
        self._watched[plain["id"]] = (plain["when"], int(least), holds)
        answer = {"type": "answer", "q": plain["q"], "of": "watch", "holds": holds}
        self.out.append(answer)
        if holds != plain.get("was", False):
            self.hit(plain["id"], holds)

    def _here(self) -> list[str]:
        return [line.session.id for line in self.world.lines if line.session is not None]

    def _error(self, code: str, **where: Any) -> None:
        text = {"type": "error", "code": code, "text": f"No: {code}."}
        self.out.append({**text, **{key: item for key, item in where.items() if item is not None}})

    def _whole(self, session: FakeSession, resumed: bool) -> Plain:
        world = self.world
        return {
            "session": session.id,
            "secret": f"k_{session.id}",
            "as": "player",
            "role": "leo",
            "seat": "leo",
            "world": CARD,
            "position": [world.epoch, world.seq],
            "ms": world.ms,
            "at": 0,
            "speed": 1000,
            "running": True,
            "n": session.n,
            "facts": world.facts,
            "actions": [ADD],
            "choices": [],
            "cards": {},
            "digest": world.digest,
            "resumed": resumed,
        }
