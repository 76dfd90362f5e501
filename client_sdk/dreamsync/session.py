"""A client's conversation with a server, without a socket. Pure: messages in, messages and
notices out. An SDK in another language is this machine again.

Theory of operation. A session lives through many lines (sockets); this table is one line's life:

    state      what was sent        what may come                         next
    OFFLINE    -                    -                                     line_up → GREETING
    GREETING   hello                welcome                               ENTERING, or LIVE *
               -                    error, bye                            the line is broken
    ENTERING   enter or resume      entered                               LIVE
               -                    error: may be retried / else          broken / OVER
    LIVE       everything else      everything but welcome, entered       LIVE
    any        -                    bye, or the socket's close code       OFFLINE or OVER
    OVER       -                    -                                     -

    * a session without an Entry (the lobby) is live once it is greeted.

What survives a line: the session's id and secret, the mirror with its position, proposals without
an outcome, requests that may be asked twice, watched conditions, the last event seen.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Any, Final, assert_never

from dreamsync import notices
from dreamsync.entry import Entry, Greeting, Identity, checked
from dreamsync.errors import (
    BusyError,
    ClosedError,
    DreamsyncError,
    ProtocolFaultError,
    SessionLostError,
    UnknownOutcomeError,
    UsageError,
    error_of,
)
from dreamsync.mirror import Mirror
from dreamsync.notices import Notice
from dreamsync.pacing import LatestOnly
from dreamsync.proposals import Proposals
from dreamsync.protocol import server_messages as wire
from dreamsync.protocol.cards import Event, Outcome
from dreamsync.protocol.codes import CLOSE_BY_NAME, CLOSE_BY_NUMBER, CloseCode
from dreamsync.protocol.fields import WireModel
from dreamsync.protocol.server_messages import ServerMessage, WholeView
from dreamsync.requests import Requests

RESYNCS_MAX: Final = 3  # whole views asked for in a row before it is left at counting
GAP_WAIT_MS: Final = 50
RETRY_MS: Final = 250  # where the server names no time


class State(Enum):
    """Where one line's life stands; see the table above."""

    OFFLINE = "offline"
    GREETING = "greeting"
    ENTERING = "entering"
    LIVE = "live"
    OVER = "over"


_STATE_OF: Final[dict[type[WireModel], State]] = {
    wire.Welcome: State.GREETING,
    wire.Entered: State.ENTERING,
}


