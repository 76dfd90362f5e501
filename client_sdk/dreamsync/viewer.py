"""What everybody who is in a world has: facts, events, people, and a way out."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Final

from dreamsync.conversation import Conversation
from dreamsync.errors import (
    ClosedError,
    DreamsyncError,
    LineLostError,
    ProtocolFaultError,
    UnknownOutcomeError,
)
from dreamsync.events import Event, EventQueue, event_of
from dreamsync.mirror import Mirror, Names, Value
from dreamsync.notices import (
    Changed,
    Happened,
    Jumped,
    Matched,
    Notice,
    Over,
    PackTold,
    Posed,
)
from dreamsync.protocol.cards import ActionOffer, ChoiceOffer, FactCard, Person, WorldCard
from dreamsync.protocol.server_messages import Answer, Hit, PackChanged
from dreamsync.session import State
from dreamsync.standing import Pose, Standing

ENTER_S: Final = 20.0
LEAVE_S: Final = 5.0
UNTIL_S: Final = 60.0


class FactsView(Mapping[str, Value]):
    """The facts that are seen now, by name; read anew each time, drifting ones as of now."""

    def __init__(self, viewer: "Viewer") -> None:
        self._viewer = viewer

    def __getitem__(self, name: str) -> Value:
        return self._viewer.mirror.read(name, self._viewer.now_ms)

    def __iter__(self) -> Iterator[str]:
        return iter(self._viewer.mirror.facts)

    def __len__(self) -> int:
        return len(self._viewer.mirror.facts)

    def card(self, name: str) -> FactCard | None:
        """Return how to draw a fact, where the server said so."""
        return self._viewer.names.facts.get(name)


class Viewer:
    """Somebody in a world. Made by `Dream`, never by hand; also an async context manager."""

    def __init__(self, conversation: Callable[[Callable[[Notice], None]], Conversation]) -> None:
        self.facts = FactsView(self)
        self.recap: tuple[str, ...] = ()
        self._standing = Standing()
        self._events = EventQueue()
        self._changed = asyncio.Event()
        self._over = asyncio.Event()
        self._error: DreamsyncError | None = None
        self._conversation = conversation(self._handle)

    async def __aenter__(self) -> "Viewer":
        return self

    async def __aexit__(self, *_raised: object) -> None:
        await self.close()

    async def open(self, timeout_s: float = ENTER_S) -> None:
        """Enter the world; `Dream` does that."""
        await self._conversation.connection.open(timeout_s)

    # What is seen.

    @property
    def mirror(self) -> Mirror:
        """The facts as they were sent, and the world's clock."""
        mirror = self._conversation.session.mirror
        assert mirror is not None, "a viewer is handed out once it has entered"
        return mirror

    @property
    def now_ms(self) -> int:
        """The time by this machine's clock; the world's is `world_ms`."""
        return self._conversation.connection.now_ms

    @property
    def world_ms(self) -> int:
        """World time in milliseconds."""
        return self.mirror.world_ms(self.now_ms)

    @property
    def world(self) -> WorldCard:
        """The world's card, as of the last whole view."""
        return self.mirror.world

    @property
    def position(self) -> tuple[int, int]:
        """Where in the world's log this viewer is: (epoch, seq)."""
        return self.mirror.position

    @property
    def digest(self) -> str:
        """The digest of the view; the gate that makes the view has the same."""
        return self.mirror.digest

    @property
    def session(self) -> str:
        """The session's id."""
        return self._conversation.session.id

    @property
    def role(self) -> str:
        """The role that is held, "" for none."""
        return self.mirror.role

    @property
    def names(self) -> Names:
        """Names and cards of what is seen."""
        return self.mirror.names

    @property
    def choices(self) -> tuple[ChoiceOffer, ...]:
        """Questions that wait for this viewer's role."""
        return self.mirror.choices

    @property
    def is_running(self) -> bool:
        """Whether world time runs: not paused, asleep or ended."""
        return self.mirror.running

    @property
    def is_over(self) -> bool:
        """Whether the session is over."""
        return self._over.is_set()

    @property
    def is_live(self) -> bool:
        """Whether the line is up; while it is not, what is seen stands still and it reconnects."""
        return self._conversation.session.state is State.LIVE

    @property
    def poses(self) -> Mapping[str, Pose]:
        """Seat -> (x, y, facing) of who is in view: hundredths of a step, and degrees.

        A player sees its own scene, others all that they may look into.
        """
        return self._standing.seats()

    @property
    def resets(self) -> int:
        """How often a snapshot had to be taken in place of the events in between."""
        return self._conversation.session.resets

    @property
    def mismatches(self) -> int:
        """How often the view's digest did not agree with the server's; 0 unless there is a bug."""
        return self._conversation.session.mismatches

    def actions(self) -> tuple[ActionOffer, ...]:
        """Return what this viewer's role may do now, in the authors' order."""
        return self.mirror.offers(self.now_ms)

    def events(self) -> AsyncIterator[Event]:
        """Return the events since the last one read, in order, without gaps across reconnects.

        It ends when the session does. For one reader at a time.

        Raises:
            EventsLostError: they were not read for so long that some were dropped.
            ClosedError: the session was ended by somebody else (removed, resumed elsewhere).
        """
        return self._events.read()

    def new_events(self) -> list[Event]:
        """Return the events that wait to be read, without waiting."""
        return self._events.waiting()

    async def until(self, is_so: Callable[[FactsView], object], timeout_s: float = UNTIL_S) -> None:
        """Wait until something is so of the facts; looked at after every view.

        Raises:
            TimeoutError: it was not so within `timeout_s`.
            ClosedError: the session is over.
        """
        async with asyncio.timeout(timeout_s):
            while not is_so(self.facts):
                if self.is_over:
                    raise self._error or ClosedError("closed", "The session is over.")
                self._changed.clear()
                await self._changed.wait()

    async def closed(self) -> None:
        """Wait until the session is over. Has no deadline of its own: a world may live long.

        Raises:
            ClosedError: somebody else ended it (removed, resumed elsewhere).
        """
        await self._over.wait()
        if self._error is not None:
            raise self._error

    # What everybody may do.

    async def people(self) -> tuple[Person, ...]:
        """Return who is in the world."""
        return (await self._ask("people")).people or ()

    async def speak(self, lang: str) -> str:
        """Ask for texts in another language; return the one they are in from now on."""
        return (await self._ask("lang", lang=lang)).lang or lang

    async def leave(self) -> None:
        """Leave the world for good, and close."""
        try:
            # Whatever ends it first: that it is over is what was wanted.
            with contextlib.suppress(ClosedError, LineLostError, UnknownOutcomeError):
                await self._conversation.propose({"type": "leave"}, LEAVE_S)
        finally:
            await self.close()

    async def close(self) -> None:
        """Close the line without leaving: the seat is kept for a while. May be called twice."""
        await self._conversation.close()

    async def _ask(self, kind: str, **fields: object) -> Answer:
        answer = await self._conversation.ask({"type": kind, **fields})
        if not isinstance(answer, Answer):
            raise ProtocolFaultError("bad_message", f"A {answer.type} answered a {kind}.")
        return answer

    def _scene(self) -> str:
        """Return the scene that the own seat is in; "" for who holds none."""
        mirror = self.mirror
        return str(mirror.facts.get(f"{mirror.seat}.scene", ""))

    def _handle(self, notice: Notice) -> None:
        match notice:
            case Happened():
                self._events.put(event_of(notice.event))
            case Jumped():
                self.recap = notice.recap
                self._events.put(Event("reset", "\n".join(notice.recap), key=notice.why))
            case Posed():
                self._standing.take(notice.poses.scene, notice.poses.poses)
            case Matched():
                self._on_hit(notice.hit)
            case PackTold():
                self._on_pack(notice.change)
            case Changed():
                self._standing.be_in(self._scene())
                self._changed.set()
            case Over():
                self._error = notice.error
                self._events.close(notice.error)
                self._over.set()
                self._changed.set()
            case _:
                pass  # for who waits for it

    def _on_hit(self, hit: Hit) -> None:
        """Take a hit; only a desk watches conditions."""

    def _on_pack(self, change: PackChanged) -> None:
        """Learn that the pack's files have changed; only a desk is told."""
