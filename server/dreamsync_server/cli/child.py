"""What every child process of the supervisor does first and last."""

import asyncio
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from dreamsync_server.cli.lifeline import die_with_parent, watch_parent
from dreamsync_server.cli.supervisor import UNUSABLE
from dreamsync_server.errors import OperatorError, first_of
from dreamsync_server.settings import Settings
from dreamsync_server.store.open import open_store
from dreamsync_server.store.port import Store
from dreamsync_server.store.profiles import profile_named
from dreamsync_server.telemetry import set_up_logging

try:
    import uvloop
except ImportError:  # the extra `fast` is not installed
    new_loop = None
else:
    new_loop = uvloop.new_event_loop

TOLD: Final = "DREAMSYNC_TOLD"  # the variable that holds a child's settings
GARBAGE_THRESHOLDS: Final = (1_000, 10, 1_000)  # new objects; young looks; looks at all


class ChildSettings(BaseModel):
    """What the supervisor tells a child: its name in leases, the store, the operator's settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str
    store_url: str
    settings: Settings

    def open_store(self) -> Store:
        """Return the store, where a write counts when the profile's promise is kept."""
        profile = self.settings.profile
        is_fsynced = bool(profile) and profile_named(profile).is_fsynced
        return open_store(self.store_url, replicas=self.settings.replicas, is_fsynced=is_fsynced)


def run_child(argv: Sequence[str], run: Callable[[ChildSettings], Awaitable[None]]) -> int:
    """Run a child's main function under its parent's life; return the exit code.

    `argv` is its name, and what it is told stands in the variable `TOLD`, because passwords are in
    it; where that is not set `argv` is the whole.
    """
    child = told_by(argv[0])
    set_up_logging(is_json=child.settings.log_json, is_verbose=child.settings.verbose)
    parent = int(os.environ.get("DREAMSYNC_PARENT", "0"))
    if parent:
        die_with_parent(parent)
    try:
        run_loop(_with_parent(run, child, parent))
    except OperatorError as error:
        print(f"dreamsync: {error}", file=sys.stderr)
        return UNUSABLE
    except BaseExceptionGroup as group:  # what was raised beside loops that ran already
        cause = first_of(group, OperatorError)
        if cause is None:
            raise
        print(f"dreamsync: {cause}", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        return 0
    return 0


def told_by(argument: str) -> ChildSettings:
    """Return what a child was told; the environment that it hands on holds it no more."""
    told = os.environ.pop(TOLD, "")
    if not told:
        return ChildSettings.model_validate_json(argument)
    return ChildSettings.model_validate_json(told).model_copy(update={"name": argument})


def run_loop(main: Coroutine[Any, Any, None], *, is_fast: bool = True) -> None:
    """Run a process's main coroutine: on uvloop where that is installed and wanted.

    A process that follows worlds holds millions of objects that stay, such as the commits that
    clients may come back to. Looking through all of them for garbage takes a tenth of a second,
    in which nobody is answered; so that is done rarely, and never for what was there at the start.
    """
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    with asyncio.Runner(loop_factory=new_loop if is_fast else None) as runner:
        runner.run(main)


def told_to_stop() -> asyncio.Event:
    """Return what is set at SIGTERM or SIGINT; from now on they end the process calmly."""
    loop = asyncio.get_running_loop()
    is_told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, is_told.set)
    return is_told


async def _with_parent(
    run: Callable[[ChildSettings], Awaitable[None]], child: ChildSettings, parent: int
) -> None:
    work = asyncio.ensure_future(run(child))
    watch = asyncio.ensure_future(watch_parent(parent) if parent else asyncio.Event().wait())
    done, _ = await asyncio.wait((work, watch), return_when=asyncio.FIRST_COMPLETED)
    for task in (work, watch):
        task.cancel()
    await asyncio.gather(work, watch, return_exceptions=True)
    if work in done:
        work.result()
