"""A world made of another's log, on the command line: its card, its secrets, and what is told."""

from dataclasses import asdict, replace

import dreamsync
from dreamsync_server.cli.links import Link, socket_address
from dreamsync_server.cli.open import card as opened
from dreamsync_server.cli.telling import print_json
from dreamsync_server.errors import OperatorError
from dreamsync_server.gateway.tokens import Tokens, hash_of, hash_of_code
from dreamsync_server.limits import STORE_MEMORY_NEW_WORLDS
from dreamsync_server.store.port import Store, WorldCard


def newcomer(origin: WorldCard, title: str, now_ms: int) -> tuple[WorldCard, dreamsync.World]:
    """Return the card of a new private world that goes on from another, and its secrets."""
    tokens = Tokens()
    world = dreamsync.World(tokens.world(), tokens.secret(), tokens.code(), tokens.secret())
    card = replace(
        origin, world=world.id, is_private=True, created_ms=now_ms, title=title or origin.title,
        creator="", invite_hash=hash_of(world.invite), code_hash=hash_of_code(world.code),
        desk_hash=hash_of(world.desk_token), origin=origin.world,
    )  # fmt: skip
    return card, world


async def check_room(store: Store) -> None:
    """Raise OperatorError where the store is too full for a new world."""
    if await store.memory_share() > STORE_MEMORY_NEW_WORLDS:
        raise OperatorError("the store is too full for a new world: delete some, or give it more")


def tell(world: dreamsync.World, url: str, first: str, *, is_json: bool) -> int:
    """Print what leads into a new world, behind a first line; return the exit code."""
    link = Link(socket_address(url), world.id, world.invite)
    if is_json:
        print_json({"ok": True, **asdict(world), "link": str(link)})
    else:
        print(first, opened(world, link), sep="\n\n")
    return 0
