"""One client's conversation with a gateway, without a socket: messages in, things to do out.

Theory of operation. A session is in one `Phase`:

    HELLO ──hello──► LOBBY ──enter, resume──► ENTERING ──entered()──► PLAYER WATCH DESK SCRIPT
                       ▲                         │                              │
                       └────not_entered()────────┘                              ▼
                             from any phase, by a peer's fault or our own:   CLOSED

`LEGAL` says which messages each phase takes; all others are answered with an error and change
nothing. Requests (`q`) are handed to the shell as `Ask`. Proposals (`n`) are taken in order only:
the next number is handed on as `Propose`; an old one too, since the world answers a repeat with
what it decided; a number beyond the next is answered `gap`. What is not taken (rate, too many
under way, the inbox full) takes no number. Time and salts are handed in; nothing is random here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, get_args

from dreamsync.protocol import bounds
from dreamsync.protocol import client_messages as wire
from dreamsync.protocol import desk_messages as desk
from dreamsync.protocol import history_messages as past
from dreamsync.protocol.class_messages import AskClass, OpenClass
from dreamsync.protocol.codes import CLOSE_BY_NAME, ERRORS
from dreamsync_server.gateway.proposing import FreeTexts, proposal_of
from dreamsync_server.gateway.ratelimit import MessageMeter
from dreamsync_server.limits import PENDING_PROPOSALS_MAX
from dreamsync_server.world.commit import Proposal, ProposerKind

Message = wire.Hello | wire.Pose | wire.Asked | wire.Proposed
NORMAL_CLOSE: Final = 1000
BUSY_RETRY_MS: Final = 250


class Phase(Enum):
    """Where a conversation is."""

    HELLO = "hello"
    LOBBY = "lobby"
    ENTERING = "entering"
    PLAYER = "player"
    WATCH = "watch"
    DESK = "desk"
    SCRIPT = "script"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Send:
    """Send one message's map; it holds nothing about a world."""

    message: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Propose:
    """Hand a proposal to the world; `not_taken` where it was not."""

    proposal: Proposal


@dataclass(frozen=True, slots=True)
class Ask:
    """Answer a request."""

    message: wire.Asked


@dataclass(frozen=True, slots=True)
class Posed:
    """Note where the client's avatar stands."""

    pose: wire.Pose


@dataclass(frozen=True, slots=True)
class Close:
    """Send `bye`, then close the socket with this number."""

    number: int
    name: str
    text: str
    retry_ms: int | None = None


Todo = Send | Propose | Ask | Posed | Close

_LOBBY: Final = frozenset("create list card enter resume open_class class".split())
_EVERYBODY: Final = frozenset(("list", "card", "lang", "people", "resync", "leave"))
_DIRECTING: Final = frozenset(
    "cue hold unhold skip undo whisper nudge direct veto pause unpause why watch unwatch graph"
    " tension reports".split()
)
_OF_THE_PAST: Final = frozenset("history look branch erase".split())
LEGAL: Final[dict[Phase, frozenset[str]]] = {
    Phase.HELLO: frozenset(("hello",)),
    Phase.LOBBY: _LOBBY,
    Phase.ENTERING: frozenset(("list", "card")),
    Phase.PLAYER: _EVERYBODY
    | frozenset("act choose claim release handover background pause unpause pose report".split()),
    Phase.WATCH: _EVERYBODY - {"people"},
    Phase.DESK: _EVERYBODY
    | _DIRECTING
    | _OF_THE_PAST
    | frozenset(("remove", "seat", "mute", "close")),
    Phase.SCRIPT: _EVERYBODY | _DIRECTING,
    Phase.CLOSED: frozenset(),
}
IN_WORLD: Final = (Phase.PLAYER, Phase.WATCH, Phase.DESK, Phase.SCRIPT)
_PROPOSED: Final = get_args(wire.Proposed)
_PROPOSER: Final[dict[Phase, ProposerKind]] = {
    Phase.PLAYER: "player",
    Phase.DESK: "desk",
    Phase.SCRIPT: "script",
}
_ONLY_IN_A_WORLD: Final = frozenset().union(*(LEGAL[phase] for phase in IN_WORLD)) - _LOBBY


