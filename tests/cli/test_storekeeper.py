"""The embedded store is started again; where its disk is full, not before there is room."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dreamsync_server.cli.storekeeper import free_bytes, keep_store
from dreamsync_server.cli.supervisor import Ending
from dreamsync_server.limits import STORE_DISK_FREE_MIN
from dreamsync_server.store.embedded import EmbeddedStore
from dreamsync_server.store.open import open_store

PATIENCE_S = 20.0


class Disk:
    """How much room there is, as the test wants it; `looked` is set by each look."""

    def __init__(self, free: int) -> None:
        self.free = free
        self.looked = asyncio.Event()

    def __call__(self, folder: Path) -> int:
        self.looked.set()
        return self.free


@asynccontextmanager
async def kept(folder: Path, disk: Disk, stop: Ending) -> AsyncIterator[EmbeddedStore]:
    async with asyncio.timeout(PATIENCE_S), EmbeddedStore(folder) as store:
        keeper = asyncio.create_task(keep_store(store, stop, disk))
        yield store
        keeper.cancel()
        await asyncio.wait([keeper])


async def until_another_runs(store: EmbeddedStore, old: int) -> None:
    reader = open_store(store.url)
    while store.pid == old or not await reader.ping():
        await asyncio.sleep(0.01)
    await reader.close()


async def test_a_store_that_is_killed_is_started_again(tmp_path: Path) -> None:
    stop = Ending()
    async with kept(tmp_path / "data", Disk(STORE_DISK_FREE_MIN), stop) as store:
        old = store.pid
        os.kill(old, signal.SIGKILL)
        await until_another_runs(store, old)
    assert not stop.is_set()


async def test_a_store_whose_disk_is_full_waits_for_room_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "dreamsync_server.cli.storekeeper")
    stop, disk = Ending(), Disk(0)
    async with kept(tmp_path / "data", disk, stop) as store:
        old = store.pid
        os.kill(old, signal.SIGKILL)
        for _ in range(3):
            disk.looked.clear()
            await disk.looked.wait()
        assert store.pid == old, "it is not started over and over"
        disk.free = STORE_DISK_FREE_MIN
        await until_another_runs(store, old)
        while len(caplog.records) < 2:
            await asyncio.sleep(0.01)
    assert not stop.is_set()
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2
    assert "is full (0 KiB left): every world holds" in said[0]
    assert "make 1 MiB free there, and all goes on by itself" in said[0]
    assert "has room again: worlds go on" in said[1]


async def test_a_store_that_cannot_start_for_another_reason_ends_the_server(
    tmp_path: Path,
) -> None:
    stop = Ending()
    async with kept(tmp_path / "data", Disk(STORE_DISK_FREE_MIN), stop) as store:
        (tmp_path / "data" / "store.socket").unlink()
        (tmp_path / "data" / "store.socket").mkdir()
        os.kill(store.pid, signal.SIGKILL)
        await stop.wait()


def test_the_room_is_that_of_the_disk(tmp_path: Path) -> None:
    assert free_bytes(tmp_path) == os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize
