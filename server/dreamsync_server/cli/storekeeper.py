"""Keeps the embedded store running: starts it again when it dies, or when its disk has room again.

A store that fsyncs every commit ends when its disk is full rather than forget one. To start it
over and over would help nobody, and to end would throw everybody out: so worlds hold meanwhile,
the operator is told why, and all goes on by itself once there is room.
"""

import asyncio
import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from dreamsync_server.cli.supervisor import Ending
from dreamsync_server.errors import OperatorError
from dreamsync_server.limits import MIB, STORE_DISK_FREE_MIN
from dreamsync_server.store.embedded import EmbeddedStore

RESTART_S: Final = 0.2
LOOK_S: Final = 0.5  # between two looks whether there is room
_LOOKS_UNTIL_REMINDED: Final = 120

log = logging.getLogger(__name__)


def free_bytes(folder: Path) -> int:
    """Return how much may still be written under a folder."""
    return shutil.disk_usage(folder).free


async def keep_store(
    store: EmbeddedStore, stop: Ending, free: Callable[[Path], int] = free_bytes
) -> None:
    """Start the store again whenever it dies; what was acked is still there.

    Where it cannot be started and the disk is not the reason, `stop` is set as a failure.
    """
    while True:
        code = await store.wait()
        is_full = free(store.data_dir) < STORE_DISK_FREE_MIN
        if not is_full:
            log.warning("the store ended (code %d); starting it again", code)
        await asyncio.sleep(RESTART_S)
        while True:
            if is_full:
                await _until_there_is_room(store.data_dir, free)
            try:
                await store.start()
            except (OperatorError, OSError) as error:
                is_full = free(store.data_dir) < STORE_DISK_FREE_MIN
                if is_full:
                    continue
                log.error("%s", error)
                stop.fail()
                return
            break
        if is_full:
            log.warning("the disk under %s has room again: worlds go on", store.data_dir)


async def _until_there_is_room(folder: Path, free: Callable[[Path], int]) -> None:
    while (left := free(folder)) < STORE_DISK_FREE_MIN:
        log.error(
            "the disk under %s is full (%d KiB left): every world holds, and nothing that was"
            " acked is lost; make %d MiB free there, and all goes on by itself",
            folder, left // 1024, STORE_DISK_FREE_MIN // MIB,
        )  # fmt: skip
        for _ in range(_LOOKS_UNTIL_REMINDED):
            await asyncio.sleep(LOOK_S)
            if free(folder) >= STORE_DISK_FREE_MIN:
                return
