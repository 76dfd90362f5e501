"""The director process: directs every world of the store that wants it. Ends on SIGTERM."""

import asyncio
import contextlib
import logging
import sys

from dreamsync_server.cli.about import about_process, keep_saying
from dreamsync_server.cli.child import ChildSettings, run_child, told_to_stop
from dreamsync_server.cli.pack_cache import own_cache
from dreamsync_server.cli.shelf import PackShelf
from dreamsync_server.clock import SystemClock
from dreamsync_server.director.director import Director

log = logging.getLogger("dreamsync_server.cli.director_process")


async def run(settings: ChildSettings) -> None:
    """Direct until SIGTERM."""
    clock = SystemClock()
    is_told = told_to_stop()
    store = settings.open_store()
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        director = Director(store, clock, PackShelf(store, kept=own_cache()).load, settings.name)
        about = about_process(
            lambda: {
                "kind": "director",
                "state": "serving",
                "worlds": len(director.worlds),
                "proposed": dict(director.proposed),
            }
        )
        works = [
            asyncio.create_task(director.run()),
            asyncio.create_task(keep_saying(store, clock, settings.name, about)),
        ]
        try:
            log.info("%s is directing", settings.name)
            await is_told.wait()
        finally:
            for work in works:
                work.cancel()
            for work in works:
                with contextlib.suppress(asyncio.CancelledError):
                    await work


if __name__ == "__main__":
    sys.exit(run_child(sys.argv[1:], run))
