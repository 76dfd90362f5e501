"""A child process ends with the process that started it, also when that one was killed."""

import asyncio
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
LOOK_S = 0.5


def die_with_parent(parent_pid: int) -> None:
    """Ask the kernel to kill this process when its parent ends (Linux only).

    Exits at once where the parent has gone already.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:
        sys.exit(1)


async def watch_parent(parent_pid: int) -> None:
    """Return when the parent has gone: for systems where the kernel does not tell."""
    while os.getppid() == parent_pid:  # noqa: ASYNC110 (the kernel rings nobody)
        await asyncio.sleep(LOOK_S)
