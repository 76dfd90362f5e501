"""One seeded event loop with virtual time for many processes, which it can freeze and kill.

A process is whatever runs in a context of its name (`context_of`). What is ready runs in an order
that the seed chooses between processes; within one process it is asyncio's own, as promised by it.
Time passes only when nobody has anything to do, but for a moment each turn, so that who spins does
not stop the world. A frozen process (SIGSTOP) finds everything waiting when it is thawed; a
killed one (SIGKILL) never runs again, its `finally` blocks included. Nothing here knows a thread.
"""

import asyncio
import contextvars
import gc
import heapq
import random
import sys
import warnings
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Final, NoReturn

TURN_S: Final = 20e-6  # what one turn of the loop costs
_PROCESS: contextvars.ContextVar[str] = contextvars.ContextVar("process", default="")


class StuckError(Exception):
    """Nothing is left to run, or the run takes more steps than it may."""


class _Numbered:
    """Hashes by a number of its own, so that sets of these have the same order in every run."""

    number: int

    def __hash__(self) -> int:
        return self.number


class SimTask(_Numbered, asyncio.Task[Any]):
    """A task of the loop."""

    def __new__(cls, _coro: Any, *, loop: "SimLoop", **_given: Any) -> "SimTask":
        task = super().__new__(cls)
        task.number = loop.next_number()
        return task

    __hash__ = _Numbered.__hash__


class SimFuture(_Numbered, asyncio.Future[Any]):
    """A future of the loop."""

    def __new__(cls, *, loop: "SimLoop") -> "SimFuture":
        future = super().__new__(cls)
        future.number = loop.next_number()
        return future

    __hash__ = _Numbered.__hash__


class SimLoop(asyncio.BaseEventLoop):
    """Use `run_until_complete`, and `bury` at the end."""

    _ready: deque[Any]  # asyncio's own, of which typeshed says nothing
    _scheduled: list[Any]

    def __init__(self, seed: object, *, steps_max: int = 3_000_000) -> None:
        super().__init__()
        self.steps = 0
        self._dice = random.Random(f"loop {seed}")
        self._now_s = 0.0
        self._steps_max = steps_max
        self._number = 0
        self._dead: set[str] = set()
        self._frozen: dict[str, list[asyncio.Handle]] = {}
        self._tasks: list[SimTask] = []
        self.set_task_factory(self._make_task)  # type: ignore[arg-type]

    # --- processes -----------------------------------------------------------------------------

    def context_of(self, process: str) -> contextvars.Context:
        """Return a context in which everything belongs to a process."""
        context = contextvars.copy_context()
        context.run(_PROCESS.set, process)
        return context

    def freeze(self, process: str) -> None:
        """Stop a process until it is thawed."""
        if process not in self._dead:
            self._frozen.setdefault(process, [])

    def thaw(self, process: str) -> None:
        """Let a process go on with all that waits for it."""
        self._ready.extend(self._frozen.pop(process, ()))

    def kill(self, process: str) -> None:
        """End a process for good."""
        self._dead.add(process)
        self._frozen.pop(process, None)

    def is_frozen(self, process: str) -> bool:
        """Return whether a process is stopped."""
        return process in self._frozen

    # --- what asyncio asks of a loop -------------------------------------------------------------

    def time(self) -> float:
        """Return virtual seconds since the start."""
        return self._now_s

    def create_future(self) -> Any:
        """Return a future."""
        return SimFuture(loop=self)

    def next_number(self) -> int:
        """Return the next number of a task or future."""
        self._number += 1
        return self._number

    def call_soon_threadsafe(self, *_given: Any, **_more: Any) -> NoReturn:  # type: ignore[override]
        """Refuse: threads are not repeatable."""
        raise RuntimeError("no threads in a simulation")

    def run_in_executor(self, *_given: Any, **_more: Any) -> NoReturn:  # type: ignore[override]
        """Refuse: threads are not repeatable."""
        raise RuntimeError("no threads in a simulation")

    def _make_task(
        self,
        loop: asyncio.AbstractEventLoop,
        coro: Coroutine[Any, Any, Any],
        context: contextvars.Context | None = None,
        **given: Any,
    ) -> SimTask:
        task = SimTask(coro, loop=self, context=context, **given)
        task._log_destroy_pending = False  # type: ignore[attr-defined]
        self._tasks.append(task)
        return task

    def _process_events(self, event_list: Any) -> None:
        pass

    def _write_to_self(self) -> None:
        pass

    def _asyncgen_finalizer_hook(self, agen: Any) -> None:
        self._asyncgens.discard(agen)  # type: ignore[attr-defined]

    def _run_once(self) -> None:
        self._take_due()
        batch = self._take_batch()
        if not batch:
            if self._stopping:  # type: ignore[attr-defined]
                return
            if not self._scheduled:
                raise StuckError(f"nothing is left to run at {self._now_s:.3f} s")
            self._now_s = max(self._now_s, self._scheduled[0]._when)
            return
        self._now_s += TURN_S
        for handle in batch:
            process = handle._context.get(_PROCESS, "")
            if handle._cancelled or process in self._dead:
                continue
            if process in self._frozen:
                self._frozen[process].append(handle)
                continue
            self.steps += 1
            handle._run()
        if self.steps > self._steps_max:
            raise StuckError(f"{self.steps} steps by {self._now_s:.3f} s")

    def _take_due(self) -> None:
        scheduled = self._scheduled
        while scheduled and (scheduled[0]._cancelled or scheduled[0]._when <= self._now_s):
            handle = heapq.heappop(scheduled)
            handle._scheduled = False
            if not handle._cancelled:
                self._ready.append(handle)

    def _take_batch(self) -> list[Any]:
        """Return what is ready, of each process in its order, the processes mixed by chance."""
        handles, self_ready = [*self._ready], self._ready
        self_ready.clear()
        queues: dict[str, list[Any]] = {}
        turns: list[str] = []
        for handle in handles:
            process = handle._context.get(_PROCESS, "")
            if process in self._dead or handle._cancelled:
                continue
            if process in self._frozen:
                self._frozen[process].append(handle)
                continue
            queues.setdefault(process, []).append(handle)
            turns.append(process)
        if len(queues) < 2:
            return next(iter(queues.values()), [])
        self._dice.shuffle(turns)
        order = {process: iter(queue) for process, queue in queues.items()}
        return [next(order[process]) for process in turns]

    # --- the end ---------------------------------------------------------------------------------

    def bury(self) -> None:
        """Let go of all that never came to its end, and close."""
        self.set_exception_handler(lambda loop, context: None)  # the dead have nobody to tell
        self._ready.clear()
        self._scheduled.clear()
        self._frozen.clear()
        hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of coroutines that nobody will await any more
            for task in self._tasks:
                if not task.done():
                    _close(task.get_coro())  # type: ignore[arg-type]
                elif not task.cancelled():
                    task.exception()  # looked at
            self._tasks.clear()
            gc.collect()
        sys.unraisablehook = hook
        self.close()


def _close(coro: Coroutine[Any, Any, Any]) -> None:
    try:
        coro.close()
    except BaseException:  # noqa: BLE001 - what a dead process would say in its `finally`
        return


def spawn(
    loop: SimLoop, process: str, work: Callable[[], Coroutine[Any, Any, Any]]
) -> asyncio.Task[Any]:
    """Start work as a process; it is called in the process's context."""
    context = loop.context_of(process)
    return context.run(lambda: loop.create_task(work(), context=context))
