"""Saves whole states behind the log, so that a world opens quickly and its log can be trimmed."""

import logging

from dreamsync_server.errors import StoreError
from dreamsync_server.host.jobs import Jobs
from dreamsync_server.host.owner import Owner
from dreamsync_server.limits import (
    LOG_WINDOW_COMMITS,
    SNAPSHOT_EVERY_COMMITS,
    SNAPSHOT_SAVE_S,
)
from dreamsync_server.store.codec import CodecError
from dreamsync_server.store.port import Ownership, Snapshot, Store
from dreamsync_server.store.reading import snapshot_of

_log = logging.getLogger(__name__)


class Snapshots:
    """Takes one snapshot at a time, whatever the number of worlds: a state is encoded at once,
    between two turns, and stored while the world goes on.
    """

    def __init__(self, store: Store, jobs: Jobs) -> None:
        self._store = store
        self._jobs = jobs
        self._is_busy = False

    def consider(self, owner: Owner) -> None:
        """Start a snapshot if one is due. Everything decided must be confirmed.

        A world whose state is too large for one faults: it could never be opened again quickly,
        nor its log be trimmed.
        """
        assert owner.pending is None, "a snapshot holds confirmed commits only"
        seq = owner.state.position.seq
        if self._is_busy or seq - owner.snapshot_seq < SNAPSHOT_EVERY_COMMITS:
            return
        owner.snapshot_seq = seq  # where it fails, the next try comes as many commits later
        try:
            snapshot = snapshot_of(owner.state)
        except CodecError as error:
            owner.fault = str(error)
            _log.error("world %s stopped: %s", owner.world, error)
            return
        self._is_busy = True
        self._jobs.start(self._save(owner.ownership, snapshot, max(0, seq - LOG_WINDOW_COMMITS)))

    async def _save(self, ownership: Ownership, snapshot: Snapshot, keep_after: int) -> None:
        try:
            work = self._store.save_snapshot(ownership, snapshot, keep_after)
            if not await self._jobs.finish(work, SNAPSHOT_SAVE_S):
                _log.warning("snapshot of world %s refused", ownership.world)
        except StoreError as error:
            _log.warning("snapshot of world %s not saved: %s", ownership.world, error)
        finally:
            self._is_busy = False
