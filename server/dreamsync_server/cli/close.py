"""`dreamsync close`: end a world without an ending, as the operator of its store."""

import asyncio
from pathlib import Path
from typing import Final

from dreamsync_server.cli.called import own_command
from dreamsync_server.cli.stored import Found, world_in
from dreamsync_server.cli.telling import fail, print_json
from dreamsync_server.errors import OperatorError
from dreamsync_server.gateway.tokens import is_secret
from dreamsync_server.store.reading import catch_up
from dreamsync_server.world.commit import Proposal

CLOSE_S: Final = 20.0  # for a node to wake the world and decide
_LOOK_S: Final = 0.1


async def close(
    world: str, store: str, data: Path, *, desk_token: str = "", is_json: bool = False
) -> int:
    """Close a world; its log is kept.

    Raises:
        OperatorError: there is no such world, the token is another's, or no node answers.
    """
    async with world_in(store, data, world) as found:
        if desk_token and not is_secret(desk_token, found.card.desk_hash):
            return fail("no_auth", "that is not the desk token of this world", is_json=is_json)
        was_open = await close_found(found)
    if is_json:
        print_json({"ok": True, "world": found.card.world, "was_open": was_open})
    elif was_open:
        print(
            f"The world {found.card.world} is closed. Its log is kept:"
            f" {own_command()} replay {found.card.world} shows it."
        )
    else:
        print(f"The world {found.card.world} was closed already.")
    return 0


async def close_found(found: Found, timeout_s: float = CLOSE_S) -> bool:
    """Ask the world's owner to close it; wait until the log says so. False: it was closed before.

    Raises:
        OperatorError: no node took it in time.
    """
    store, world = found.store, found.card.world
    state = await found.state()
    if state.facts.get("@closed"):
        return False
    if not await store.propose(world, Proposal("close", "owner")):
        raise OperatorError("too much waits to be decided in this world: try again")
    try:
        async with asyncio.timeout(timeout_s):
            while not state.facts.get("@closed"):
                await asyncio.sleep(_LOOK_S)
                await catch_up(store, world, state)
    except TimeoutError:
        raise OperatorError(
            "no node has taken it up yet: the world closes as soon as one runs"
            f" ({own_command()} serve)"
        ) from None
    return True