class ClientSession:
    """One session of a client. Times `now_ms` are of a clock that never steps.

    Drive it so: `line_up()` when a socket is open; `received()` for each message; `line_down()`
    when the socket is gone; after each, and at `wake_at_ms`, send all of `outgoing(now_ms)` and
    handle all of `notices()`.
    """

    def __init__(self, greeting: Greeting, entry: Entry | None) -> None:
        self._greeting = greeting
        self._entry = entry
        self._state = State.OFFLINE
        self._out: list[dict[str, Any]] = []
        self._notices: list[Notice] = []
        self._proposals = Proposals()
        self._requests = Requests()
        self._pose = LatestOnly()
        self._next_ticket = 1
        self._identity: Identity | None = None
        self._leaving: int | None = None
        self._is_resyncing = False
        self._resyncs_in_a_row = 0
        self.mirror: Mirror | None = None
        self.resets = 0  # snapshots taken in place of events
        self.mismatches = 0  # views whose digest did not agree
        self.limits: dict[str, int] = {}

    @property
    def state(self) -> State:
        """Where the session stands."""
        return self._state

    @property
    def id(self) -> str:
        """The session's id, "" before it has entered."""
        return self._identity.session if self._identity else ""

    # What the program wants.

    def propose(self, plain: dict[str, Any]) -> int:
        """Take a proposal (its map without `n`) and return the ticket it is settled under.

        Raises:
            UsageError: a field is out of its bounds, or too many have no outcome yet.
            ClosedError: the session is over.
        """
        self._must_be_open()
        if self._proposals.is_full:
            raise UsageError("too_many", "Too many proposals wait for their outcome.")
        proposal = checked({**plain, "n": 1})
        del proposal["n"]
        ticket = self._ticket()
        self._proposals.add(ticket, proposal)
        if proposal["type"] == "leave":
            self._leaving = ticket
        return ticket

    def ask(self, plain: dict[str, Any]) -> int:
        """Take a request (its map without `q`) and return the ticket it is answered under.

        Raises:
            UsageError: a field is out of its bounds, or too many have no answer yet.
            ClosedError: the session is over.
        """
        self._must_be_open()
        ticket = self._ticket()
        self._requests.add(ticket, plain)
        return ticket

    def pose(self, x: int, y: int, facing: int) -> None:
        """Say where the avatar stands; only the latest is sent, at most every POSE_INTERVAL_S.

        Raises:
            UsageError: a number is out of its bounds.
        """
        self._pose.put(checked({"type": "pose", "x": x, "y": y, "facing": facing}))

    def abandon(self, ticket: int) -> bool:
        """Nobody waits for this any more: take it back if it was not sent; return whether so."""
        return self._proposals.abandon(ticket) or self._requests.abandon(ticket)

    # What the line does.

    def line_up(self) -> None:
        """A socket is open: greet."""
        assert self._state is State.OFFLINE, self._state
        self._state = State.GREETING
        self._out = [self._greeting.hello()]

    def line_down(self, close_code: int | None = None) -> None:
        """The socket is gone, with this close code where there was one."""
        self._out = []
        self._pose.drop()
        if self._state is State.OVER:
            return
        self._state = State.OFFLINE
        close = CLOSE_BY_NUMBER.get(close_code or 0)
        if close is not None and not close.may_resume:
            self._close(close, close.meaning)
        elif self._leaving is not None and close_code == 1000:
            self.end(None)
        for request in self._requests.line_down():
            error = UnknownOutcomeError("line_lost", "The line was lost while creating.")
            self._notices.append(notices.Failed(request.ticket, error))

    def outgoing(self, now_ms: int) -> list[dict[str, Any]]:
        """Return the maps to send now, in order, and take them as sent."""
        out, self._out = self._out, []
        if self._state is not State.LIVE:
            return out
        out += self._requests.due()
        out += self._proposals.due(now_ms)
        return out + self._pose.due(now_ms)

    @property
    def wake_at_ms(self) -> int | None:
        """When to call `outgoing` again though nothing happened; None: not needed."""
        times = (self._proposals.wake_at_ms, self._pose.wake_at_ms)
        return min((at for at in times if self._state is State.LIVE and at), default=None)

    def notices(self) -> list[Notice]:
        """Return what there is to tell, in order, each once."""
        told, self._notices = self._notices, []
        return told

    def end(self, error: DreamsyncError | None) -> None:
        """End the session for good: whatever waits fails. Does nothing the second time."""
        if self._state is State.OVER:
            return
        self._state = State.OVER
        self._out = []
        why = error or ClosedError("closed", "The session is over.")
        for proposal in self._proposals.clear():
            lost: DreamsyncError = why
            if proposal.has_been_sent:
                lost = UnknownOutcomeError("unknown", f"Sent, outcome not known: {why.text}")
            self._notices.append(notices.Failed(proposal.ticket, lost))
        for request in self._requests.clear():
            self._notices.append(notices.Failed(request.ticket, why))
        self._notices.append(notices.Over(error))

    def received(self, message: ServerMessage, now_ms: int) -> None:
        """Take in one message.

        Raises:
            ProtocolFaultError: it may not come now; drop the line.
        """
        if self._state is State.OVER:
            return
        self._must_be_due(message)
        match message:
            case wire.Bye():
                self._on_bye(message)
            case wire.Error():
                self._on_error(message, now_ms)
            case wire.Welcome():
                self._on_welcome(message)
            case wire.Entered():
                self._on_entered(message, now_ms)
            case wire.Created() | wire.Worlds() | wire.CardAnswer() | wire.Answer():
                self._on_answer(message)
            case wire.View():
                self._on_view(message, now_ms)
            case wire.Quiet():
                self._mirrored(message).pass_over(message, now_ms)
            case wire.Reset():
                self._on_reset(message, now_ms)
            case wire.Poses():
                self._notices.append(notices.Posed(message))
            case wire.Hit():
                if self._requests.matched(message.id, holds=message.holds):
                    self._notices.append(notices.Matched(message))
            case wire.PackChanged():
                self._notices.append(notices.PackTold(message))
            case _:
                assert_never(message)

    # Each message.

    def _on_welcome(self, welcome: wire.Welcome) -> None:
        self.limits = dict(welcome.limits)
        if self._entry is None:
            self._go_live(is_first=False)
            return
        self._state = State.ENTERING
        q = self._requests.take_q()
        if self._identity is None or self.mirror is None:
            self._out.append(self._entry.enter(q))
        else:
            self._out.append(self._entry.resume(q, self._identity, self.mirror.resume_position))

    def _on_entered(self, entered: wire.Entered, now_ms: int) -> None:
        is_first = self._identity is None
        self._take_whole(entered, now_ms, "" if is_first else "trimmed")
        self._proposals.restart(entered.n, is_repaired=not entered.resumed)
        self._out += self._requests.watches()
        self._go_live(is_first=is_first)

    def _on_reset(self, reset: wire.Reset, now_ms: int) -> None:
        self._take_whole(reset, now_ms, reset.why)
        if not reset.resumed:
            self._proposals.restart(reset.n, is_repaired=True)

    def _on_view(self, view: wire.View, now_ms: int) -> None:
        mirror = self._mirrored(view)
        if view.pos[1] < mirror.position[1]:
            raise ProtocolFaultError("bad_order", "A view came for a position already passed.")
        is_same = mirror.change(view, now_ms)
        self._judge(is_same)
        self._tell(mirror.new_events(view.events), view.outcomes)
        self._notices.append(notices.Changed())

    def _on_answer(
        self, answer: wire.Created | wire.Worlds | wire.CardAnswer | wire.Answer
    ) -> None:
        if (item := self._requests.answered(answer.q)) is not None:
            self._notices.append(notices.Replied(item.ticket, answer))

    def _on_error(self, error: wire.Error, now_ms: int) -> None:
        if self._state in (State.GREETING, State.ENTERING):
            self._on_entry_refused(error)
        elif error.n is not None:
            self._on_not_taken(error, error.n, now_ms)
        elif error.q is not None:
            item = self._requests.refused(error.q)
            if item is not None:
                why = error_of(error.code, error.text, error.retry_ms)
                self._notices.append(notices.Failed(item.ticket, why))

    def _on_entry_refused(self, error: wire.Error) -> None:
        why = error_of(error.code, error.text, error.retry_ms)
        if isinstance(why, BusyError):
            self._notices.append(notices.Broken(why, why.retry_ms or RETRY_MS))
        elif self._identity is not None:
            self.end(SessionLostError(error.code, error.text))
        else:
            self.end(why)

    def _on_not_taken(self, error: wire.Error, n: int, now_ms: int) -> None:
        """The gateway did not take proposal n: wait and go again from there, or give it up."""
        why = error_of(error.code, error.text, error.retry_ms)
        if isinstance(why, BusyError):
            wait_ms = why.retry_ms or (GAP_WAIT_MS if error.code == "gap" else RETRY_MS)
            self._proposals.wait(n, now_ms + wait_ms)
            return
        gone = self._proposals.give_up(n)
        if gone is not None:
            self._notices.append(notices.Failed(gone.ticket, why))

    def _on_bye(self, bye: wire.Bye) -> None:
        if bye.code == "left":
            self.end(None)
            return
        close = CLOSE_BY_NAME.get(bye.code)
        if close is not None and not close.may_resume:
            self._close(close, bye.text)
            return
        why = ClosedError(bye.code, bye.text, close.fault if close else None)
        self._notices.append(notices.Broken(why, bye.retry_ms or 0))

    # Parts of the above.

    def _take_whole(self, whole: WholeView, now_ms: int, why: str) -> None:
        """Replace the mirror; tell of a jump where events may be missing, and go on with events."""
        self._identity = Identity(whole.session, whole.secret)
        self._is_resyncing = False
        if self.mirror is None:
            self.mirror = Mirror(whole, now_ms)
            is_same = self.mirror.digest == whole.digest
        else:
            is_same = self.mirror.replace(whole, now_ms)
            if not whole.resumed:
                self.resets += 1
                self._notices.append(notices.Jumped(why, whole.recap))
        self._judge(is_same)
        self._tell(self.mirror.first_events(whole), whole.outcomes)
        self._notices.append(notices.Changed())

    def _tell(self, events: Iterable[Event], outcomes: tuple[Outcome, ...]) -> None:
        self._notices += [notices.Happened(event) for event in events]
        for outcome in outcomes:
            item = self._proposals.settle(outcome.n)
            if item is None:
                continue
            self._notices.append(notices.Settled(item.ticket, outcome))
            if item.ticket == self._leaving:
                self._leaving = None
                if outcome.ok:
                    self.end(None)

    def _judge(self, is_same: bool) -> None:
        """Ask for the whole view where the mirror went wrong, a few times in a row at most."""
        if is_same:
            self._resyncs_in_a_row = 0
            return
        self.mismatches += 1
        if self._is_resyncing or self._resyncs_in_a_row >= RESYNCS_MAX or self.mirror is None:
            return
        self._is_resyncing = True
        self._resyncs_in_a_row += 1
        plain = {"type": "resync", "q": self._requests.take_q(), "digest": self.mirror.digest}
        self._out.append(checked(plain))

    def _close(self, close: CloseCode, text: str) -> None:
        is_calm = close.name == "world_closed"
        self.end(None if is_calm else ClosedError(close.name, text, close.fault))

    def _go_live(self, *, is_first: bool) -> None:
        self._state = State.LIVE
        self._notices.append(notices.Live(is_first))

    def _mirrored(self, message: ServerMessage) -> Mirror:
        if self.mirror is None:
            raise ProtocolFaultError("bad_order", f"A {message.type} came outside of a world.")
        return self.mirror

    def _must_be_due(self, message: ServerMessage) -> None:
        """Refuse what the table above does not allow now."""
        if isinstance(message, wire.Bye | wire.Error):
            return
        if self._state is not _STATE_OF.get(type(message), State.LIVE):
            came = f"A {message.type} came while {self._state.value}."
            raise ProtocolFaultError("bad_order", came)

    def _must_be_open(self) -> None:
        if self._state is State.OVER:
            raise ClosedError("closed", "The session is over.")

    def _ticket(self) -> int:
        self._next_ticket += 1
        return self._next_ticket - 1
