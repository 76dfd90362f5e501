"""`dreamsync open`: a world of your own on a running server."""

from dataclasses import asdict, dataclass

import dreamsync
from dreamsync_server.cli.links import Link, socket_address
from dreamsync_server.cli.telling import print_json


@dataclass(frozen=True, slots=True)
class Wish:
    """What a world is to be. `speed` is world milliseconds a second; None for the pack's."""

    pack: str
    is_private: bool = False
    title: str = ""
    seed: int | None = None
    has_understudies: bool = True
    has_spectators: bool = True
    speed: int | None = None
    shares_ending: bool = False


async def open_world(url: str, wish: Wish, *, is_json: bool = False) -> int:
    """Open a world and print what leads into it."""
    server = socket_address(url)
    async with dreamsync.connect(server) as dream:
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
        print_json({"ok": True, **asdict(world), "link": str(link)})
    else:
        print(card(world, link, shares_ending=wish.shares_ending))
    return 0


def card(world: dreamsync.World, link: Link, *, shares_ending: bool = False) -> str:
    """Return what the person who opened a world must keep."""
    lines = [f"The world {world.id} is open.", "", f"  Link:        {link}"]
    if world.code:
        lines.append(f"  Typed code:  {world.code}")
    lines += [
        f"  Desk token:  {world.desk_token}",
        "",
        f"  To play:     ./dream play '{link}'",
    ]
    if world.code:
        server = f"'{Link(link.server)}'"
        lines.append(f"  or:          ./dream play {server} --code {world.code}")
    lines += ["", "  Whoever has the desk token directs the world: keep it. It is not shown again."]
    if world.code:
        lines.append("  Whoever has the link or the code may come in.")
    if shares_ending:
        lines.append("  How it ends may be told in other worlds of this story, without names.")
    return "\n".join(lines)
