"""A node's lease: it tells other nodes that this one lives. It protects nothing; epochs do."""

import logging
import math

from dreamsync_server.clock import Clock
from dreamsync_server.errors import StoreError
from dreamsync_server.host.jobs import Jobs
from dreamsync_server.limits import FENCE_SELF_S, LEASE_S
from dreamsync_server.store.port import Store

_log = logging.getLogger(__name__)


def lease_of(node: str) -> str:
    """Return the name of a node's lease."""
    return f"node:{node}"


class NodeLease:
    """This node's lease. A node that could not renew it for `FENCE_SELF_S` decides nothing more.

    `token` is drawn anew by each process, so that two under one name notice one another.
    """

    def __init__(self, store: Store, clock: Clock, jobs: Jobs, node: str, token: str) -> None:
        self._store = store
        self._clock = clock
        self._jobs = jobs
        self._name = lease_of(node)
        self._token = token
        self._renewed_s = -math.inf
        self.has_seen_outage = False  # the store did not answer; whoever asks for it clears it

    def is_live(self) -> bool:
        """Return whether other nodes still believe that this one lives."""
        return self._clock.mono_s() - self._renewed_s < FENCE_SELF_S

    @property
    def fenced_at_s(self) -> float:
        """When it goes (or went) out of force for this node itself."""
        return self._renewed_s + FENCE_SELF_S

    async def renew(self) -> bool:
        """Take or renew it; False where another process has it or the store does not answer."""
        asked_s = self._clock.mono_s()  # the store counts from later, so this is the safe side
        try:
            work = self._store.lease(self._name, self._token, LEASE_S)
            has_it = await self._jobs.finish(work)
        except StoreError as error:
            _log.warning("%s not renewed: %s", self._name, error)
            self.has_seen_outage = True
            return False
        if not has_it:
            _log.warning("another process has the lease %s", self._name)
            return False
        self._renewed_s = asked_s
        return True

    async def drop(self) -> None:
        """End it at once, so that other nodes need not wait."""
        self._renewed_s = -math.inf
        try:
            await self._jobs.finish(self._store.drop_lease(self._name, self._token))
        except StoreError as error:
            _log.warning("%s not dropped: %s", self._name, error)
