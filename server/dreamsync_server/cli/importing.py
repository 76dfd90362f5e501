"""`dreamsync import`: a world from a file, into the store of a running server, as a new one."""

from pathlib import Path

from dreamsync_server.cli.newcomer import check_room, newcomer, tell, url_for
from dreamsync_server.cli.recordings import Recording, opened
from dreamsync_server.cli.stored import reading
from dreamsync_server.clock import SystemClock
from dreamsync_server.errors import OperatorError, WorldFaultError
from dreamsync_server.limits import PAST_SLICE_COMMITS
from dreamsync_server.store.codec import CodecError
from dreamsync_server.store.grafting import Graft
from dreamsync_server.store.port import Store
from dreamsync_server.store.scrutiny import check_commit, check_whole
from dreamsync_server.world.state import is_over


async def import_world(
    file: Path,
    store: str,
    data: Path,
    url: str,
    *,
    title: str = "",
    is_closed: bool = False,
    is_json: bool = False,
) -> int:
    """Make a world of a file: one that goes on where it ended, or (`is_closed`) an archive.

    Raises:
        OperatorError: the file is no world, or not a whole and unharmed one; nothing was made.
    """
    now_ms = SystemClock().now_ms()
    async with reading(store, data) as target:
        await check_room(target)
        with opened(file) as source:
            card, world = newcomer(source.card, title, now_ms)
            graft = Graft(target, card, source.pack, source.load_pack, source.tail)
            try:
                await _read_all(source, graft)
            except BaseException as error:
                await graft.discard()  # nothing was made yet
                if isinstance(error, WorldFaultError | CodecError):
                    raise OperatorError(f"the world in {file} is refused: {error}") from error
                raise
            was_over = is_over(graft.state.facts)
            await _make(target, source, graft, now_ms, is_closed=is_closed)
            url = await url_for(target, url)
    kept = f"{source.tail} commits of {source.card.pack_id}, every digest came out."
    if is_closed:
        kept += " It is an archive: closed, to be looked at, replayed and branched."
    elif was_over:
        kept += " Its story is over; branch it at an earlier moment to play on."
    begins = {"origin": source.card.world, "seq": source.tail, "ms": graft.state.world_ms,
              "closed": is_closed}  # fmt: skip
    return tell(world, url, kept, begins, is_json=is_json)


async def _read_all(source: Recording, graft: Graft) -> None:
    """Check every commit of a file and stage it.

    Raises:
        WorldFaultError: a commit is none of ours, does not follow, or its digest is wrong.
        ArchiveError: the file is not whole.
    """
    async for page in source.pages():
        for at in range(0, len(page), PAST_SLICE_COMMITS):
            await graft.add(page[at : at + PAST_SLICE_COMMITS], check_commit)
    source.check_end(graft.state.digest)
    check_whole(graft.state.pack, graft.state.facts)


async def _make(
    target: Store, source: Recording, graft: Graft, now_ms: int, *, is_closed: bool
) -> None:
    for pack_hash, files in source.files.items():
        await target.put_pack(pack_hash, files)
    if not await graft.publish(now_ms, is_closed=is_closed):
        raise OperatorError("the world could not be made just now; try again")
    facts = graft.state.facts
    hints = {"awake": False, "people": 0, "ending": str(facts.get("ending", ""))}
    if is_closed or facts.get("@closed"):
        hints["closed"] = True
    await target.set_status(graft.card.world, hints)