class Session:
    """The state machine of one conversation."""

    __slots__ = (
        "_decided_n", "_free_texts", "_meter", "_n", "_pending",
        "lang", "phase", "session", "token",
    )  # fmt: skip

    def __init__(self, now_s: float) -> None:
        self.phase = Phase.HELLO
        self.lang = "en"
        self.token: str | None = None  # the operator's, or what is said to be it
        self.session = ""  # the session's id in the world, once it is in one
        self._meter = MessageMeter(now_s)
        self._free_texts: FreeTexts = {}
        self._n = 0  # the highest proposal that was taken
        self._decided_n = 0  # the highest that has its outcome
        self._pending: dict[int, None] = {}

    # --- what a client sends ---------------------------------------------------------------

    def receive(self, message: Message, now_s: float, salt: str = "") -> list[Todo]:
        """Take one message in. `salt` goes with the free texts in it: fresh for each message."""
        if self.phase is Phase.CLOSED:
            return []
        refused = self._meter_one(message, now_s)
        if refused is not None:
            return refused
        if message.type not in LEGAL[self.phase]:
            return self._not_legal(message)
        match message:
            case wire.Hello():
                return self._greeted(message)
            case wire.Pose():
                return [Posed(message)]
            case wire.Enter() | wire.Resume():
                self.phase = Phase.ENTERING
                return [Ask(message)]
            case (
                wire.Create() | wire.List() | wire.Card() | wire.AskWhy() | wire.Watch()
                | wire.Unwatch() | wire.SetLang() | wire.People() | wire.Resync()
                | desk.AskGraph() | desk.AskTension() | desk.AskReports()
                | past.AskHistory() | past.AskLook() | past.Branch() | past.Erase()
                | OpenClass() | AskClass()
            ):  # fmt: skip
                return [Ask(message)]
            case _:
                return self._proposed(message, salt)

    def unreadable(
        self, code: str, text: str, now_s: float, q: int | None = None, n: int | None = None
    ) -> list[Todo]:
        """Take in a frame that could not be decoded."""
        if self.phase is Phase.CLOSED:
            return []
        if self.phase is Phase.HELLO:
            return self.close("bad_hello")
        if not self._meter.take(now_s):
            return self.close("flood") if self._meter.is_flood() else []
        return [_error(code, text, q=q, n=n)]

    # --- what the shell and the world say --------------------------------------------------

    def entered(self, kind: str, session: str, n: int, free_texts: FreeTexts) -> None:
        """Begin or go on in a world as `kind`, with `n` the highest proposal decided there."""
        assert self.phase is Phase.ENTERING, "nothing was asked that leads into a world"
        self.phase = Phase(kind)
        self.session = session
        self._free_texts = free_texts
        self._n = self._decided_n = n
        self._pending.clear()

    def not_entered(self) -> None:
        """Be back in the lobby: the world did not let the session in."""
        if self.phase is Phase.ENTERING:
            self.phase = Phase.LOBBY

    def decided(self, n: int) -> None:
        """Know that a proposal has its outcome."""
        self._pending.pop(n, None)
        self._decided_n = max(self._decided_n, n)
        self._n = max(self._n, n)

    def not_taken(self, n: int, code: str, retry_ms: int | None = BUSY_RETRY_MS) -> list[Todo]:
        """Answer a proposal that could not be handed on; its number is free again.

        Of a repeat it is not: what was said before may have been decided meanwhile.
        """
        for later in [known for known in self._pending if known >= n]:
            del self._pending[later]
        self._n = max(self._decided_n, min(self._n, n - 1))
        return [_error(code, ERRORS[code].meaning, n=n, retry_ms=retry_ms)]

    def close(self, name: str, text: str = "", retry_ms: int | None = None) -> list[Todo]:
        """Close with a code of `dreamsync.protocol.codes`, or normally where `name` is "left"."""
        if self.phase is Phase.CLOSED:
            return []
        self.phase = Phase.CLOSED
        known = CLOSE_BY_NAME.get(name)
        if known is None:
            return [Close(NORMAL_CLOSE, name, text or "Goodbye.", retry_ms)]
        return [Close(known.number, name, text or known.meaning, retry_ms)]

    # --- inside ----------------------------------------------------------------------------

    def _meter_one(self, message: Message, now_s: float) -> list[Todo] | None:
        if self._meter.take(now_s):
            return None
        if self._meter.is_flood():
            return self.close("flood")
        if isinstance(message, wire.Pose):
            return []
        wait_ms = self._meter.wait_ms(now_s)
        q, n = getattr(message, "q", None), getattr(message, "n", None)
        return [_error("rate", ERRORS["rate"].meaning, q=q, n=n, retry_ms=wait_ms)]

    def _not_legal(self, message: Message) -> list[Todo]:
        if self.phase is Phase.HELLO:
            return self.close("bad_hello")
        q, n = getattr(message, "q", None), getattr(message, "n", None)
        if isinstance(message, wire.Hello):
            code = "not_greeted"
        elif self.phase in IN_WORLD:
            code = "already_entered" if message.type in _LOBBY else "not_allowed"
        elif message.type in _ONLY_IN_A_WORLD or isinstance(message, _PROPOSED):
            code = "not_entered"
        else:
            code = "already_entered"
        return [_error(code, ERRORS[code].meaning, q=q, n=n)]

    def _greeted(self, hello: wire.Hello) -> list[Todo]:
        if hello.v != bounds.VERSION:
            return self.close("version", f"This server speaks version {bounds.VERSION}.")
        self.phase = Phase.LOBBY
        self.lang, self.token = hello.lang, hello.token
        return [Send(_welcome())]

    def _proposed(self, message: wire.Proposed, salt: str) -> list[Todo]:
        n = message.n
        if self.phase is Phase.WATCH:  # spectators are no part of the world: they just go
            return self.close("left")
        if n > self._n + 1:
            text = f"Proposals are taken in order: {self._n + 1} is next."
            return [_error("gap", text, n=n)]
        if n not in self._pending and len(self._pending) >= PENDING_PROPOSALS_MAX:
            return [_error("busy", ERRORS["busy"].meaning, n=n, retry_ms=BUSY_RETRY_MS)]
        self._pending[n] = None
        self._n = max(self._n, n)
        by = _PROPOSER[self.phase]
        return [Propose(proposal_of(message, by, self.session, salt, self._free_texts))]


