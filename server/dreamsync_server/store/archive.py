"""A world in one file: its card without secrets, its packs, its log and the texts people wrote.

    DREAMSYNC-WORLD\\n         16 bytes
    part*                     kind (1 byte), length (4 bytes, big-endian), then so many bytes

Parts come in this order, each compressed by zlib and of the codec's versioned form:

    h  head: {"archive": 1, "server", "exported_ms", "card", "tail": [epoch, seq], "texts": bool}
    p  a pack: [hash, {path: text}]; first the one the world was opened with
    t  free texts of the commits that follow: [[reference, author session, salt, text], ...]
    c  commits, as a sealed segment holds them: at most SEGMENT_BYTES_MAX before compression
    e  end: {"commits", "digest" (the state's, 16 hex digits), "sha256" (of all bytes before it)}

It is written and read from front to end, so it may go through a pipe. A reader trusts nothing:
every part is bounded before and after it is unpacked, and so is the whole.
"""

import hashlib
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dreamsync_server.errors import OperatorError
from dreamsync_server.limits import (
    ARCHIVE_BYTES_MAX,
    ARCHIVE_COMMITS_MAX,
    ARCHIVE_PACKS_MAX,
    ARCHIVE_PART_BYTES_MAX,
    SEGMENT_BYTES_MAX,
)
from dreamsync_server.store import codec
from dreamsync_server.store.port import WorldCard
from dreamsync_server.store.scrutiny import is_text
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.values import digest_hex, hash_text

MAGIC: Final = b"DREAMSYNC-WORLD\n"
VERSION: Final = 1
_WORLD: Final = re.compile(r"[A-Za-z0-9_-]{1,40}\Z")
_TITLE_CHARS_MAX: Final = 500  # a pack's own is longer than what people give, a class's counts
_PART: Final = struct.Struct(">cI")
_CARD: Final = (
    "world", "pack_id", "pack_hash", "seed", "created_ms", "title", "has_spectators",
    "has_understudies", "is_directed", "speed",
)  # fmt: skip
"""What a file says of a world. Secrets, though hashed, are left out, and so is who opened it."""
Texts = Mapping[str, tuple[str, str, str]]
Write = Callable[[bytes], object]
Read = Callable[[int], bytes]


class ArchiveError(OperatorError):
    """A file is no archive of a world, or not a whole and unharmed one."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a file begins with. `card` holds no secrets; `tail` is the seq of the last commit."""

    card: WorldCard
    tail: int
    exported_ms: int
    has_texts: bool


@dataclass(frozen=True, slots=True)
class PackFiles:
    """The files of one pack by path, and the hash they are said to have."""

    hash: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """Some commits, in order, with their texts."""

    commits: Sequence[Commit]


@dataclass(frozen=True, slots=True)
class End:
    """The file is whole; the state behind its last commit has this digest."""

    commits: int
    digest: str


Part = Head | PackFiles | Page | End


class ArchiveWriter:
    """Writes a file part by part: `head`, `pack`s, `page`s, `end`."""

    def __init__(self, write: Write, *, has_texts: bool = True) -> None:
        self.count = 0
        self._write = write
        self._has_texts = has_texts
        self._sum = hashlib.sha256()
        self._put(MAGIC)

    def head(self, card: WorldCard, tail: tuple[int, int], now_ms: int, server: str) -> None:
        """Say which world it is."""
        about = {name: getattr(card, name) for name in _CARD}
        self._part(b"h", {
            "archive": VERSION, "server": server, "exported_ms": now_ms, "card": about,
            "tail": list(tail), "texts": self._has_texts,
        })  # fmt: skip

    def pack(self, pack_hash: str, files: Mapping[str, str]) -> None:
        """Give a pack that the world plays or has played."""
        self._put_part(b"p", codec.encode_files({"": pack_hash, **files}))

    def page(self, commits: Sequence[Commit]) -> None:
        """Give the next commits."""
        texts: list[list[str]] = []
        raws: list[bytes] = []
        size = 0
        for commit in commits:
            raw = codec.encode_commit(commit)
            more = [[ref, *text] for ref, text in commit.texts.items()] if self._has_texts else []
            weight = len(raw) + sum(len(part.encode()) for text in more for part in text)
            if raws and size + weight > SEGMENT_BYTES_MAX:
                self._flush(texts, raws)
                texts, raws, size = [], [], 0
            raws.append(raw)
            texts += more
            size += weight
        if raws:
            self._flush(texts, raws)

    def end(self, digest: int) -> None:
        """Close the file."""
        told = {"commits": self.count, "digest": digest_hex(digest)}
        self._part(b"e", {**told, "sha256": self._sum.hexdigest()})

    def _flush(self, texts: list[list[str]], raws: list[bytes]) -> None:
        if texts:
            self._part(b"t", texts)
        self._put_part(b"c", codec.encode_segment(raws))
        self.count += len(raws)

    def _part(self, kind: bytes, plain: Any) -> None:
        self._put_part(kind, zlib.compress(codec.encode_plain(plain), 6))

    def _put_part(self, kind: bytes, raw: bytes) -> None:
        self._put(_PART.pack(kind, len(raw)) + raw)

    def _put(self, raw: bytes) -> None:
        self._sum.update(raw)
        self._write(raw)


def read_archive(read: Read) -> Iterator[Part]:
    """Yield the parts of a file, `Head` first and `End` last; `read` gives at most so many bytes.

    Commits follow one another without a gap; that their digests come out is for the caller to
    see. Texts are what the log says they are, by its salted digests.

    Raises:
        ArchiveError: it is no such file, is damaged, cut off, of a newer version, or too large.
    """
    try:
        yield from _Reader(read).parts()
    except codec.CodecError as error:
        why = str(error).replace(" in the store", "")
        raise ArchiveError(f"the file is damaged: {why}") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArchiveError(f"the file is damaged: a part has the wrong shape ({error})") from error


