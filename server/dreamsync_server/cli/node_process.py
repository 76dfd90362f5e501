"""The node process: a host that owns worlds and a gateway that speaks to clients, in one loop.

Started by the supervisor with its settings as JSON; ends on SIGTERM after handing its worlds over.
"""

import asyncio
import contextlib
import signal
import sys

from dreamsync_server.cli.assembly import open_node
from dreamsync_server.cli.child import ChildSettings, run_child


async def run(settings: ChildSettings) -> None:
    """Serve until SIGTERM."""
    async with open_node(settings):
        await until_told_to_stop()


async def until_told_to_stop() -> None:
    """Return at SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    is_told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, is_told.set)
    await is_told.wait()


if __name__ == "__main__":
    sys.exit(run_child(sys.argv[1:], run))
