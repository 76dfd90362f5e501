"""Reading a store beside the server that uses it: where it is, its worlds, and their packs."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dreamsync_server.cli.called import own_command
from dreamsync_server.cli.links import parse_link
from dreamsync_server.cli.shelf import PackShelf
from dreamsync_server.errors import OperatorError, WorldFaultError
from dreamsync_server.store.codec import CodecError
from dreamsync_server.store.data_folder import socket_in
from dreamsync_server.store.open import open_store
from dreamsync_server.store.port import Store, WorldCard
from dreamsync_server.store.reading import LoadPack, load_state
from dreamsync_server.store.redis.address import place_of
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import State

DATA: Final = Path("dreamsync-data")
_PREFIX_MIN: Final = 4  # letters of a world's id that may stand for it


@dataclass(frozen=True, slots=True)
class Found:
    """A world in the store.

    `pack` is the one in force now, `opened_with` the one it began with; `load_pack` gives any.
    """

    store: Store
    card: WorldCard
    pack: Pack
    opened_with: Pack
    load_pack: LoadPack

    async def state(self) -> State:
        """Return the world's state at its tail. Raises as `load_state`."""
        return await load_state(self.store, self.card.world, self.opened_with, self.load_pack)


def url_of(store: str, data: Path) -> str:
    """Return the URL of the store to read: the one named, else that of a running server's folder.

    Raises:
        OperatorError: no server runs on the folder.
    """
    if store:
        return store
    socket = socket_in(data)
    if socket is None:
        raise OperatorError(_no_server(data))
    return f"unix://{socket}"


@contextlib.asynccontextmanager
async def reading(store: str, data: Path) -> AsyncIterator[Store]:
    """Open the store for reading.

    Raises:
        OperatorError: none is there, or it does not answer.
    """
    opened = open_store(url_of(store, data))
    try:
        if not await opened.ping():
            raise OperatorError(
                f"the store at {place_of(store)} does not answer" if store else _no_server(data)
            )
        yield opened
    finally:
        await opened.close()


@contextlib.asynccontextmanager
async def world_in(store: str, data: Path, world: str) -> AsyncIterator[Found]:
    """Find a world by its id, the beginning of it, or a link; with its pack.

    Raises:
        OperatorError: there is no store, or no such world in it, or more than one.
    """
    async with reading(store, data) as opened:
        yield await found_of(opened, await find_card(opened, world))


async def found_of(store: Store, card: WorldCard) -> Found:
    """Return a world with its packs.

    Raises:
        OperatorError: a pack of it is not in the store.
    """
    shelf = PackShelf(store)
    pack = in_force = await shelf.load(card.pack_hash)
    # Who reads a log that contradicts itself says so with what it was asked for.
    with contextlib.suppress(WorldFaultError, CodecError):
        state = await load_state(store, card.world, pack, load_pack=shelf.load)
        in_force = state.pack
    return Found(store, card, in_force, pack, shelf.load)


async def find_card(store: Store, text: str) -> WorldCard:
    """Return the card of the one world that is meant.

    Raises:
        OperatorError: there is none, or more than one, or it is a class.
    """
    card = await card_of(store, text)
    if card.class_worlds:
        names = ", ".join(card.class_worlds.split())
        raise OperatorError(f"{card.world} is a class and no world; its worlds are {names}")
    return card


async def card_of(store: Store, text: str) -> WorldCard:
    """Return the card of the one world, or class, that is meant. Raises as `find_card`."""
    world = parse_link(text).world
    card = await store.card(world) if world else None
    if card is not None:
        return card
    listed = await store.worlds()
    alike = [c for c in listed if len(world) >= _PREFIX_MIN and c.world.startswith(world)]
    if len(alike) == 1:
        return alike[0]
    if alike:
        raise OperatorError(f"{len(alike)} worlds begin with {world!r}: write more of the id")
    count = f"it has {len(listed)}" if listed else "it has none"
    raise OperatorError(f"there is no world {world or text!r} in this store ({count})")


def _no_server(data: Path) -> str:
    return (
        f"no server runs on the data folder {data}: start one with"
        f" `{own_command()} serve --data {data}`,"
        " name another folder with --data, or a store with --store URL"
    )
