"""Gateways that died: whom they spoke with is absent, though nobody is left to say so."""

from collections.abc import Callable, Iterable
from typing import cast

from dreamsync_server.host.jobs import Jobs
from dreamsync_server.host.lease import lease_of
from dreamsync_server.host.owner import Owner
from dreamsync_server.store.port import Store
from dreamsync_server.world.commit import Proposal, ProposerKind


class Gateways:
    """Watches the leases of the nodes whose sessions are in worlds owned here."""

    def __init__(self, store: Store, jobs: Jobs, node: str, wake: Callable[[Owner], None]) -> None:
        self._store = store
        self._jobs = jobs
        self._node = node
        self._wake = wake

    async def look(self, owners: Iterable[Owner]) -> None:
        """Let the sessions of dead gateways be absent.

        Raises:
            StoreError: the store did not answer.
        """
        lives = {"": True, self._node: True}
        for owner in list(owners):
            if owner.pending is not None or owner.is_closing:
                continue
            for gateway in list(owner.presence.gateways):
                if gateway not in lives:
                    holder = self._store.lease_holder(lease_of(gateway))
                    lives[gateway] = await self._jobs.finish(holder) is not None
                if not lives[gateway]:
                    self._let_go(owner, gateway)

    def _let_go(self, owner: Owner, gateway: str) -> None:
        for name, session in owner.presence.of_gateway(owner.state, gateway):
            kind, was_at = cast("ProposerKind", session.kind), {"was_at": gateway}
            owner.own.append(Proposal("absent", kind, name, arguments=was_at))
        owner.presence.gateways.pop(gateway, None)
        self._wake(owner)
