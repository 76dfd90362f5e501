"""Making a world that begins with another's log: a branch, or a world from a file.

The commits go over as they were, with their positions and digests, and are applied on the way, so
that nothing is passed on that does not check. Behind them stands one `begin` of an epoch of its
own, by which the new world parts from its origin (`world/branching.py`). All of it is staged:
nobody sees it, and nothing is left of it, unless the last step makes the world.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from dreamsync_server.errors import WorldFaultError
from dreamsync_server.limits import RECAP_COMMITS_MAX
from dreamsync_server.store.port import Store, WorldCard
from dreamsync_server.store.reading import LoadPack, snapshot_of
from dreamsync_server.world.commit import Commit, Moment, Position, Proposal
from dreamsync_server.world.decide import decide
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.model import Pack
from dreamsync_server.world.repacking import changed_to, pack_in_force
from dreamsync_server.world.state import State

Check = Callable[[Pack, Commit, int], None]
"""Raises WorldFaultError where a commit behind that world time is none of ours."""


def card_from(origin: WorldCard, world: str, title: str, now_ms: int) -> WorldCard:
    """Return the card of a private world that goes on from another, without a secret yet.

    What led into the origin does not lead into it: it is of no class, and tells nobody its ending.
    """
    return replace(
        origin, world=world, is_private=True, created_ms=now_ms, title=title or origin.title,
        creator="", invite_hash="", code_hash="", desk_hash="", shares_ending=False,
        origin=origin.world, class_id="", class_worlds="",
    )  # fmt: skip


class Graft:
    """A log on its way into a world that is not there yet. `state` stands behind what was added.

    `pack` is the one that the origin was opened with; `load_pack` gives those that came later.
    """

    def __init__(
        self, store: Store, card: WorldCard, pack: Pack, load_pack: LoadPack, tail: int
    ) -> None:
        self.card = card
        self.state = State(pack)
        self._store = store
        self._load_pack = load_pack
        # The snapshot lies so far back that who comes can be told what a role knows.
        self._snapshot_at = tail - RECAP_COMMITS_MAX

    async def add(self, commits: Sequence[Commit], check: Check | None = None) -> None:
        """Take the next commits of the origin's log; `check` looks at each that is a stranger's.

        Raises:
            WorldFaultError: one does not follow, or its digest does not come out.
            StoreError: the store did not take them.
        """
        snapshot = None
        for commit in commits:
            before_ms = self.state.world_ms
            evolve(self.state, commit)
            if changed_to(commit):
                await self._adopt()
            if check is not None:
                check(self.state.pack, commit, before_ms)
            if commit.position.seq == self._snapshot_at:
                snapshot = snapshot_of(self.state)
        if commits:
            await self._store.stage(self.card.world, commits, snapshot)

    async def publish(self, now_ms: int, *, is_closed: bool = False) -> bool:
        """Part from the origin and make the world; False where its id or code is taken.

        Raises:
            WorldFaultError: there is nothing to go on from.
            StoreError: the world is not made.
        """
        state = self.state
        if not state.position.seq:
            raise WorldFaultError("there is no commit to begin with")
        epoch = max(state.position.epoch + 1, now_ms)
        given = {"epoch": epoch, "origin": self.card.origin, "at": state.position.seq}
        if is_closed:
            given["closed"] = True
        moment = Moment(state.world_ms, now_ms)
        begin = decide(state.pack, state, Proposal("begin", "owner", arguments=given), moment)
        await self._store.stage(self.card.world, [begin])
        tail = Position(epoch, begin.position.seq)
        return await self._store.create_world(self.card, tail)

    async def discard(self) -> None:
        """Leave nothing behind. Not to be called once the world may have been made."""
        await self._store.delete_world(self.card.world)

    async def _adopt(self) -> None:
        in_force = pack_in_force(self.state.facts, self.state.pack.hash)
        if in_force != self.state.pack.hash:
            self.state.adopt(await self._load_pack(in_force))
