"""Where packs come from: folders on this machine for new worlds, the store for those that run."""

import asyncio
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from dreamsync_server.cli.pack_cache import PackCache
from dreamsync_server.errors import WorldFaultError
from dreamsync_server.packs import Checked, PackFaultsError, check_folder, load
from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.read import read_folder
from dreamsync_server.packs.shipped import find_world, list_worlds
from dreamsync_server.store.port import Store
from dreamsync_server.world.model import Pack

log = logging.getLogger(__name__)

# Checking is work for the processor alone: two at a time would be done no sooner, and take twice as
# many turns from the loop. Whoever waits may find what the first one has kept.
_ONE_AT_A_TIME = threading.Lock()


class PackShelf:
    """The packs of this node. Each is read and checked once and kept by its hash: one pack is one
    object, whoever asks, since much is worked out once for each (`world/sharing.py`).

    `kept` are packs that were checked before, by an earlier process perhaps.
    """

    def __init__(
        self, store: Store, extra: Path | None = None, kept: PackCache | None = None
    ) -> None:
        self._store = store
        self._kept = kept
        self._extra = extra
        self._ids = tuple(list_worlds(extra))
        self._by_hash: dict[str, Pack] = {}
        self._readings: dict[str, asyncio.Task[Pack | None]] = {}  # from folders, by id
        self._loadings: dict[str, asyncio.Task[Pack | None]] = {}  # from the store, by hash

    def folders(self) -> dict[str, Path]:
        """Return pack id -> folder of every pack on this machine, as it is now."""
        return dict(list_worlds(self._extra))

    async def read_again(self, pack_id: str) -> Checked | None:
        """Check a pack's folder anew; None where there is none.

        A good one is the newest from now on, and kept in the store; a bad one changes nothing.

        Raises:
            StoreUnavailableError: the store does not answer.
        """
        folder = self.folders().get(pack_id)
        if folder is None:
            return None
        checked = await asyncio.to_thread(self._check_anew, folder)
        if checked.pack is not None:
            await self._store.put_pack(checked.pack.hash, checked.files)
            pack = self._only(checked.pack)
            checked = replace(checked, pack=pack)
            self._readings[pack_id] = asyncio.get_running_loop().create_task(_known(pack))
            self._ids = tuple(sorted({*self._ids, pack_id}))
        return checked

    def ids(self) -> Sequence[str]:
        """Return the ids of the packs that new worlds may have."""
        return self._ids

    async def newest(self, pack_id: str) -> Pack | None:
        """Return a pack for a new world, kept in the store by now; None where there is none."""
        if pack_id not in self._ids:
            return None
        reading = self._readings.get(pack_id)
        if reading is None or (reading.done() and (reading.cancelled() or reading.exception())):
            reading = asyncio.get_running_loop().create_task(self._read(pack_id))
            self._readings[pack_id] = reading
        # Who asked may go away meanwhile; the reading is for all who ask.
        return await asyncio.shield(reading)

    async def by_hash(self, pack_hash: str) -> Pack | None:
        """Return the pack that a world was made of, or None where nobody has it."""
        known = self._by_hash.get(pack_hash)
        if known is not None:
            return known
        loading = self._loadings.get(pack_hash)
        if loading is None:
            loading = asyncio.get_running_loop().create_task(self._from_store(pack_hash))
            self._loadings[pack_hash] = loading
            loading.add_done_callback(lambda task: self._loaded_by(pack_hash, task))
        # Who asked may go away meanwhile; the loading is for all who ask.
        return await asyncio.shield(loading)

    async def load(self, pack_hash: str) -> Pack:
        """Return the pack that a world was made of.

        Raises:
            WorldFaultError: the store has no such pack, or it cannot be played.
        """
        pack = await self.by_hash(pack_hash)
        if pack is None:
            raise WorldFaultError(f"the pack {pack_hash[:12]} of this world cannot be had")
        return pack

    async def _read(self, pack_id: str) -> Pack | None:
        folder = find_world(pack_id, self._extra)
        if folder is None:
            return None
        checked = await asyncio.to_thread(self._check, folder)
        if checked.pack is None:
            log.error("pack %s cannot be played: %s", pack_id, checked.faults[0])
            return None
        await self._store.put_pack(checked.pack.hash, checked.files)
        return self._only(checked.pack)

    async def _from_store(self, pack_hash: str) -> Pack | None:
        files = await self._store.get_pack(pack_hash)
        if files is None:
            return None
        try:
            return self._only(await asyncio.to_thread(self._load, files))
        except PackFaultsError as error:
            log.error("the pack %s in the store cannot be played: %s", pack_hash[:12], error)
            return None

    def _loaded_by(self, pack_hash: str, task: asyncio.Task[Pack | None]) -> None:
        self._loadings.pop(pack_hash, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.info("the pack %s is not loaded: %s", pack_hash[:12], error)

    def _only(self, pack: Pack) -> Pack:
        """Return the one object there is of a pack in this process."""
        return self._by_hash.setdefault(pack.hash, pack)

    def _check_anew(self, folder: Path) -> Checked:
        with _ONE_AT_A_TIME:
            return check_folder(folder)

    def _check(self, folder: Path) -> Checked:
        """Check a folder, unless the very same files were checked before."""
        with _ONE_AT_A_TIME:
            return self._checked(folder)

    def _checked(self, folder: Path) -> Checked:
        faults = Faults()
        files = read_folder(folder, faults)
        if self._kept is None or faults.errors:
            return check_folder(folder)
        pack = self._kept.get(files)
        if pack is not None and pack.id == folder.resolve().name:
            return Checked(pack, (), 0, files)
        checked = check_folder(folder)
        if checked.pack is not None:
            self._kept.put(files, checked.pack)
        return checked

    def _load(self, files: Mapping[str, str]) -> Pack:
        """Load a pack from its files, which may have been loaded before."""
        with _ONE_AT_A_TIME:
            return self._loaded(files)

    def _loaded(self, files: Mapping[str, str]) -> Pack:
        pack = None if self._kept is None else self._kept.get(files)
        if pack is None:
            pack = load(files)
            if self._kept is not None:
                self._kept.put(files, pack)
        return pack


async def _known(pack: Pack) -> Pack | None:
    return pack
