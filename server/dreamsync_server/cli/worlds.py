"""`dreamsync worlds`: a running server's public worlds and packs, or all worlds of a store."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import dreamsync
from dreamsync.protocol.cards import PackCard, WorldCard
from dreamsync.protocol.fields import wire_map
from dreamsync_server.cli.called import own_command
from dreamsync_server.cli.links import Link, socket_address
from dreamsync_server.cli.stored import reading
from dreamsync_server.cli.telling import columns, print_json
from dreamsync_server.store.port import Store
from dreamsync_server.store.port import WorldCard as StoredCard

_ASKED_AT_ONCE: Final = 64
_COLUMNS: Final = ("world", "state", "people", "commits", "pack", "opened", "title")


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


async def stored(store: str, data: Path, *, is_json: bool = False) -> int:
    """List all worlds of a store, the last opened first; for its operator.

    Raises:
        OperatorError: there is no store.
    """
    async with reading(store, data) as opened:
        cards = sorted(await opened.worlds(), key=lambda card: (-card.created_ms, card.world))
        rows: list[dict[str, Any]] = []
        for at in range(0, len(cards), _ASKED_AT_ONCE):
            some = cards[at : at + _ASKED_AT_ONCE]
            rows += await asyncio.gather(*(_row(opened, card) for card in some))
    if is_json:
        print_json({"worlds": rows})
    else:
        print(table(rows) if rows else "No world is in this store.")
    return 0


async def _row(store: Store, card: StoredCard) -> dict[str, Any]:
    hints, tail = await asyncio.gather(store.status(card.world), store.tail(card.world))
    return {
        "world": card.world, "state": _state(card, hints), "people": int(hints.get("people", 0)),
        "commits": tail.seq if tail else 0, "pack": card.pack_id, "opened_ms": card.created_ms,
        "title": card.title, "private": card.is_private, "origin": card.origin,
        "class": card.class_id,
    }  # fmt: skip


def _state(card: StoredCard, hints: Mapping[str, Any]) -> str:
    for name in ("fault", "ending", "closed"):
        if hints.get(name):
            return {"fault": "stopped", "ending": "ended"}.get(name, name)
    if card.class_worlds:
        return "class"
    return "awake" if hints.get("awake") else "asleep"


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return all worlds of a store as a table for a person."""
    lines: list[tuple[str, ...]] = [_COLUMNS]
    for row in rows:
        opened = time.strftime("%Y-%m-%d %H:%M", time.localtime(row["opened_ms"] / 1000))
        cells = {**row, "opened": opened}
        lines.append(tuple(str(cells[name]) for name in _COLUMNS))
    return columns(lines)


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
