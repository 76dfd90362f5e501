"""Reads the inboxes of worlds owned here, and trims them behind what is confirmed."""

import asyncio
import logging
from collections.abc import Callable

from dreamsync_server.errors import StoreError
from dreamsync_server.host.jobs import Jobs
from dreamsync_server.host.owner import Owner
from dreamsync_server.limits import INBOX_PAGE, STORE_TIMEOUT_S
from dreamsync_server.store.port import Store

_log = logging.getLogger(__name__)
_TOGETHER = 4  # inboxes read at the same time


class Inboxes:
    """The inboxes of one lane's worlds. `on_filled(owner)` is called when something was read.

    A cursor in a world's state says what was consumed: reading starts behind it, so that no
    entry is decided twice, whoever owned the world before.
    """

    def __init__(self, store: Store, jobs: Jobs, on_filled: Callable[[Owner], None]) -> None:
        self._store = store
        self._jobs = jobs
        self._on_filled = on_filled
        self._rung: dict[Owner, None] = {}
        self._is_rung = asyncio.Event()
        self._reading: set[Owner] = set()

    def is_reading(self, owner: Owner) -> bool:
        """Return whether a world's inbox is being read now."""
        return owner in self._reading

    def ring(self, owner: Owner) -> None:
        """Look into a world's inbox soon."""
        self._rung[owner] = None
        self._is_rung.set()

    def forget(self, owner: Owner) -> None:
        """Look there no more."""
        self._rung.pop(owner, None)

    async def read_rung(self) -> None:
        """Read every inbox that was rung for, once."""
        self._is_rung.clear()
        rung, self._rung = list(self._rung), {}
        for at in range(0, len(rung), _TOGETHER):
            async with asyncio.TaskGroup() as group:
                for owner in rung[at : at + _TOGETHER]:
                    group.create_task(self._look(owner))

    async def run(self) -> None:
        """Read what is rung for until cancelled."""
        while True:
            await self._is_rung.wait()
            await self.read_rung()

    async def read(self, owner: Owner) -> None:
        """Read on behind what was read, until the end or until enough waits to be decided.

        Raises:
            StoreUnavailableError: the store did not answer.
        """
        while owner.has_room():
            after = owner.read_through
            entries = await self._jobs.finish(
                self._store.inbox(owner.world, after, INBOX_PAGE), STORE_TIMEOUT_S
            )
            assert owner.read_through == after, "one reader an inbox"
            owner.take(entries, has_unread=len(entries) >= INBOX_PAGE)
            if not owner.has_unread:
                return

    async def trim(self, owner: Owner) -> None:
        """Drop the entries that confirmed commits have consumed."""
        if owner.count_untrimmed:
            owner.count_untrimmed = 0
            await self._jobs.finish(self._store.trim_inbox(owner.world, owner.consumed))

    async def _look(self, owner: Owner) -> None:
        if owner.is_closing or owner.fault:
            return
        self._reading.add(owner)
        try:
            await self.trim(owner)
            await self.read(owner)
        except StoreError as error:
            _log.warning("inbox of world %s not read: %s", owner.world, error)
        finally:
            self._reading.discard(owner)
        if owner.entries:
            self._on_filled(owner)
