"""Directory hints about the worlds owned here: for listings, and to resume a quiet world's time."""

import logging
from collections.abc import Mapping
from typing import Any

from dreamsync_server.errors import StoreError
from dreamsync_server.host.jobs import Jobs
from dreamsync_server.host.owner import Owner
from dreamsync_server.limits import STATUS_EVERY_S
from dreamsync_server.store.port import Store

_log = logging.getLogger(__name__)


class StatusBoard:
    """Writes each world's hints when they change, and every `STATUS_EVERY_S` while it lives."""

    def __init__(self, store: Store, jobs: Jobs, node: str) -> None:
        self._store = store
        self._jobs = jobs
        self._node = node
        self._written: dict[str, tuple[float, Mapping[str, Any]]] = {}

    async def renew(self, owner: Owner, mono_s: float, now_ms: int) -> bool:
        """Write a world's hints if it is time to. Everything decided must be confirmed.

        False where the store did not take them.
        """
        hints = hints_of(owner, self._node)
        written_s, written = self._written.get(owner.world, (0.0, None))
        if hints == written and mono_s - written_s < STATUS_EVERY_S:
            return True
        self._written[owner.world] = (mono_s, hints)
        world_ms = max(owner.state.world_ms, owner.pace.at(mono_s))
        return await self._write(owner.world, {**hints, "world_ms": world_ms, "at_ms": now_ms})

    async def close(self, owner: Owner, *, is_awake: bool) -> None:
        """Write the hints of a world that is given up; a faulted one says so."""
        self._written.pop(owner.world, None)
        hints = {**hints_of(owner, ""), "awake": is_awake}
        if owner.fault:
            hints["fault"] = owner.fault
        await self._write(owner.world, hints)

    def forget(self, world: str) -> None:
        """Write no more of a world that another node owns."""
        self._written.pop(world, None)

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
        "node": node,
        "players": owner.presence.count_players,
        "people": owner.presence.count_people,
        "chapter": facts.get("chapter", ""),
        "ending": facts.get("ending", ""),
        "closed": bool(facts.get("@closed", False)),
        "paused": bool(facts.get("paused", False)),
    }
