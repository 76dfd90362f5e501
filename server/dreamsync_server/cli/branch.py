"""`dreamsync branch`: a new private world that begins as another one was at some moment."""

from pathlib import Path
from typing import Final

from dreamsync_server.cli.newcomer import check_room, newcomer, tell, url_for
from dreamsync_server.cli.recordings import When, when_of
from dreamsync_server.cli.stored import Found, world_in
from dreamsync_server.cli.telling import clock_of
from dreamsync_server.clock import SystemClock
from dreamsync_server.errors import OperatorError, WorldFaultError
from dreamsync_server.limits import PAST_SLICE_COMMITS
from dreamsync_server.store.grafting import Graft
from dreamsync_server.world.erasing import erased_in
from dreamsync_server.world.state import is_over

_OVER: Final = ("ending", "@closed")


async def branch(
    world: str,
    at: str,
    store: str,
    data: Path,
    url: str,
    *,
    title: str = "",
    is_json: bool = False,
) -> int:
    """Make the branch and print what leads into it. The origin is only read.

    Raises:
        OperatorError: there is no such world or moment, or the story is over by then.
    """
    when, now_ms = when_of(at), SystemClock().now_ms()
    async with world_in(store, data, world) as found:
        await check_room(found.store)
        card, made = newcomer(found.card, title, now_ms)
        tail = await found.store.tail(found.card.world)
        seq = when.seq or (tail.seq if tail else 0)
        erased = erased_in((await found.state()).facts)
        graft = Graft(found.store, card, found.opened_with, found.load_pack, seq)
        try:
            await _copy(found, graft, when)
        except BaseException as error:
            await graft.discard()  # nothing was made yet
            if isinstance(error, WorldFaultError):
                raise OperatorError(f"the log contradicts itself there: {error}") from error
            raise
        seq, world_ms = graft.state.position.seq, graft.state.world_ms
        if not await graft.publish(now_ms):
            raise OperatorError("the world could not be made just now; try again")
        # Whoever was erased meanwhile is erased in the copy as well.
        for session in erased_in((await found.state()).facts) - erased:
            await found.store.erase_texts(card.world, session)
        url = await url_for(found.store, url)
    first = f"It begins as {found.card.world} was at {clock_of(world_ms)} (seq {seq})."
    begins = {"origin": found.card.world, "seq": seq, "ms": world_ms}
    return tell(made, url, first, begins, is_json=is_json)


async def _copy(found: Found, graft: Graft, when: When) -> None:
    is_there = False
    over = 0  # the seq at which the story was over
    while not is_there:
        page = await found.store.read(
            found.card.world, graft.state.position.seq, when.seq, PAST_SLICE_COMMITS
        )
        fit = [commit for commit in page if not when.is_before(commit)]
        ends = (c.position.seq for c in fit if any(n in _OVER and v for n, v in c.changes))
        over = over or next(ends, 0)
        await graft.add(fit)
        is_there = len(fit) < PAST_SLICE_COMMITS
    seq = graft.state.position.seq
    if not seq or (when.seq is not None and seq < when.seq):
        raise OperatorError(f"there is no such moment: the log goes from seq 1 to {seq}")
    if is_over(graft.state.facts):
        raise OperatorError(f"the story is over there: choose an earlier moment (--at {over - 1})")
