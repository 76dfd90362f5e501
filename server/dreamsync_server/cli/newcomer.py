"""A world made of another's log, on the command line: its card, its secrets, and what is told."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

import dreamsync
from dreamsync.protocol.bounds import TITLE_CHARS_MAX
from dreamsync.protocol.fields import Title
from dreamsync_server.cli.called import own_command
from dreamsync_server.cli.links import SERVER, Link, socket_address
from dreamsync_server.cli.open import card as opened
from dreamsync_server.cli.open import desk_address
from dreamsync_server.cli.telling import print_json
from dreamsync_server.errors import OperatorError
from dreamsync_server.gateway.tokens import Tokens, hash_of, hash_of_code
from dreamsync_server.limits import STORE_MEMORY_NEW_WORLDS
from dreamsync_server.store.grafting import card_from
from dreamsync_server.store.port import Store, WorldCard

_TITLE: Final[TypeAdapter[str]] = TypeAdapter(Title)  # as clients may give one


def newcomer(origin: WorldCard, title: str, now_ms: int) -> tuple[WorldCard, dreamsync.World]:
    """Return the card of a new private world that goes on from another, and its secrets.

    Raises:
        OperatorError: the title is no line of text, or too long.
    """
    try:
        _TITLE.validate_python(title)
    except ValidationError:
        text = f"a title is one line of at most {TITLE_CHARS_MAX} characters"
        raise OperatorError(text) from None
    tokens = Tokens()
    world = dreamsync.World(tokens.world(), tokens.secret(), tokens.code(), tokens.secret())
    card = replace(
        card_from(origin, world.id, title, now_ms), invite_hash=hash_of(world.invite),
        code_hash=hash_of_code(world.code), desk_hash=hash_of(world.desk_token),
    )  # fmt: skip
    return card, world


async def check_room(store: Store) -> None:
    """Raise OperatorError where the store is too full for a new world."""
    if await store.memory_share() > STORE_MEMORY_NEW_WORLDS:
        raise OperatorError(
            "the store is too full for a new world: give it more memory, or delete some worlds"
            f" ({own_command()} worlds --all, {own_command()} delete)"
        )


async def url_for(store: Store, url: str) -> str:
    """Return the address that links lead to: the one named, else that of a node that serves."""
    if url:
        return url
    said = await store.nodes()
    told = [str(said[name].get("url", "")) for name in sorted(said)]
    return next(filter(None, told), SERVER)


def tell(
    world: dreamsync.World, url: str, first: str, begins: Mapping[str, Any], *, is_json: bool
) -> int:
    """Print what leads into a new world, behind a first line; return the exit code.

    `begins` says to programs what the first line says to people: of which world, where, and
    whether it is `closed`, an archive.
    """
    link = Link(socket_address(url), world.id, world.invite)
    if is_json:
        leads = {"link": str(link), "desk": desk_address(world, link)}
        print_json({"ok": True, **asdict(world), **leads, **begins})
    else:
        told = _archive(world, link) if begins.get("closed") else opened(world, link)
        print(first, told, sep="\n\n")
    return 0


def _archive(world: dreamsync.World, link: Link) -> str:
    """Return what the person who imported an archive must keep: nobody plays in it."""
    return "\n".join(
        [
            f"The archive {world.id} is made.",
            "",
            f"  Desk:        {desk_address(world, link)}",
            f"  Desk token:  {world.desk_token}",
            "",
            f"  To look:     {own_command()} replay {world.id} --as desk",
            "",
            "  Whoever has the desk token sees all of it: keep it. It is not shown again.",
        ]
    )
