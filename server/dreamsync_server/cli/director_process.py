"""The director process: directs every world of the store that wants it. Ends on SIGTERM."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Mapping
from typing import Any

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
        heard: dict[str, Mapping[str, Any]] = {}
        load_pack = PackShelf(store, kept=own_cache()).load
        director = Director(
            store, clock, load_pack, settings.name, lambda: _others(heard, settings.name)
        )
        about = about_process(
            lambda: {
                "kind": "director",
                "state": "serving",
                "worlds": len(director.worlds),
                "proposed": dict(director.proposed),
            }
        )

        def hear(said: Mapping[str, Mapping[str, Any]]) -> None:
            heard.clear()
            heard.update(said)

        async with asyncio.TaskGroup() as group:  # one that breaks ends the process: it comes anew
            works = [
                group.create_task(director.run()),
                group.create_task(keep_saying(store, clock, settings.name, about, hear)),
            ]
            log.info("%s is directing", settings.name)
            await is_told.wait()
            for work in works:
                work.cancel()


def _others(heard: Mapping[str, Mapping[str, Any]], name: str) -> list[str]:
    return [one for one, said in heard.items() if said.get("kind") == "director" and one != name]


if __name__ == "__main__":
    sys.exit(run_child(sys.argv[1:], run))
