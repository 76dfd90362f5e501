"""`dreamsync worlds`: the public worlds of a running server, and the packs it has."""

from collections.abc import Sequence
from typing import Any

import dreamsync
from dreamsync.protocol.cards import PackCard, WorldCard
from dreamsync.protocol.fields import wire_map
from dreamsync_server.cli.called import own_command
from dreamsync_server.cli.links import Link, socket_address
from dreamsync_server.cli.telling import print_json


async def worlds(url: str, *, is_json: bool = False) -> int:
    """List what a server has."""
    server = socket_address(url)
    async with dreamsync.connect(server) as dream:
        found, packs = await dream.worlds(), await dream.packs()
    if is_json:
        print_json(
            {
                "worlds": [as_plain(world, server) for world in found],
                "packs": [wire_map(pack) for pack in packs],
            }
        )
    else:
        print(listing(found, packs, server))
    return 0


def as_plain(world: WorldCard, server: str) -> dict[str, Any]:
    """Return a world's card with its link."""
    return {**wire_map(world), "link": str(Link(server, world.id))}


def listing(found: Sequence[WorldCard], packs: Sequence[PackCard], server: str) -> str:
    """Return the list for a person."""
    lines = ["Worlds that anybody may enter:"] if found else ["No public world is open."]
    for world in found:
        people = f"{world.people} {'person' if world.people == 1 else 'people'}"
        lines += ["", f"  {world.title}  ({world.state}, {people})", f"  {Link(server, world.id)}"]
        free = [role.name for role in world.roles if role.held != "player"]
        if world.state != "ended" and free:
            lines.append(f"  roles that wait: {', '.join(free)}")
    lines += ["", "Packs to open a world of your own from:"]
    lines += [f"  {pack.id:<16} {pack.title}" for pack in packs]
    lines += ["", f"  {own_command()} open PACK --private      gives you a link to share"]
    return "\n".join(lines)
