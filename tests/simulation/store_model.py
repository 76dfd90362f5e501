"""The store as processes meet it: the reference store behind a line that fails in every way.

A call is carried out in one piece at the store, whatever has become of its caller by then. The
line may delay, lose the request, or lose the reply of what was carried out; the store may refuse,
be silent, or fail over. In the replicated profile an append, a taking and a new tail are answered
once a replica has what was done (WAIT, as `redis/log.py` asks for); a failover goes back to what
the replica is known to have, which is the worst that can happen.
"""

import asyncio
import copy
import random
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Protocol, TypeVar, cast

from dreamsync_server.errors import StoreUnavailableError
from dreamsync_server.limits import STORE_TIMEOUT_S
from dreamsync_server.store.bells import BellTray
from dreamsync_server.store.listening import Listening
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.notes import NoteTray
from dreamsync_server.store.port import Appended, Batch, Bell, Note, Store
from simulation.clocks import SimClock
from simulation.loop import SimLoop
from simulation.tracing import Trace

_CONFIRMED: Final = ("append", "acquire", "tail", "create_world", "stage")
_QUIET: Final = ("lease", "lease_holder", "tail", "held", "inbox", "worlds", "status")
Heard = TypeVar("Heard")
_KEPT: Final = ("_worlds", "_codes", "_packs", "_leases")


@dataclass
class Weather:
    """How the store and the lines to it are just now."""

    is_refusing: bool = False  # every call fails at once
    is_silent: bool = False  # no call is answered
    delay_s: tuple[float, float] = (0.0002, 0.002)
    loses_request: float = 0.0
    loses_reply: float = 0.0
    loses_bell: float = 0.0
    is_late: bool = False  # half of what is put into an inbox arrives up to 3 s later
    cut_off: dict[str, None] = field(default_factory=dict)  # processes that cannot reach it


