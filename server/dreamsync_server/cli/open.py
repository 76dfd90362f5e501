"""`dreamsync open`: a world of your own on a running server."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass

import dreamsync
from dreamsync_server.cli.called import own_command
from dreamsync_server.cli.links import Link, page_address, socket_address
from dreamsync_server.cli.telling import print_json
from dreamsync_server.errors import OperatorError


@dataclass(frozen=True, slots=True)
class Wish:
    """What a world is to be. `speed` is world milliseconds a second; None for the pack's.

    `class_worlds` > 0 asks for a class: so many private worlds under one link and code.
    """

    pack: str
    is_private: bool = False
    title: str = ""
    seed: int | None = None
    has_understudies: bool = True
    has_spectators: bool = True
    speed: int | None = None
    shares_ending: bool = False
    class_worlds: int = 0


async def open_world(url: str, wish: Wish, *, is_json: bool = False) -> int:
    """Open a world and print what leads into it.

    Raises:
        OperatorError: what is wished for does not go together.
    """
    server = socket_address(url)
    if wish.class_worlds:
        return await _open_class(server, wish, is_json=is_json)
    async with dreamsync.connect(server) as dream, _packs_named(dream, wish.pack):
        world = await dream.create_world(
            wish.pack,
            private=wish.is_private,
            seed=wish.seed,
            title=wish.title or None,
            spectators=wish.has_spectators,
            understudies=wish.has_understudies,
            speed=wish.speed,
            shares_ending=wish.shares_ending,
        )
    link = Link(server, world.id, world.invite)
    if is_json:
        desk = desk_address(world, link)
        print_json({"ok": True, **asdict(world), "link": str(link), "desk": desk})
    else:
        print(card(world, link, shares_ending=wish.shares_ending))
    return 0


async def _open_class(server: str, wish: Wish, *, is_json: bool) -> int:
    if wish.seed is not None or wish.shares_ending:
        raise OperatorError(
            "--class goes with neither --seed nor --share-ending: each world of a class has a seed"
            " of its own, and tells no other how it ended"
        )
    async with dreamsync.connect(server) as dream, _packs_named(dream, wish.pack):
        made = await dream.open_class(
            wish.pack,
            wish.class_worlds,
            title=wish.title or None,
            spectators=wish.has_spectators,
            understudies=wish.has_understudies,
            speed=wish.speed,
        )
    link, desk = Link(server, made.id, made.invite), class_desk(server, made)
    if is_json:
        print_json({"ok": True, **asdict(made), "link": str(link), "desk": desk})
    else:
        print(class_card(made, link, desk))
    return 0


@contextlib.asynccontextmanager
async def _packs_named(dream: dreamsync.Dream, pack: str) -> AsyncIterator[None]:
    """Say which packs a server has where it has not the one that was asked for."""
    try:
        yield
    except dreamsync.RefusedError as error:
        if error.code != "unknown_pack":
            raise
        found = ", ".join(one.id for one in await dream.packs())
        them = f": it has {found}" if found else ""
        raise OperatorError(f"there is no pack '{pack}' on this server{them}") from None


def class_desk(server: str, made: dreamsync.Class) -> str:
    """Return the address of the page from which a class is led."""
    page = str(Link(server, made.id, made.desk_token)).replace("/w#", "/class#")
    return f"{page}.{made.invite}.{made.code}"  # what the page shows for others to come in by


def class_card(made: dreamsync.Class, link: Link, desk: str) -> str:
    """Return what the person who opened a class must keep."""
    return "\n".join(
        [
            f"A class of {len(made.worlds)} world{'s' * (len(made.worlds) > 1)} is open.",
            "",
            f"  Link for all:  {link}",
            f"  Typed code:    {made.code}",
            f"  Class desk:    {desk}",
            "",
            "  A world sleeps until somebody comes or the desk is open, which may pause them all.",
            "  Whoever has the link or the code is led to a world with a free role.",
            "  Whoever has the desk's address directs them all: keep it. It is not shown again.",
        ]
    )


def desk_address(world: dreamsync.World, link: Link) -> str:
    """Return where the world's desk is, with what it hands on to others."""
    parts = (world.id, world.desk_token, world.invite, world.code)
    return f"{page_address(link.server)}/desk#{'.'.join(part for part in parts if part)}"


def card(world: dreamsync.World, link: Link, *, shares_ending: bool = False) -> str:
    """Return what the person who opened a world must keep."""
    lines = [f"The world {world.id} is open.", "", f"  Link:        {link}"]
    if world.code:
        lines.append(f"  Typed code:  {world.code}")
    lines += [
        f"  Desk:        {desk_address(world, link)}",
        f"  Desk token:  {world.desk_token}",
        "",
        f"  To play:     {own_command()} play '{link}'",
    ]
    if world.code:
        server = f"'{Link(link.server)}'"
        lines.append(f"  or:          {own_command()} play {server} --code {world.code}")
    lines += ["", "  Whoever has the desk token directs the world: keep it. It is not shown again."]
    if world.code:
        lines.append("  Whoever has the link or the code may come in.")
    if shares_ending:
        lines.append("  How it ends may be told in other worlds of this story, without names.")
    return "\n".join(lines)
