"""What a process says of itself: how busy it is, and as long as it lives."""

import asyncio
from collections.abc import Mapping
from typing import Any

from dreamsync_server.cli.about import Busy, about_process, keep_saying
from dreamsync_server.clock import SystemClock
from dreamsync_server.store.memory import MemoryStore


class Used:
    """Clocks by hand."""

    def __init__(self) -> None:
        self.now_s = self.used_s = 0.0

    def busy(self) -> Busy:
        return Busy(lambda: self.now_s, lambda: self.used_s)


def test_how_busy_a_process_is_follows_its_last_seconds() -> None:
    used = Used()
    busy = used.busy()
    for _ in range(20):
        used.now_s += 1.0
        used.used_s += 0.5
        busy.tenths()
    assert busy.tenths() == 5
    used.now_s += 20.0
    assert busy.tenths() == 0


def test_two_looks_at_once_are_one() -> None:
    used = Used()
    busy = used.busy()
    used.now_s, used.used_s = 5.0, 5.0
    assert busy.tenths() == 10
    used.now_s, used.used_s = 5.1, 5.1
    assert busy.tenths() == 10


def test_a_process_says_who_it_is_and_what_it_is_told_to_add() -> None:
    said = about_process(lambda: {"kind": "director", "worlds": 3})()
    assert said["kind"] == "director"
    assert said["worlds"] == 3
    assert {"host", "pid", "version", "codec", "busy", "since_ms"} <= set(said)


async def test_it_is_heard_of_while_it_lives() -> None:
    store = MemoryStore(SystemClock())
    heard: list[Mapping[str, Any]] = []
    said = keep_saying(store, SystemClock(), "d1", lambda: {"kind": "x"}, heard.append)
    work = asyncio.create_task(said)
    async with asyncio.timeout(5.0):
        while not heard:
            await asyncio.sleep(0)
    assert heard == [await store.nodes()] == [{"d1": {"kind": "x"}}]

    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert await store.nodes() == {}