class StoreModel:
    """The one store of a run. `confirmed` and `owned` are what the invariants compare with."""

    def __init__(
        self, loop: SimLoop, seed: int, trace: Trace, *, is_replicated: bool = False
    ) -> None:
        self.loop = loop
        self.trace = trace
        self.weather = Weather()
        self.memory = MemoryStore(SimClock(loop))
        self.is_replicated = is_replicated
        self.confirmed: dict[str, list[tuple[int, int]]] = {}
        self.owned: list[tuple[str, int, str]] = []
        self.failovers = 0
        self.dice = random.Random(f"store {seed}")
        self._replicated_s = 0.0
        self._told_s: dict[str, float] = {}  # process -> when its newest note arrives
        self._context = loop.context_of("store")
        self._replica: dict[str, Any] = self._copy()

    def link(self, process: str) -> Store:
        """Return a process's way to the store."""
        return cast("Store", StoreLink(self, process))

    def forget(self, process: str) -> None:
        """Ring no more for a process that is dead."""
        memory = self.memory
        memory._trays[:] = [one for one in memory._trays if _process_of(one) != process]
        memory._note_trays[:] = [one for one in memory._note_trays if _process_of(one) != process]

    def delay_s(self) -> float:
        """Return how long something takes on a line now."""
        return self.dice.uniform(*self.weather.delay_s)

    # --- a call ----------------------------------------------------------------------------------

    def send(self, process: str, method: str, call: Coroutine[Any, Any, Any], given: Any) -> Any:
        """Carry a request to the store; return the future of its reply, which may never come."""
        reply = self.loop.create_future()
        delay_s = self.delay_s()
        if self.weather.is_late and method == "propose" and self.dice.random() < 0.5:
            delay_s += self.dice.uniform(0.0, 3.0)
        if method == "tell":  # by one connection, which keeps the order
            due_s = max(self.loop.time() + delay_s, self._told_s.get(process, 0.0) + 1e-6)
            self._told_s[process] = due_s
            delay_s = due_s - self.loop.time()
        self.loop.call_later(
            delay_s, self._arrive, process, method, call, given, reply,
            context=self._context,
        )  # fmt: skip
        return reply

    def _arrive(
        self, process: str, method: str, call: Coroutine[Any, Any, Any], given: Any, reply: Any
    ) -> None:
        weather = self.weather
        if weather.is_refusing:
            call.close()
            self._reply(reply, StoreUnavailableError("refused"), self.failovers)
            return
        is_lost = self.dice.random() < weather.loses_request
        if weather.is_silent or is_lost or process in weather.cut_off:
            self.trace.note(process, f"{method} is lost")
            call.close()
            return
        answer = run_now(call)
        if method not in _QUIET:
            self.trace.note(process, f"{method} {_brief(method, given, answer)}")
        lag_s = self.delay_s()
        if method in _CONFIRMED and not isinstance(answer, Exception):
            if self.is_replicated and self._is_news(method, given, answer):
                # Replicas take things in the order they were done in.
                due_s = self.loop.time() + lag_s + self.dice.uniform(0.0005, 0.03)
                self._replicated_s = max(due_s, self._replicated_s + 1e-6)
                lag_s = self._replicated_s - self.loop.time()
                later = (method, given, answer, self._copy(), self.failovers)
                self.loop.call_later(lag_s, self._replicated, *later, context=self._context)
                lag_s += 1e-4
            else:
                self._confirm(method, given, answer)
        if self.dice.random() < weather.loses_reply:
            self.trace.note(process, f"the reply to {method} is lost")
            return
        self.loop.call_later(
            lag_s, self._reply, reply, answer, self.failovers, context=self._context
        )

    def _reply(self, reply: Any, answer: Any, failovers: int) -> None:
        if reply.done() or failovers != self.failovers:
            return
        if isinstance(answer, Exception):
            reply.set_exception(answer)
            reply.exception()
        else:
            reply.set_result(answer)

    def _replicated(
        self, method: str, given: Any, answer: Any, copied: dict[str, Any], failovers: int
    ) -> None:
        if failovers == self.failovers:
            self._replica = copied
            self._confirm(method, given, answer)

    def _is_news(self, method: str, given: Any, answer: Any) -> bool:
        """A tail that is known to be confirmed is answered at once."""
        if method != "tail" or answer is None:
            return method != "tail"
        known = self.confirmed.get(given[0])
        return not known or known[-1][1] < answer.seq

    def _confirm(self, method: str, given: Any, answer: Any) -> None:
        if method != "append":
            return
        for batch, one in zip(cast("Sequence[Batch]", given[0]), answer, strict=True):
            if isinstance(one, Appended) and one.code == "ok":
                owner, last = batch.owner, batch.commits[-1].position.seq
                known = self.confirmed.setdefault(owner.world, [])
                if not known or known[-1][1] < last:
                    known.append((self.trace.note("store", f"{last} is confirmed"), last))
                self.owned.append((owner.world, owner.epoch, owner.nonce))

    # --- failing over ----------------------------------------------------------------------------

    def fail_over(self) -> None:
        """Go on with what the replica has; whoever waits for a reply waits in vain."""
        assert self.is_replicated
        self.failovers += 1
        self.trace.note("store", "fails over")
        entries = {name: world.entries for name, world in self.memory._worlds.items()}
        for name, kept in _copied(self._replica).items():
            setattr(self.memory, name, kept)
        for name, world in self.memory._worlds.items():
            world.entries = entries[name]  # a stream's ids are of its clock: none comes again

    def _copy(self) -> dict[str, Any]:
        if not self.is_replicated:
            return {}
        return _copied({name: getattr(self.memory, name) for name in _KEPT})


