"""`dreamsync export`: a world, with its packs, its whole log and its texts, as one file."""

import contextlib
import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from dreamsync_server.cli.called import own_command
from dreamsync_server.cli.recordings import PIPE, SUFFIX
from dreamsync_server.cli.stored import Found, world_in
from dreamsync_server.cli.telling import print_json
from dreamsync_server.clock import SystemClock
from dreamsync_server.errors import OperatorError, WorldFaultError
from dreamsync_server.limits import LOG_PAGE
from dreamsync_server.store.archive import ArchiveWriter
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.repacking import changed_to
from dreamsync_server.world.state import State

_VERSION: Final = "0.1.0"


async def export(
    world: str,
    store: str,
    data: Path,
    *,
    out: Path | None = None,
    has_texts: bool = True,
    is_json: bool = False,
) -> int:
    """Write a world to a file, or to stdout where `out` is `-`; a running world up to now.

    Raises:
        OperatorError: there is no such world, nothing happened in it, or the file is not writable.
    """
    if out == PIPE and sys.stdout.isatty():
        raise OperatorError("what --out - writes is no text: send it to a program or into a file")
    async with world_in(store, data, world) as found:
        if out == PIPE:
            await write_world(found, sys.stdout.buffer.write, has_texts=has_texts)
            return 0
        path = out or Path(f"{found.card.pack_id}-{found.card.world[:8]}{SUFFIX}")
        size = 0
        try:
            with _opened(path) as file:
                count = await write_world(found, file.write, has_texts=has_texts)
                file.flush()
                size = os.fstat(file.fileno()).st_size
        except OSError as error:
            why = error.strerror or error
            raise OperatorError(f"{path} cannot be written: {why}") from error
    if is_json:
        print_json({"ok": True, "file": str(path), "commits": count, "bytes": size,
                    "texts": has_texts})  # fmt: skip
    else:
        texts = "with what people wrote" if has_texts else "without what people wrote"
        print(
            f"{path}: {count} commits, {texts}; {size:,} bytes."
            f" {own_command()} replay {shlex.quote(str(path))} shows it."
        )
    return 0


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open what is to be written: a file stands there once it is whole, or not at all.

    Only who wrote it can read it, since it holds what everybody saw. What is there and is no file,
    such as a pipe, is written into; a link leads to the file that is written.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        with path.open("wb") as there:
            yield there
        return
    number, name = tempfile.mkstemp(".part", ".dream-", path.parent)
    try:
        with open(number, "wb") as part:
            yield part
            os.fsync(number)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


async def write_world(
    found: Found, write: Callable[[bytes], object], *, has_texts: bool = True
) -> int:
    """Write a world up to its present tail; return how many commits that are.

    Raises:
        OperatorError: nothing happened in it, or its log contradicts itself.
    """
    store, card = found.store, found.card
    tail = await store.tail(card.world)
    if tail is None:
        raise OperatorError("nothing has happened in this world yet: there is nothing to export")
    writer = ArchiveWriter(write, has_texts=has_texts)
    writer.head(card, tail, SystemClock().now_ms(), _VERSION)
    state = State(found.opened_with)
    packs = {card.pack_hash}
    writer.pack(card.pack_hash, await _files(found, card.pack_hash))
    while state.position.seq < tail.seq:
        page = await store.read(card.world, state.position.seq, tail.seq, LOG_PAGE)
        if not page:
            raise OperatorError(f"the log ends at {state.position.seq}, not at {tail.seq}")
        for pack_hash in filter(None, map(changed_to, page)):
            if pack_hash not in packs:
                packs.add(pack_hash)
                writer.pack(pack_hash, await _files(found, pack_hash))
        try:
            for commit in page:
                evolve(state, commit)
        except WorldFaultError as error:
            raise OperatorError(f"the log contradicts itself: {error}") from error
        writer.page(page)
    writer.end(state.digest)
    return writer.count


async def _files(found: Found, pack_hash: str) -> dict[str, str]:
    files = await found.store.get_pack(pack_hash)
    if files is None:
        raise OperatorError(f"the pack {pack_hash[:12]} of this world is not in the store")
    return dict(files)