class _Reader:
    def __init__(self, read: Read) -> None:
        self._read = read
        self._sum = hashlib.sha256()
        self._size = 0
        self._texts: dict[str, tuple[str, str, str]] = {}
        self._seq = self._packs = 0
        self._head: Head | None = None

    def parts(self) -> Iterator[Part]:
        begin = self._read(len(MAGIC))
        if not begin or not MAGIC.startswith(begin):
            raise ArchiveError("this is no exported world: it does not begin as one")
        self._sum.update(begin)
        self._exactly(len(MAGIC) - len(begin))
        while True:
            before = self._sum.hexdigest()
            kind, length = _PART.unpack(self._exactly(_PART.size))
            if length > ARCHIVE_PART_BYTES_MAX:
                raise ArchiveError(f"a part of the file has {length} bytes, more than is allowed")
            part = self._take(kind, self._exactly(length), before)
            if part is not None:
                yield part
            if isinstance(part, End):
                if self._read(1):
                    raise ArchiveError("the file goes on behind its end")
                return

    def _take(self, kind: bytes, raw: bytes, before: str) -> Part | None:
        head = self._head
        if (kind == b"h") != (head is None):
            raise ArchiveError("the file is damaged: it must begin with its one head")
        match kind:
            case b"h":
                self._head = self._head_of(self._plain(raw))
                return self._head
            case b"p":
                self._packs += 1
                if self._packs > ARCHIVE_PACKS_MAX:
                    raise ArchiveError(f"the file holds over {ARCHIVE_PACKS_MAX} packs")
                files = codec.decode_files(raw)
                self._weigh(sum(len(text) for text in files.values()))
                return PackFiles(files.pop(""), files)
            case b"t":
                for ref, author, salt, text in self._plain(raw):
                    if not all(map(is_text, (ref, author, salt, text))):
                        raise ArchiveError("the file is damaged: it holds a text that is none")
                    self._texts[ref] = (author, salt, text)
                return None
            case b"c":
                return self._page_of(codec.decode_segment(raw))
            case b"e":
                assert head is not None, "it was seen to"
                return self._end_of(self._plain(raw), before, head)
            case _:
                raise ArchiveError(f"the file has a part of an unknown kind {kind!r}")

    def _head_of(self, plain: Any) -> Head:
        if plain["archive"] != VERSION:
            raise ArchiveError(
                f"the file is of version {plain['archive']}; this server reads version {VERSION}:"
                " take the version of Dreamsync that wrote it"
            )
        about = {name: plain["card"][name] for name in _CARD if name in plain["card"]}
        card = WorldCard(**about, is_private=True)
        shape = (card.world, card.pack_id, card.pack_hash, card.title)
        is_title = len(card.title) <= _TITLE_CHARS_MAX
        if not (all(map(is_text, shape)) and _WORLD.match(card.world) and is_title):
            raise ArchiveError("the file is damaged: its head has the wrong shape")
        numbers = (card.seed, card.created_ms, card.speed, *plain["tail"])
        flags = (card.has_spectators, card.has_understudies, card.is_directed, plain["texts"])
        is_well = all(type(number) is int and 0 <= number < 2**53 for number in numbers)
        if not (is_well and all(type(flag) is bool for flag in flags)):
            raise ArchiveError("the file is damaged: its head has the wrong shape")
        tail = plain["tail"][1]
        if not 0 < tail <= ARCHIVE_COMMITS_MAX:
            raise ArchiveError(f"the file says that it holds {tail} commits; that is not read")
        return Head(card, tail, int(plain["exported_ms"]), plain["texts"])

    def _page_of(self, raws: Sequence[bytes]) -> Page:
        self._weigh(sum(len(raw) for raw in raws))
        commits = []
        for raw in raws:
            commit, _ = codec.decode_commit(raw, self._texts)
            self._seq += 1
            if commit.position.seq != self._seq:
                raise ArchiveError(f"commit {self._seq} is missing in the file")
            for ref, (_, salt, text) in commit.texts.items():
                _check_text(commit, ref, salt, text)
            commits.append(commit)
        assert self._head is not None, "it was seen to"
        if self._seq > self._head.tail:
            raise ArchiveError("the file holds more commits than its head says")
        self._texts.clear()
        return Page(commits)

    def _end_of(self, plain: Any, before: str, head: Head) -> End:
        if plain["sha256"] != before:
            raise ArchiveError("the file was changed: its checksum does not come out")
        if plain["commits"] != self._seq or self._seq != head.tail:
            raise ArchiveError(f"the file holds {self._seq} of {head.tail} commits")
        return End(self._seq, str(plain["digest"]))

    def _plain(self, raw: bytes) -> Any:
        plain = codec.inflated(raw, SEGMENT_BYTES_MAX * 2, "part")
        self._weigh(len(plain))
        return codec.decode_plain(plain)

    def _weigh(self, size: int) -> None:
        self._size += size
        if self._size > ARCHIVE_BYTES_MAX:
            raise ArchiveError(f"the file unpacks to over {ARCHIVE_BYTES_MAX} bytes")

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            more = self._read(size - len(found))
            if not more:
                raise ArchiveError("the file is cut off: it ends in the middle")
            found += more
        self._sum.update(found)
        return found


def _check_text(commit: Commit, ref: str, salt: str, text: str) -> None:
    """Raise ArchiveError where a text is not the one that the log speaks of."""
    name = ref.partition(".")[2]
    if dict(commit.cause.arguments).get(f"texts.{name}") != hash_text(salt, text):
        raise ArchiveError(f"the text {ref} in the file is not the one that was written")
