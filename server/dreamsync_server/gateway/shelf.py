"""What the hall is handed by the composition root: packs, and the way to who owns worlds."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from dreamsync_server.store.port import WorldCard
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.model import Pack


class Shelf(Protocol):
    """The packs that worlds can be made of, and those that worlds are made of."""

    def ids(self) -> Sequence[str]:
        """Return the ids of the packs that new worlds may have, in the order they are listed."""
        ...

    async def newest(self, pack_id: str) -> Pack | None:
        """Return a pack for a new world, kept in the store by now; None where there is none."""
        ...

    async def by_hash(self, pack_hash: str) -> Pack | None:
        """Return the pack that a world was made of, or None where no node has it."""
        ...


Submit = Callable[[str, Proposal], str]
"""Hand a proposal to an owner in this process: "" where it was taken, "not_here" where the store
is the way, else an error's code."""

OpenWorld = Callable[[WorldCard], Awaitable[str]]
"""Open a new world: "here" or "elsewhere" where it was, else why not (taken, full, draining)."""

Ensure = Callable[[str], Awaitable[str]]
"""See to it that a world has an owner: "here" or "elsewhere" where it has one, else why not."""


def nobody_here(world: str, proposal: Proposal) -> str:
    """Hand nothing to anybody: every proposal goes by the store."""
    return "not_here"


async def somebody_elsewhere(world: str) -> str:
    """Trust that some node owns the world."""
    return "elsewhere"
