"""Reading a world: its state from the newest snapshot and the log behind it, and then onward."""

from collections.abc import Awaitable, Callable, Sequence

from dreamsync_server.errors import WorldFaultError
from dreamsync_server.limits import LOG_PAGE
from dreamsync_server.store.codec import decode_plain, encode_plain
from dreamsync_server.store.port import Snapshot, Store
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.model import Pack
from dreamsync_server.world.repacking import pack_in_force
from dreamsync_server.world.snapshot import from_plain, to_plain
from dreamsync_server.world.state import State

LoadPack = Callable[[str], Awaitable[Pack]]
"""Gives the pack of a hash, from the store. Raises WorldFaultError where it cannot be had."""


def snapshot_of(state: State) -> Snapshot:
    """Return a state as the store keeps it."""
    return Snapshot(state.position, state.epochs, encode_plain(to_plain(state)))


def state_of(pack: Pack, snapshot: Snapshot) -> State:
    """Return the state in a snapshot.

    Raises:
        WorldFaultError: its facts do not come to its digest.
        CodecError: the bytes are no state.
    """
    return from_plain(pack, decode_plain(snapshot.state))


async def load_state(
    store: Store,
    world: str,
    pack: Pack,
    load_pack: LoadPack | None = None,
) -> State:
    """Return a world's state at its tail.

    `pack` is the one that the world was opened with. The state is read under the one in force at
    that moment, which `load_pack` gives where it is another.

    Raises:
        WorldFaultError: the log contradicts itself, or the pack in force cannot be had.
        StoreUnavailableError: the store does not answer.
    """
    snapshot = await store.load_snapshot(world)
    state = State(pack) if snapshot is None else state_of(pack, snapshot)
    await catch_up(store, world, state)
    await adopt_pack(state, load_pack)
    return state


async def adopt_pack(state: State, load_pack: LoadPack | None) -> None:
    """Read a state under the pack that is in force in it.

    Raises:
        WorldFaultError: that pack cannot be had.
    """
    in_force = pack_in_force(state.facts, state.pack.hash)
    if in_force == state.pack.hash:
        return
    if load_pack is None:
        raise WorldFaultError(f"the world plays the pack {in_force[:12]} by now")
    state.adopt(await load_pack(in_force))


async def catch_up(
    store: Store, world: str, state: State, up_to: int | None = None
) -> Sequence[Commit]:
    """Bring a state to seq `up_to` or the tail; return the commits it was brought by, in order."""
    applied: list[Commit] = []
    while up_to is None or state.position.seq < up_to:
        page = await store.read(world, state.position.seq, up_to, LOG_PAGE)
        for commit in page:
            evolve(state, commit)
        applied.extend(page)
        if len(page) < LOG_PAGE:
            break
    return applied
