"""`dreamsync nodes` and `dreamsync drain`: which processes serve a store, and ending one calmly."""

import asyncio
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from dreamsync_server.cli.stored import reading
from dreamsync_server.cli.telling import columns, print_json
from dreamsync_server.errors import OperatorError
from dreamsync_server.host.handing import tell_node
from dreamsync_server.limits import HANDING_S, MOVE_S
from dreamsync_server.store.port import Store

DRAIN_S: Final = HANDING_S + MOVE_S + 15.0  # for a node to hand over, move its clients and end
_LOOK_S: Final = 0.2
_COLUMNS: Final = ("node", "state", "worlds", "clients", "busy", "up", "version", "where")

Said = Mapping[str, Any]


async def nodes(store: str, data: Path, *, is_json: bool = False) -> int:
    """List the processes that live.

    Raises:
        OperatorError: there is no store.
    """
    async with reading(store, data) as opened:
        found = await opened.nodes()
    if is_json:
        print_json({"nodes": [{"node": name, **said} for name, said in sorted(found.items())]})
    else:
        print(listing(found, time.time_ns() // 1_000_000))
    return 0


async def drain(node: str, store: str, data: Path, *, is_json: bool = False) -> int:
    """Let a node hand its worlds and clients to the others and end; wait until it has.

    Raises:
        OperatorError: there is no such node, or it did not end in time.
    """
    async with reading(store, data) as opened:
        known = await opened.nodes()
        name = _meant(node, known)
        others = [n for n, said in known.items() if n != name and _is_serving(said)]
        if not others and not is_json:
            print("dreamsync: there is no other node: its worlds wait for the next one",
                  file=sys.stderr)  # fmt: skip
        start_s = time.monotonic()
        await _until_ended(opened, name)
        took_s = time.monotonic() - start_s
    if is_json:
        print_json({"ok": True, "node": name, "seconds": round(took_s, 2)})
    else:
        print(f"{name} handed over and ended, in {took_s:.1f} s.")
    return 0


def listing(found: Mapping[str, Said], now_ms: int) -> str:
    """Return the list for a person."""
    if not found:
        return "No process of a server serves this store."
    return columns([_COLUMNS, *(_row(name, said, now_ms) for name, said in sorted(found.items()))])


def _row(name: str, said: Said, now_ms: int) -> tuple[str, ...]:
    since_ms = said.get("since_ms", now_ms)
    kind, state = str(said.get("kind", "?")), str(said.get("state", "?"))
    return (
        name,
        state if kind == "node" else kind,
        str(said.get("worlds", "")),
        str(said.get("clients", "")),
        f"{10 * said.get('busy', 0)} %",
        _lasting((now_ms - since_ms) // 1000),
        str(said.get("version", "?")),
        f"{said.get('host', '?')}:{said.get('pid', '?')}",
    )


def _lasting(seconds: int) -> str:
    if seconds < 60:
        return f"{max(0, seconds)} s"
    return f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h"


def _is_serving(said: Said) -> bool:
    return said.get("kind") == "node" and said.get("state") == "serving"


def _meant(text: str, known: Mapping[str, Said]) -> str:
    nodes = [name for name, said in known.items() if said.get("kind") == "node"]
    alike = [name for name in nodes if name == text] or [n for n in nodes if n.startswith(text)]
    names = ", ".join(sorted(nodes)) or "none"
    if not text:
        raise OperatorError(f"name a node; there are: {names}")
    if len(alike) == 1:
        return alike[0]
    if alike:
        raise OperatorError(f"{len(alike)} nodes begin with {text!r}: write more of the name")
    if text in known:
        raise OperatorError(
            f"{text} is no node: it serves no client and owns no world, so that it needs no"
            f" draining; nodes are: {names}"
        )
    raise OperatorError(f"there is no node {text!r}; there are: {names}")


async def _until_ended(store: Store, name: str) -> None:
    """Tell a node to drain until it is seen to, and wait until it has ended."""
    try:
        async with asyncio.timeout(DRAIN_S):
            while (said := (await store.nodes()).get(name)) is not None:
                if _is_serving(said):
                    await tell_node(store, name, {"do": "drain"})
                await asyncio.sleep(_LOOK_S)
    except TimeoutError:
        raise OperatorError(f"{name} did not end within {DRAIN_S:g} s; it may be frozen") from None
