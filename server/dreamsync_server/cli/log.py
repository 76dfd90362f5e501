"""`dreamsync log`: a world's commits in order, as they lie in the store, with nothing held back."""

import asyncio
from pathlib import Path
from typing import Final

from dreamsync_server.cli.commits import as_plain, lines_of
from dreamsync_server.cli.stored import world_in
from dreamsync_server.cli.telling import print_json
from dreamsync_server.limits import LOG_PAGE
from dreamsync_server.store.port import Store

_LOOK_S: Final = 0.25  # between two looks for what is new


async def log(
    world: str,
    store: str,
    data: Path,
    *,
    after: int = 0,
    is_followed: bool = False,
    is_whole: bool = False,
    is_json: bool = False,
) -> int:
    """Print the commits behind seq `after`; followed, until Ctrl-C."""
    async with world_in(store, data, world) as found:
        seen = await _print_on(found.store, found.card.world, after, is_whole, is_json)
        if seen == after and not is_followed and not is_json:
            print(f"Nothing stands in the log of {found.card.world} behind seq {after}.")
        while is_followed:
            await asyncio.sleep(_LOOK_S)
            seen = await _print_on(found.store, found.card.world, seen, is_whole, is_json)
    return 0


async def _print_on(store: Store, world: str, after: int, is_whole: bool, is_json: bool) -> int:
    """Print what lies behind `after`; return the last seq printed, `after` where there was none."""
    while True:
        page = await store.read(world, after, limit=LOG_PAGE)
        for commit in page:
            if is_json:
                print_json(as_plain(commit), is_line=True)
            else:
                print("\n".join(lines_of(commit, has_system=is_whole)), flush=True)
        if page:
            after = page[-1].position.seq
        if len(page) < LOG_PAGE:
            return after
