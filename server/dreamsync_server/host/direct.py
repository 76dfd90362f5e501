"""The direct way into worlds owned by this process, for a gateway that the composition root joins.

Keep one session's proposals in order: while some that went by `store.propose` are unanswered,
send the next ones that way too. (The world answers `gap` where a number comes too early.)
"""

from dreamsync_server.host.node import HostNode
from dreamsync_server.host.owner import RefusedError
from dreamsync_server.world.commit import Proposal


class Direct:
    """Hands proposals to a host in the same process; outcomes come back through the log only."""

    def __init__(self, node: HostNode) -> None:
        self._node = node

    def submit(self, world: str, proposal: Proposal) -> None:
        """Hand a proposal in; it is decided in the next turn.

        Raises:
            RefusedError: `not_here`: use `store.propose`. `busy`, `store_unavailable`, `stopped`:
                it was not taken and will never be decided unless it is sent again.
        """
        owner = self._node.owner(world)
        if owner is None and (leaving := self._node.leaving(world)) is not None:
            leaving.submit(proposal)
            return
        if owner is None:
            raise RefusedError("stopped" if self._node.is_stopped(world) else "not_here")
        if not self._node.is_leased():
            raise RefusedError("store_unavailable")
        owner.submit(proposal)
        self._node.wake(owner)
