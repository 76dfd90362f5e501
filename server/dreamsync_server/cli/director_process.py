"""The director process: directs every world of the store that wants it. Ends on SIGTERM."""

import asyncio
import contextlib
import sys

from dreamsync_server.cli.child import ChildSettings, run_child
from dreamsync_server.cli.node_process import until_told_to_stop
from dreamsync_server.cli.shelf import PackShelf
from dreamsync_server.clock import SystemClock
from dreamsync_server.director.director import Director
from dreamsync_server.store.open import open_store


async def run(settings: ChildSettings) -> None:
    """Direct until SIGTERM."""
    clock = SystemClock()
    store = open_store(settings.store_url)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        director = Director(store, clock, PackShelf(store).load, settings.name)
        work = asyncio.create_task(director.run())
        try:
            await until_told_to_stop()
        finally:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work


if __name__ == "__main__":
    sys.exit(run_child(sys.argv[1:], run))
