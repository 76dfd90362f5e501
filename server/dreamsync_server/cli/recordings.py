"""A world's log to read from: one in a store, or one in a file that was exported."""

import contextlib
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dreamsync_server.cli.stored import world_in
from dreamsync_server.errors import OperatorError, WorldFaultError
from dreamsync_server.limits import LOG_PAGE
from dreamsync_server.packs import PackFaultsError, load
from dreamsync_server.store.archive import (
    ArchiveError,
    End,
    Head,
    PackFiles,
    Page,
    Part,
    read_archive,
)
from dreamsync_server.store.port import WorldCard
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.model import Pack
from dreamsync_server.world.values import digest_hex

SUFFIX: Final = ".dream"
PIPE: Final = Path("-")
_TIME: Final = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})\Z")


@dataclass(frozen=True, slots=True)
class Recording:
    """A log with what is needed to read it. `pages` gives its commits in order, from the first.

    `check_end` is given the digest at the last commit; a file says what it must be.
    """

    card: WorldCard
    pack: Pack  # the one the world was opened with
    load_pack: Callable[[str], Awaitable[Pack]]
    pages: Callable[[], AsyncIterator[list[Commit]]]
    check_end: Callable[[int], None] = lambda digest: None
    files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Of a file: the packs that were in it so far, by hash."""
    tail: int = 0  # of a file: the seq of its last commit


@dataclass(frozen=True, slots=True)
class When:
    """A moment: a seq, or a world time in ms; the other is None. Neither is the end."""

    seq: int | None = None
    ms: int | None = None

    def is_before(self, commit: Commit) -> bool:
        """Return whether a commit came after this moment."""
        if self.seq is not None:
            return commit.position.seq > self.seq
        return self.ms is not None and commit.world_ms > self.ms


def when_of(text: str) -> When:
    """Return the moment that `212` (a seq) or `4:31`, `1:04:31` (world time) means; "": the end.

    Raises:
        OperatorError: it is neither.
    """
    if not text:
        return When()
    if text.isdecimal() and int(text):
        return When(seq=int(text))
    found = _TIME.match(text)
    if found is None:
        raise OperatorError(f"{text!r} is no moment: give a seq such as 212, or a time as 0:04:31")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    # A time as it is shown stands for its whole second.
    return When(ms=((hours * 60 + minutes) * 60 + seconds) * 1000 + 999)


@contextlib.asynccontextmanager
async def recording(where: str, store: str, data: Path) -> AsyncIterator[Recording]:
    """Find a world in a file, or in a store by its id, the beginning of it, or a link.

    Raises:
        OperatorError: there is none.
    """
    if is_file(where):
        with opened(Path(where)) as archive:
            yield archive
        return
    async with world_in(store, data, where) as found:

        async def pages() -> AsyncIterator[list[Commit]]:
            after = 0
            while page := await found.store.read(found.card.world, after, None, LOG_PAGE):
                yield [*page]
                after = page[-1].position.seq

        yield Recording(found.card, found.opened_with, found.load_pack, pages)


def is_file(where: str) -> bool:
    """Return whether a word means a file, `-` for stdin, and not a world in a store."""
    path = Path(where)
    return where == str(PIPE) or where.endswith(SUFFIX) or (path.exists() and not path.is_dir())


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Recording]:
    """Open a file that was exported, `-` for stdin; it is read once, from front to end.

    Raises:
        ArchiveError: it is not there, or no exported world.
    """
    if path == PIPE:
        yield recording_of(read_archive(sys.stdin.buffer.read))
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror}") from error
    with file:
        parts = read_archive(file.read)
        yield recording_of(parts)


def recording_of(parts: Iterator[Part]) -> Recording:
    """Return the log in a file's parts.

    Raises:
        ArchiveError: it does not begin with a head and the pack of the world.
    """
    head, first = next(parts), next(parts, None)
    if not isinstance(head, Head) or not isinstance(first, PackFiles):
        raise ArchiveError("the file is damaged: the world's pack does not come first")
    packs = {first.hash: _pack_of(first)}
    files = {first.hash: first.files}
    pack = packs.get(head.card.pack_hash)
    if pack is None or pack.id != head.card.pack_id:
        raise ArchiveError("the pack in the file is not the one that the world was opened with")
    ends: list[End] = []

    async def load_pack(pack_hash: str) -> Pack:
        if pack_hash not in packs:
            raise WorldFaultError(f"the pack {pack_hash[:12]} is not in the file")
        return packs[pack_hash]

    async def pages() -> AsyncIterator[list[Commit]]:
        for part in parts:
            match part:
                case PackFiles():
                    packs[part.hash] = _pack_of(part)
                    files[part.hash] = part.files
                case Page():
                    yield [*part.commits]
                case End():
                    ends.append(part)

    def check_end(digest: int) -> None:
        if not ends or ends[0].digest != digest_hex(digest):
            raise ArchiveError("the file says that the world ends otherwise than its log does")

    return Recording(head.card, pack, load_pack, pages, check_end, files, head.tail)


def _pack_of(part: PackFiles) -> Pack:
    try:
        pack = load(part.files)
    except PackFaultsError as error:
        raise ArchiveError(f"the pack in the file cannot be played: {error}") from error
    if pack.hash != part.hash:
        raise ArchiveError("the pack in the file was changed: its hash does not come out")
    return pack
