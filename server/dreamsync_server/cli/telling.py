"""How a command ends: what it says where it cannot go on, and JSON for programs."""

import asyncio
import contextlib
import errno
import json
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

import dreamsync
from dreamsync_server.errors import DreamsyncError

FAILED: Final = 1
INTERRUPTED: Final = 130
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def run(work: Coroutine[Any, Any, int], *, is_json: bool = False) -> int:
    """Run a command to its exit code; an error becomes one sentence and `FAILED`."""
    return guarded(lambda: asyncio.run(work), is_json=is_json)


def guarded(work: Callable[[], int], *, is_json: bool = False) -> int:
    """Do a command's work; an error of ours becomes one sentence and `FAILED`.

    What broke a pipe is no error: who reads has read enough.
    """
    try:
        code = work()
        if sys.stdout is not None:  # where it was closed nothing is told
            sys.stdout.flush()  # else it fails when nobody is there to say so
        return code
    except dreamsync.DreamsyncError as error:
        return fail(error.code, error.text, is_json=is_json)
    except DreamsyncError as error:
        return fail("cannot", str(error), is_json=is_json)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _leave_stdout()
        return 0
    except OSError as error:
        if error.errno not in _FULL:
            raise
        _leave_stdout()
        return fail("cannot", f"what was asked for cannot be written: {error.strerror}")


def _leave_stdout() -> None:
    """Keep the interpreter from writing again what could not be written."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def fail(code: str, text: str, *, is_json: bool = False) -> int:
    """Say why it cannot be done, on stderr or as JSON on stdout; return `FAILED`."""
    if is_json:
        print_json({"ok": False, "code": code, "text": text})
    else:
        print(f"dreamsync: {text}", file=sys.stderr)
    return FAILED


def print_json(value: Any, *, is_line: bool = False) -> None:
    """Print plain values as JSON; `is_line` keeps one thing on one line."""
    print(json.dumps(value, ensure_ascii=False, indent=None if is_line else 2), flush=is_line)


def clock_of(world_ms: int) -> str:
    """Return world time as a person reads it: `0:04:31`."""
    seconds = world_ms // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of as many cells each as lines whose cells stand under one another."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
