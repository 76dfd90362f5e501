"""`dreamsync delete`: a world out of the store for good, with its log and all that people wrote."""

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dreamsync_server.cli.called import own_command
from dreamsync_server.cli.stored import card_of, found_of, reading, url_of
from dreamsync_server.cli.telling import print_json
from dreamsync_server.errors import OperatorError, WorldFaultError
from dreamsync_server.host.lease import lease_of
from dreamsync_server.limits import ASLEEP_AFTER_MS
from dreamsync_server.store.port import Store, WorldCard
from dreamsync_server.store.rewriting import rewrite
from dreamsync_server.world.state import is_over

LET_GO_S: Final = ASLEEP_AFTER_MS / 1000 + 15.0  # until a closed world is owned by nobody
_LOOK_S: Final = 0.5


async def delete(
    world: str, store: str, data: Path, *, is_sure: bool = False, is_json: bool = False
) -> int:
    """Delete a world, or a class with all of its worlds; nobody may be in them any more.

    Raises:
        OperatorError: there is none, it is open, a node does not let it go, or `is_sure` is false.
    """
    async with reading(store, data) as opened:
        card = await card_of(opened, world)
        worlds = [*card.class_worlds.split(), card.world]
        for each in worlds:
            await _check_over(opened, each)
        if not is_sure:
            raise OperatorError(await _what_goes(opened, card, worlds))
        for each in worlds:
            await _until_let_go(opened, each)
            await opened.delete_world(each)
    is_rewritten = not store and await rewrite(url_of(store, data))
    if is_json:
        print_json({"ok": True, "deleted": worlds, "rewritten": is_rewritten})
    else:
        for each in worlds:
            print(f"{each} is deleted.")
    return 0


async def _check_over(store: Store, world: str) -> None:
    """Raise OperatorError where a node has a world open whose story goes on."""
    node, card = await _node_with(store, world), await store.card(world)
    if not node or card is None:
        return
    with contextlib.suppress(WorldFaultError):  # what nobody can play is over
        facts = (await (await found_of(store, card)).state()).facts
        if not is_over(facts):
            raise OperatorError(
                f"{world} is open at {node}, and somebody may be in it: close it first"
                f" ({own_command()} close {world})"
            )


async def _what_goes(store: Store, card: WorldCard, worlds: Sequence[str]) -> str:
    tails = [await store.tail(each) for each in worlds]
    count = sum(tail.seq for tail in tails if tail is not None)
    title = f" “{card.title}”" if card.title else ""
    what = f"a class of {len(worlds) - 1} worlds" if card.class_worlds else "a world"
    return (
        f"{card.world}{title} is {what} with {count} commits, and would be gone for good;"
        f" {own_command()} export keeps one. Add --yes to delete it"
    )


async def _until_let_go(store: Store, world: str) -> None:
    try:
        async with asyncio.timeout(LET_GO_S):
            while True:
                if not await _node_with(store, world):
                    return
                await asyncio.sleep(_LOOK_S)
    except TimeoutError:
        raise OperatorError(
            f"somebody is still in {world}, so that its node does not let it go: ask again later"
        ) from None


async def _node_with(store: Store, world: str) -> str:
    """Return the node that lives and has a world open, "" where there is none."""
    held = await store.held(world)
    if held is None or not held.node or await store.lease_holder(lease_of(held.node)) is None:
        return ""
    return held.node
