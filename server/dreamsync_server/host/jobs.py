"""What a node has under way beside its loops: work that nobody may cancel half-way."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from dreamsync_server.errors import StoreError, StoreUnavailableError
from dreamsync_server.limits import STORE_TIMEOUT_S

Answer = TypeVar("Answer")
_log = logging.getLogger(__name__)


class Jobs:
    """Tasks that run to their end even if who waits for them is cancelled.

    A write to the store that is cut off half-way leaves a connection in an unknown state, so
    every write goes through here. `join` is the owner's duty before its loop ends.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run `work` on its own; what it raises is logged."""
        self._spawn(work).add_done_callback(_report)

    async def finish(
        self, work: Coroutine[Any, Any, Answer], within_s: float = STORE_TIMEOUT_S
    ) -> Answer:
        """Run `work` and return its answer; cancelled or overdue, it still runs to its end.

        Raises:
            StoreUnavailableError: it took longer than `within_s`: its outcome is not known.
        """
        task = self._spawn(work)
        try:
            done, _ = await asyncio.wait({task}, timeout=within_s)
        except asyncio.CancelledError:
            task.add_done_callback(_report)
            raise
        if not done:
            task.add_done_callback(_report)
            raise StoreUnavailableError(f"no answer within {within_s} s")
        return task.result()

    async def join(self, within_s: float) -> None:
        """Wait until nothing is under way, at most `within_s`."""
        if self._running:
            await asyncio.wait(tuple(self._running), timeout=within_s)

    def __len__(self) -> int:
        return len(self._running)

    def _spawn(self, work: Coroutine[Any, Any, Answer]) -> asyncio.Task[Answer]:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task


def _report(task: asyncio.Task[Any]) -> None:
    if task.cancelled():
        return
    match task.exception():
        case None:
            return
        case StoreError() as error:
            _log.warning("left undone: %s", error)
        case error:
            _log.error("a job broke", exc_info=error)