class StoreLink:
    """One process's connections to the store. Every method of the contract, by its name."""

    def __init__(self, model: StoreModel, process: str) -> None:
        self._model = model
        self._process = process

    def __getattr__(self, method: str) -> Any:
        async def call(*given: Any, **more: Any) -> Any:
            work = getattr(self._model.memory, method)(*given, **more)
            reply = self._model.send(self._process, method, work, given)
            try:
                async with asyncio.timeout(STORE_TIMEOUT_S):
                    return await reply
            except TimeoutError:
                raise StoreUnavailableError(f"no answer to {method}") from None

        return call

    async def append(self, batches: Sequence[Batch]) -> Any:
        """Append; an unknown outcome is an answer."""
        try:
            return await self.__getattr__("append")(batches)
        except StoreUnavailableError as error:
            return [error for _ in batches]

    async def ring(self, bells: Sequence[Bell]) -> None:
        """Ring; whether it was heard is never known."""
        work = self._model.memory.ring(bells)
        self._model.send(self._process, "ring", work, (bells,))

    async def tell(self, notes: Sequence[Note]) -> None:
        """Say something; whether it was heard is never known."""
        work = self._model.memory.tell(notes)
        self._model.send(self._process, "tell", work, (notes,))

    async def ping(self) -> bool:
        """Return whether the store answers."""
        try:
            return bool(await self.__getattr__("ping")())
        except StoreUnavailableError:
            return False

    def shard_of(self, world: str) -> str:
        """Return "": there is but one shard."""
        return ""

    def changes(self) -> int:
        """Return how often it failed over."""
        return self._model.failovers

    async def close(self) -> None:
        """Do nothing: what lies in the store stays."""

    def listen(self, worlds: Listening) -> AsyncIterator[Bell]:
        """Yield doorbells, those that come through."""
        bells: _Bells[Bell] = _Bells(self._model, self._process, BellTray(worlds))
        self._model.memory._trays.append(cast("BellTray", bells))
        return bells

    def hear(self, topics: Listening) -> AsyncIterator[Note]:
        """Yield notes, those that come through."""
        notes: _Bells[Note] = _Bells(self._model, self._process, NoteTray(topics), keeps_order=True)
        self._model.memory._note_trays.append(cast("NoteTray", notes))
        return notes


class _Tray(Protocol[Heard]):
    def put(self, heard: Heard, /) -> None: ...

    async def take(self) -> Heard: ...


class _Bells(Generic[Heard]):
    """One listener: bells and notes come late or never."""

    def __init__(
        self, model: StoreModel, process: str, tray: _Tray[Heard], *, keeps_order: bool = False
    ) -> None:
        self.process = process
        self._keeps_order = keeps_order  # as one connection does; who listens to bells needs none
        self._last_s = 0.0
        self._model = model
        self._tray = tray

    def put(self, bell: Heard) -> None:
        """Carry a bell to the listener."""
        model, weather = self._model, self._model.weather
        if self.process in weather.cut_off or model.dice.random() < weather.loses_bell:
            return
        due_s = model.loop.time() + model.delay_s()
        if self._keeps_order:
            due_s = self._last_s = max(due_s, self._last_s + 1e-6)
        model.loop.call_at(due_s, self._tray.put, bell)

    def __aiter__(self) -> AsyncIterator[Heard]:
        return self

    async def __anext__(self) -> Heard:
        return await self._tray.take()


def _process_of(tray: Any) -> str:
    return cast("_Bells[Any]", tray).process


def run_now(call: Coroutine[Any, Any, Any]) -> Any:
    """Run a call of the reference store, which never waits; return its answer or its error."""
    try:
        call.send(None)
    except StopIteration as done:
        return done.value
    except Exception as error:  # noqa: BLE001 - it is the caller's, who is told
        return error
    raise AssertionError("the reference store waited")


def _copied(kept: dict[str, Any]) -> dict[str, Any]:
    copied = {name: dict(value) for name, value in kept.items()}
    worlds = copied.get("_worlds", {})
    for name, world in worlds.items():
        one = copy.copy(world)
        for part in ("log", "texts", "snapshots", "inbox"):
            setattr(one, part, copy.copy(getattr(world, part)))
        worlds[name] = one
    return copied


def _brief(method: str, given: Any, answer: Any) -> str:
    match method:
        case "append":
            return "; ".join(
                _batch(batch, one) for batch, one in zip(given[0], answer, strict=True)
            )
        case "propose":
            it = given[1]
            return f"{it.kind} by {it.by} {it.session} n={it.n} -> {answer}"
        case "acquire":
            return f"-> {answer and (answer.epoch, answer.nonce, answer.tail)}"
        case "read":
            return f"after {given[1:]} -> {len(answer)}"
        case _:
            return ""


def _batch(batch: Batch, answer: Any) -> str:
    kinds = ",".join(
        f"{c.position.seq}:{c.cause.kind}" + (f"/{c.outcomes[0].code}" if c.outcomes else "")
        for c in batch.commits
    )
    return f"{batch.id} [{kinds}] -> {answer.code} {answer.tail}"
