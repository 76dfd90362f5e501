"""Directory hints about the worlds owned here: for listings, and to resume a quiet world's time.

Where a world's creator wanted it, its ending is shared too: the pack's id and the ending's, alone.
"""

import logging
from collections.abc import Mapping
from typing import Any

from dreamsync_server.errors import StoreError
from dreamsync_server.host.jobs import Jobs
from dreamsync_server.host.owner import Owner
from dreamsync_server.limits import STATUS_EVERY_S
from dreamsync_server.store import codec
from dreamsync_server.store.port import Store
from dreamsync_server.world.elsewhere import shared_ending

_log = logging.getLogger(__name__)


class StatusBoard:
    """Writes each world's hints when they change, and every `STATUS_EVERY_S` while it lives."""

    def __init__(self, store: Store, jobs: Jobs, node: str) -> None:
        self._store = store
        self._jobs = jobs
        self._node = node
        self._written: dict[str, tuple[float, Mapping[str, Any]]] = {}
        self._shared: set[str] = set()  # worlds owned here whose ending was shared

    async def renew(self, owner: Owner, mono_s: float, now_ms: int) -> bool:
        """Write a world's hints if it is time to. Everything decided must be confirmed.

        False where the store did not take them.
        """
        is_shared = await self._share(owner)
        hints = hints_of(owner, self._node)
        written_s, written = self._written.get(owner.world, (0.0, None))
        if hints == written and mono_s - written_s < STATUS_EVERY_S:
            return is_shared
        self._written[owner.world] = (mono_s, hints)
        world_ms = max(owner.state.world_ms, owner.pace.at(mono_s))
        hints = {**hints, "world_ms": world_ms, "at_ms": now_ms}
        return await self._write(owner.world, hints) and is_shared

    async def close(self, owner: Owner, *, is_awake: bool) -> None:
        """Write the hints of a world that is given up; a faulted one says so."""
        if not owner.fault and owner.pending is None:
            await self._share(owner)
        self.forget(owner.world)
        hints = {**hints_of(owner, ""), "awake": is_awake}
        if owner.fault:
            hints["fault"] = owner.fault
        await self._write(owner.world, hints)

    def forget(self, world: str) -> None:
        """Write no more of a world that another node owns."""
        self._written.pop(world, None)
        self._shared.discard(world)

    async def _share(self, owner: Owner) -> bool:
        """Share an ending once; False where the store did not take it."""
        if not owner.card.shares_ending or owner.world in self._shared:
            return True
        ending = shared_ending(owner.state.pack, owner.state.facts)
        if not ending:
            return True
        try:
            await self._jobs.finish(self._store.share_ending(owner.card.pack_id, ending))
        except StoreError as error:
            _log.warning("the ending of world %s not shared: %s", owner.world, error)
            return False
        self._shared.add(owner.world)
        return True

    async def _write(self, world: str, hints: Mapping[str, Any]) -> bool:
        try:
            await self._jobs.finish(self._store.set_status(world, hints))
        except StoreError as error:
            _log.warning("status of world %s not written: %s", world, error)
            self._written.pop(world, None)
            return False
        return True


def hints_of(owner: Owner, node: str) -> dict[str, Any]:
    """Return what a listing shows of a world."""
    facts = owner.state.facts
    return {
        "awake": True,
        "codec": codec.VERSION,
        "node": node,
        "players": owner.presence.count_players,
        "people": owner.presence.count_people,
        "pack": owner.state.pack.hash,
        "chapter": facts.get("chapter", ""),
        "ending": facts.get("ending", ""),
        "closed": bool(facts.get("@closed", False)),
        "paused": bool(facts.get("paused", False)),
    }