def error_map(
    code: str,
    text: str,
    *,
    q: int | None = None,
    n: int | None = None,
    retry_ms: int | None = None,
) -> dict[str, Any]:
    """Return an `error` message; it names nothing of a world."""
    message: dict[str, Any] = {"type": "error", "code": code, "text": text}
    given: Sequence[tuple[str, int | None]] = (("q", q), ("n", n), ("retry_ms", retry_ms))
    message.update((name, value) for name, value in given if value is not None)
    return message


def bye_map(close: Close) -> dict[str, Any]:
    """Return the `bye` that goes before a close."""
    message: dict[str, Any] = {"type": "bye", "code": close.name, "text": close.text}
    if close.retry_ms is not None:
        message["retry_ms"] = close.retry_ms
    return message


def _error(
    code: str, text: str, *, q: int | None = None, n: int | None = None, retry_ms: int | None = None
) -> Send:
    return Send(error_map(code, text, q=q, n=n, retry_ms=retry_ms))


def _welcome() -> dict[str, Any]:
    limits = {
        "frame_bytes_max": bounds.FRAME_BYTES_MAX,
        "messages_per_s": bounds.MESSAGES_PER_S,
        "messages_burst": bounds.MESSAGES_BURST,
        "pending_proposals_max": bounds.PENDING_PROPOSALS_MAX,
        "say_chars_max": bounds.SAY_CHARS_MAX,
        "name_chars_max": bounds.NAME_CHARS_MAX,
        "conditions_per_desk_max": bounds.CONDITIONS_PER_DESK_MAX,
        "nesting_max": bounds.NESTING_MAX,
    }
    return {"type": "welcome", "v": bounds.VERSION, "server": "dreamsync", "limits": limits}
