"""The part of the reference store beside the logs: doorbells, notes, leases, processes.

A call runs in one piece, as a script does in Valkey; it may be made to wait or fail on both sides
of that piece, which is what fault tests need.
"""

import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from dreamsync_server.clock import Clock
from dreamsync_server.errors import StoreUnavailableError
from dreamsync_server.store import codec
from dreamsync_server.store.bells import BellTray
from dreamsync_server.store.listening import Listening
from dreamsync_server.store.notes import NoteTray
from dreamsync_server.store.port import Bell, Note

Side = Literal["before", "after"]
Gate = Callable[[str, Side], Awaitable[None]]
_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")
_Board = TypeVar("_Board", bound="MemoryBoard")


def gated(
    method: Callable[Concatenate[_Board, _Args], Coroutine[Any, Any, _Result]],
) -> Callable[Concatenate[_Board, _Args], Coroutine[Any, Any, _Result]]:
    """Let the gate look at a call before and after it is executed."""

    async def call(self: _Board, /, *args: _Args.args, **kwargs: _Args.kwargs) -> _Result:
        await self.pass_gate(method.__name__, "before")
        result = await method(self, *args, **kwargs)
        await self.pass_gate(method.__name__, "after")
        return result

    functools.update_wrapper(call, method)
    return call


class MemoryBoard:
    """What hangs beside the logs. Its gate stands before every call of the whole store."""

    def __init__(self, clock: Clock) -> None:
        self.gate: Gate | None = None
        self._clock = clock
        self._fails: dict[tuple[str, Side], int] = {}
        self._leases: dict[str, tuple[str, float]] = {}
        self._trays: list[BellTray] = []
        self._note_trays: list[NoteTray] = []
        self._nodes: dict[str, bytes] = {}

    def fail_next(self, method: str, side: Side, times: int = 1) -> None:
        """Let the next calls of a method fail: before they are executed, or their answers lost."""
        self._fails[method, side] = times

    async def pass_gate(self, method: str, side: Side) -> None:
        """Wait for the gate.

        Raises:
            StoreUnavailableError: the call was told to fail.
        """
        if self.gate is not None:
            await self.gate(method, side)
        left = self._fails.get((method, side), 0)
        if left:
            self._fails[method, side] = left - 1
            raise StoreUnavailableError(f"{method} was told to fail {side} it was executed")

    # --- doorbells -----------------------------------------------------------------------

    async def ring(self, bells: Sequence[Bell]) -> None:
        """Publish doorbells."""
        try:
            await self.pass_gate("ring", "before")
        except StoreUnavailableError:
            return  # a bell may be lost, and `ring` never raises
        for bell in bells:
            self._publish(bell)

    async def listen(self, worlds: Listening) -> AsyncIterator[Bell]:
        """Yield doorbells of the worlds in `worlds`."""
        tray = BellTray(worlds)
        self._trays.append(tray)
        try:
            while True:
                yield await tray.take()
        finally:
            self._trays.remove(tray)

    async def tell(self, notes: Sequence[Note]) -> None:
        """Say something on topics."""
        with contextlib.suppress(StoreUnavailableError):  # a note may be lost
            await self.pass_gate("tell", "before")
            for tray in self._note_trays:
                for note in notes:
                    tray.put(note)

    async def hear(self, topics: Listening) -> AsyncIterator[Note]:
        """Yield what is said on the topics in `topics`."""
        tray = NoteTray(topics)
        self._note_trays.append(tray)
        try:
            while True:
                yield await tray.take()
        finally:
            self._note_trays.remove(tray)

    # --- leases and processes --------------------------------------------------------------

    @gated
    async def lease(self, holder: str, value: str, ttl_s: float) -> bool:
        """Take or renew a lease."""
        if self._live_lease(holder) not in (None, value):
            return False
        self._leases[holder] = (value, self._clock.mono_s() + ttl_s)
        return True

    @gated
    async def lease_holder(self, holder: str) -> str | None:
        """Return the value of a live lease."""
        return self._live_lease(holder)

    @gated
    async def drop_lease(self, holder: str, value: str | None = None) -> None:
        """End a lease at once, if it has this value."""
        if value is None or self._live_lease(holder) == value:
            self._leases.pop(holder, None)

    @gated
    async def put_node(self, node: str, about: Mapping[str, Any]) -> None:
        """Write what a process says of itself."""
        self._nodes[node] = codec.encode_plain(about)

    @gated
    async def nodes(self) -> Mapping[str, Mapping[str, Any]]:
        """Return what the processes that live say of themselves."""
        live = {name: raw for name, raw in self._nodes.items() if self._live_lease(f"node:{name}")}
        self._nodes = live
        return {name: codec.decode_hints(raw) for name, raw in live.items()}

    def _live_lease(self, holder: str) -> str | None:
        value, until_s = self._leases.get(holder, ("", 0.0))
        return value if until_s > self._clock.mono_s() else None

    def _publish(self, bell: Bell) -> None:
        for tray in self._trays:
            tray.put(bell)
