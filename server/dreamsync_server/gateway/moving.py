"""Sends the clients of a node that ends to other nodes, some at a time."""

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

from dreamsync_server.limits import MOVE_S, MOVES_PER_S

_SLICE_S: Final = 0.02
_ALONE_FIRST_MS: Final = 500  # where there is no other node yet
_ALONE_PER_S: Final = 500  # who comes back in a second


class Talk(Protocol):
    """A client's conversation."""

    def cut(self, name: str, retry_ms: int | None = None) -> None:
        """Say goodbye and close."""
        ...


async def move_out(talks: Sequence[Talk], *, has_refuge: bool) -> None:
    """Say goodbye to everybody: what is under way is in the store.

    Where other nodes are there, whoever is sent away is to come back at once, and as many at a
    time are as those can take in; else all are, each to come back at another moment.
    """
    if not has_refuge:
        for i, talk in enumerate(talks):
            talk.cut("node_draining", _ALONE_FIRST_MS + i * 1000 // _ALONE_PER_S)
        return
    loop = asyncio.get_running_loop()
    start_s, rate = loop.time(), max(MOVES_PER_S, len(talks) / MOVE_S)
    for i, talk in enumerate(talks):
        wait_s = start_s + i / rate - loop.time()
        if wait_s > 0:
            await asyncio.sleep(max(wait_s, _SLICE_S))
        talk.cut("node_draining", 0)
