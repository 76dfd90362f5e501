"""The desk: a game master's or a script's power over a world, and its watched conditions."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from dreamsync.conversation import Conversation
from dreamsync.errors import DreamsyncError, ProtocolFaultError, RefusedError, UsageError
from dreamsync.mirror import Value
from dreamsync.notices import Notice
from dreamsync.outcome import Outcome
from dreamsync.past import Past
from dreamsync.protocol.cards import Why
from dreamsync.protocol.desk_cards import Reported, StoryGraph, TensionPoint
from dreamsync.protocol.drift import value_at
from dreamsync.protocol.server_messages import Hit as WireHit
from dreamsync.protocol.server_messages import PackChanged
from dreamsync.protocol.values import WireDrift, WireText, WireValue

HITS_WAITING_MAX: Final = 256  # beyond: run() raises, since handlers are too slow
_WATCH: Final = "dreamsync watch"
_SERVE: Final = "dreamsync handlers"

_log = logging.getLogger("dreamsync")


@dataclass(frozen=True, slots=True)
class Hit:
    """A watched condition has turned true, at `position`; `facts` are those that it reads."""

    when: str
    position: tuple[int, int]
    facts: Mapping[str, Value]


Handler = Callable[[Hit], Awaitable[None]]
AnyHandler = TypeVar("AnyHandler", bound=Handler)
Means = Literal["hint", "cause", "deny", "undeny", "hurry", "cast", "bridge", "rescue"]
Temperament = Literal["", "patient", "mischievous", "kind"]


class Desk(Past):
    """A world's desk. Proposals return Outcomes, as a player's do.

    Handlers of `when` run one after the other, in the order of the hits, while the desk is open.
    """

    def __init__(self, conversation: Callable[[Callable[[Notice], None]], Conversation]) -> None:
        super().__init__(conversation)
        self.pack_faults = ""
        """Faults of the world's pack as its files are now, one a line; known where the server
        watches them (`serve --dev`). The world goes on under the last state without any."""
        self._handlers: dict[str, tuple[str, Handler]] = {}
        self._watched = 0  # conditions so far; each has a name of its own
        self._hits: asyncio.Queue[WireHit] = asyncio.Queue(HITS_WAITING_MAX)
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def __aenter__(self) -> "Desk":
        return self

    async def cue(
        self,
        beat: str,
        *,
        override: bool = False,
        once: str | None = None,
        occurrence: int | None = None,
        why: str = "",
    ) -> Outcome:
        """Bring a beat in.

        `override` does so though its condition does not hold. `once` is a key of your own: the
        same key cues once in the life of the world, however often your script is run.
        """
        return await self._propose(
            "cue", beat=beat, override=override, once=once, occurrence=occurrence, why=why
        )

    async def hold(self, beat: str, *, why: str = "") -> Outcome:
        """Keep the director from cueing a beat."""
        return await self._propose("hold", beat=beat, why=why)

    async def unhold(self, beat: str, *, why: str = "") -> Outcome:
        """Let a held beat be cued again."""
        return await self._propose("unhold", beat=beat, why=why)

    async def skip(self, beat: str, *, why: str = "") -> Outcome:
        """Count a beat as cued, without its effects."""
        return await self._propose("skip", beat=beat, why=why)

    async def undo(self, target: str, *, why: str = "") -> Outcome:
        """Take back what a beat or nudge did last, where the pack says how (`undo` in it).

        The beat may come again; the director leaves it alone for five minutes (see `veto`).
        """
        return await self._propose("undo", target=target, why=why)

    async def whisper(self, to: str, text: str, *, why: str = "") -> Outcome:
        """Say something in private to a role, or to `all`."""
        return await self._propose("whisper", to=to, text=text, why=why)

    async def pause(self, why: str = "") -> Outcome:
        """Pause the world."""
        return await self._propose("pause", why=why)

    async def resume(self, why: str = "") -> Outcome:
        """Go on after a pause, whoever paused."""
        return await self._propose("unpause", why=why)

    async def close_world(self, why: str = "") -> Outcome:
        """Close the world for good, without an ending; everybody is let go, this desk too."""
        return await self._propose("close", why=why)

    async def remove(self, session: str, *, why: str = "") -> Outcome:
        """Remove somebody from the world (see `people`)."""
        return await self._propose("remove", session=session, why=why)

    async def mute(self, session: str, on: bool = True, *, why: str = "") -> Outcome:
        """Let nothing be told that somebody writes; `on=False` lets it be told again."""
        return await self._propose("mute", session=session, on=on, why=why)

    async def seat(
        self,
        role: str,
        to: Literal["understudy", "nobody", "player"],
        *,
        session: str | None = None,
        why: str = "",
    ) -> Outcome:
        """Give a role to an understudy, to nobody, or to a player: the one of `session`."""
        return await self._propose("seat", role=role, to=to, session=session, why=why)

    async def nudge(
        self,
        means: Means,
        target: str,
        *,
        text: str = "",
        ms: int = 0,
        action: str | None = None,
        why: str = "",
    ) -> Outcome:
        """Use one of the director's other means: on a nudge of the pack, role, action or clock."""
        return await self._propose(
            "nudge", means=means, target=target, text=text, ms=ms, action=action, why=why
        )

    async def direct(
        self,
        *,
        standby: bool | None = None,
        temperament: Temperament | None = None,
        nudge_cap: int | None = None,
        why: str = "",
    ) -> Outcome:
        """Take over from the director (`standby=True`), hand back, or say how it is to be.

        `nudge_cap` is nudges an hour for each player; -1 and "" are what the pack says.
        """
        return await self._propose(
            "direct", standby=standby, temperament=temperament, nudge_cap=nudge_cap, why=why
        )

    async def veto(self, target: str, *, ms: int = 300_000, why: str = "") -> Outcome:
        """Keep the director from a beat or nudge for a while; 0 ms lets it go again."""
        return await self._propose("veto", target=target, ms=ms, why=why)

    async def why(self, beat: str, **what_if: bool | int | str) -> Why:
        """Return why a beat can or cannot be cued now, or would be if some facts were others.

        Facts with dots: `desk.why("chime", **{"house.hush": 5})`.
        """
        answer = await self._ask("why", beat=beat, what_if=what_if)
        if answer.why is None:
            raise ProtocolFaultError("bad_message", "The answer to why has no why in it.")
        return answer.why

    async def graph(self) -> StoryGraph:
        """Return how the beats of the story lead to one another."""
        answer = await self._ask("graph")
        if answer.graph is None:
            raise ProtocolFaultError("bad_message", "The answer to graph has no graph in it.")
        return answer.graph

    async def tension(self) -> tuple[TensionPoint, ...]:
        """Return how tense the world was and should have been, as far back as is at hand."""
        return (await self._ask("tension")).tension or ()

    async def reports(self) -> tuple[Reported, ...]:
        """Return what players have reported of what others wrote, oldest first."""
        return (await self._ask("reports")).reports or ()

    def when(self, condition: str) -> Callable[[AnyHandler], AnyHandler]:
        """Call the decorated coroutine each time the condition over facts turns true.

        A condition that holds already counts as turning true. After a reconnect nothing is told
        twice; what turned true and false again while away is not told. Where the condition is
        refused, or a handler raises, `run()` and `watching()` raise it.
        """

        def register(handler: AnyHandler) -> AnyHandler:
            if not self._watched:
                self._start(self._serve_hits(), _SERVE)
            self._watched += 1
            name = f"w{self._watched}"
            self._handlers[name] = (condition, handler)
            self._start(self._watch(name, condition), _WATCH)
            return handler

        return register

    async def unwatch(self, handler: Handler) -> None:
        """Stop watching every condition that `when` gave this handler to.

        It is not called any more from now on, also not for what has turned true already.

        Raises:
            UsageError: `when` was not given it, or it is watched no more.
        """
        names = [name for name, (_, known) in self._handlers.items() if known == handler]
        if not names:
            raise UsageError("unknown_handler", "No condition is watched for this handler.")
        for name in names:
            del self._handlers[name]
        for name in names:
            await self._ask("unwatch", id=name)

    async def watching(self) -> None:
        """Wait until the server has taken every condition given to `when` so far.

        Raises:
            UsageError, RefusedError: a condition was refused; the text says where and why.
        """
        pending = [task for task in self._tasks if task.get_name() == _WATCH]
        if pending:
            await asyncio.wait(pending)  # each has a deadline of its own
        if self._failed.done():
            self._failed.result()

    async def run(self) -> None:
        """Wait until the session is over, handling hits.

        Raises:
            Exception: what a handler raised, or why a condition was refused.
            ClosedError: somebody else ended the session.
        """
        over = asyncio.create_task(self.closed())
        try:
            await asyncio.wait([over, self._failed], return_when=asyncio.FIRST_COMPLETED)
            if self._failed.done():
                self._failed.result()
            over.result()
        finally:
            over.cancel()

    async def close(self) -> None:
        """Close the line and stop the handlers."""
        me = asyncio.current_task()
        tasks = [task for task in self._tasks if task is not me]
        for task in tasks:
            task.cancel()
        await super().close()
        if tasks:
            await asyncio.wait(tasks, timeout=5)

    def _on_pack(self, change: PackChanged) -> None:
        self.pack_faults = "" if change.ok else change.text

    async def _propose(self, kind: str, **fields: object) -> Outcome:
        plain = {name: item for name, item in fields.items() if item is not None}
        return await self._conversation.propose({"type": kind, **plain})

    async def _watch(self, name: str, condition: str) -> None:
        if name not in self._handlers:
            return  # given up before it was asked
        try:
            await self._ask("watch", id=name, when=condition)
        except DreamsyncError as error:
            if not self.is_over:
                kind = UsageError if error.fault == "client" else RefusedError
                self._fail(kind(error.code, f"{condition!r}: {error.text}", error.fault))

    def _on_hit(self, hit: WireHit) -> None:
        if not hit.holds or hit.id not in self._handlers:
            return
        try:
            self._hits.put_nowait(hit)
        except asyncio.QueueFull:
            self._fail(
                RefusedError("hits_lost", "Handlers are too slow: hits were lost.", "client")
            )

    async def _serve_hits(self) -> None:
        while True:
            wire = await self._hits.get()
            if wire.id not in self._handlers:
                continue  # given up since
            condition, handler = self._handlers[wire.id]
            facts = {name: self._read(value) for name, value in wire.facts.items()}
            try:
                await handler(Hit(condition, wire.pos, facts))
            except Exception as error:  # noqa: BLE001 - a program's own handler may raise anything
                _log.exception("the handler of %r failed", condition)
                self._fail(error)

    def _fail(self, error: Exception) -> None:
        if not self._failed.done():
            self._failed.set_exception(error)
            self._failed.exception()  # a program that never calls run() is not told twice

    def _start(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _read(self, value: WireValue) -> Value:
        """Return a fact of a hit as a program reads it."""
        match value:
            case WireDrift():
                return value_at(value, self.world_ms)
            case WireText():
                return value.text
            case _:
                return value
