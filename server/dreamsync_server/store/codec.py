"""Commits, proposals, snapshots and cards as bytes: msgpack arrays that begin with a version.

While nodes are replaced one by one, those of two versions read what either writes. So a version
only adds elements behind those of the one before, which ignores them; what changes the meaning of
what is there takes two versions, the first of which reads both and still writes the old. A node
reads the version after its own and all before it, since a log is kept as long as its world; what is
newer it refuses with a sentence. Hints are read of whatever version they are. A drift and a
person's text are msgpack ext types, so that they come back as what they were; every list comes
back as a tuple.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

import msgpack

from dreamsync_server.errors import StoreError
from dreamsync_server.limits import (
    BATCH_COMMITS_MAX,
    COMMIT_BYTES_MAX,
    PACK_BYTES_MAX,
    PROPOSAL_BYTES_MAX,
    SEGMENT_BYTES_MAX,
    SNAPSHOT_BYTES_MAX,
)
from dreamsync_server.store.port import Batch, Snapshot, WorldCard
from dreamsync_server.world.commit import (
    Cause,
    Change,
    Commit,
    Event,
    Outcome,
    Position,
    Proposal,
)
from dreamsync_server.world.values import Drift, TextRef

VERSION: Final = 1  # that is written
OLDEST: Final = 0  # that is read: there are logs of it for as long as their worlds
READABLE: Final = range(OLDEST, VERSION + 2)
EXT_DRIFT: Final = 1
EXT_TEXT: Final = 2
CARD_BYTES_MAX: Final = 64 * 1024
_CARD_FIELDS: Final = tuple(field.name for field in fields(WorldCard))
_PACK_BYTES_SPARE: Final = 1024 * 1024  # paths and framing beside the files' own text


class CodecError(StoreError):
    """Bytes in the store cannot be read: damaged, or written by a newer version of the server."""


def encode_commit(commit: Commit) -> bytes:
    """Return a commit without its free texts, of which only the references are kept.

    Raises:
        CodecError: it is longer than `COMMIT_BYTES_MAX`, or holds what is no value (ours).
    """
    position = commit.position
    raw = _pack(
        [
            VERSION,
            position[0],
            position[1],
            commit.world_ms,
            commit.at_ms,
            commit.digest,
            commit.cursor,
            commit.cause,
            commit.outcomes,
            commit.changes,
            commit.events,
            list(commit.texts),
        ]
    )
    return _bounded(raw, COMMIT_BYTES_MAX, "commit")


def encode_batch(batch: Batch) -> tuple[list[bytes], dict[str, bytes]]:
    """Return a batch's commits and its free texts by reference, ready to be written.

    Raises:
        CodecError: a commit cannot be stored, or is not the one that follows the tail (ours).
    """
    owner = batch.owner
    if not 0 < len(batch.commits) <= BATCH_COMMITS_MAX:
        raise CodecError(f"a batch of {len(batch.commits)} commits")
    texts: dict[str, bytes] = {}
    raws = []
    for seq, commit in enumerate(batch.commits, owner.tail + 1):
        if commit.position != (owner.epoch, seq):
            raise CodecError(f"commit {commit.position} stands where {(owner.epoch, seq)} belongs")
        raws.append(encode_commit(commit))
        for ref, text in commit.texts.items():
            texts[ref] = encode_text(*text)
    return raws, texts


def decode_commit(
    raw: bytes, texts: Mapping[str, tuple[str, str, str]] | None = None
) -> tuple[Commit, tuple[str, ...]]:
    """Return a commit, and the references of its free texts; `texts` are those that are known.

    Raises:
        CodecError: the bytes are no commit, or one of a newer version.
    """
    parts = _unpack(raw, COMMIT_BYTES_MAX, "commit", 12)
    _, epoch, seq, world_ms, at_ms, digest, cursor, cause, outcomes, changes, events, refs = parts
    try:
        commit = Commit(
            Position(epoch, seq),
            world_ms,
            at_ms,
            Cause(*cause[:8]),
            tuple([Outcome(*outcome[:4]) for outcome in outcomes]),
            tuple([Change(*change[:2]) for change in changes]),
            tuple([Event(*event[:5]) for event in events]),
            digest,
            cursor,
            {ref: texts[ref] for ref in refs if ref in texts} if texts else {},
        )
    except TypeError as error:
        raise CodecError(f"a commit in the store is damaged: {error}") from error
    return commit, refs


def encode_proposal(proposal: Proposal) -> bytes:
    """Return a proposal with its free texts, as it lies in an inbox until it is consumed.

    Raises:
        CodecError: it is longer than `PROPOSAL_BYTES_MAX`, or holds what is no value (ours).
    """
    raw = _pack(
        [
            VERSION,
            proposal.kind,
            proposal.by,
            proposal.session,
            proposal.n,
            proposal.arguments,
            proposal.texts,
            proposal.role,
            proposal.tenure,
            proposal.term,
        ]
    )
    return _bounded(raw, PROPOSAL_BYTES_MAX, "proposal")


def decode_proposal(raw: bytes) -> Proposal:
    """Return a proposal.

    Raises:
        CodecError: the bytes are no proposal, or one of a newer version.
    """
    parts = _unpack(raw, PROPOSAL_BYTES_MAX, "proposal", 10)
    return Proposal(*parts[1:])


def encode_snapshot(snapshot: Snapshot) -> bytes:
    """Return a snapshot, compressed. May run in another thread, as the big ones should.

    Raises:
        CodecError: it is longer than `SNAPSHOT_BYTES_MAX` before compression (ours).
    """
    position = snapshot.position
    raw = msgpack.packb([VERSION, position[0], position[1], snapshot.epochs, snapshot.state])
    return zlib.compress(_bounded(raw, SNAPSHOT_BYTES_MAX, "snapshot"), 1)


def decode_snapshot(raw: bytes) -> Snapshot:
    """Return a snapshot.

    Raises:
        CodecError: the bytes are no snapshot, or one of a newer version.
    """
    plain = inflated(raw, SNAPSHOT_BYTES_MAX, "snapshot")
    _, epoch, seq, epochs, state = _unpack(plain, SNAPSHOT_BYTES_MAX, "snapshot", 5)
    return Snapshot(Position(epoch, seq), epochs, state)


def encode_plain(value: Any) -> bytes:
    """Return plain values (maps, lists, scalars, drifts, texts) as a snapshot's `state`."""
    return _bounded(_pack([VERSION, value]), SNAPSHOT_BYTES_MAX, "state")


def decode_plain(raw: bytes) -> Any:
    """Return the values of `encode_plain`; lists come back as tuples.

    Raises:
        CodecError: the bytes are no such values, or of a newer version.
    """
    return _unpack(raw, SNAPSHOT_BYTES_MAX, "state", 2)[1]


def decode_hints(raw: bytes) -> Mapping[str, Any]:
    """Return a map of `encode_plain` that only informs: by a name it means the same in any version.

    Raises:
        CodecError: the bytes are no such map.
    """
    hints = _unpack(raw, SNAPSHOT_BYTES_MAX, "hint", 2, of_any=True)[1]
    if not isinstance(hints, dict):
        raise CodecError("a hint in the store is damaged: it is no map")
    return hints


def check_readable(noun: str, version: int) -> None:
    """Raise CodecError, with what to do about it, where this server cannot read a version."""
    if version not in READABLE:
        raise CodecError(
            f"a {noun} in the store has version {version}; this server reads versions"
            f" {READABLE[0]} to {READABLE[-1]}: let one between them run first"
        )


def encode_segment(commits: Sequence[bytes]) -> bytes:
    """Return encoded commits, in order, as one compressed segment. May run in another thread."""
    return zlib.compress(msgpack.packb([VERSION, list(commits)]), 6)


def decode_segment(raw: bytes) -> tuple[bytes, ...]:
    """Return the encoded commits of a segment.

    Raises:
        CodecError: the bytes are no segment, or one of a newer version.
    """
    longest = SEGMENT_BYTES_MAX + COMMIT_BYTES_MAX
    commits = _unpack(inflated(raw, longest, "segment"), longest, "segment", 2)[1]
    return tuple(commits)


def encode_card(card: WorldCard) -> bytes:
    """Return a world's card."""
    values = {name: getattr(card, name) for name in _CARD_FIELDS}
    return _bounded(_pack([VERSION, values]), CARD_BYTES_MAX, "card")


def decode_card(raw: bytes) -> WorldCard:
    """Return a world's card; fields of a newer minor are ignored, missing ones take defaults.

    Raises:
        CodecError: the bytes are no card, or one of a newer version.
    """
    values = _unpack(raw, CARD_BYTES_MAX, "card", 2)[1]
    try:
        return WorldCard(**{name: values[name] for name in _CARD_FIELDS if name in values})
    except TypeError as error:
        raise CodecError(f"a card in the store is damaged: {error}") from error


def encode_files(files: Mapping[str, str]) -> bytes:
    """Return a pack's files by path, compressed."""
    raw = _pack([VERSION, dict(files)])
    return zlib.compress(_bounded(raw, PACK_BYTES_MAX + _PACK_BYTES_SPARE, "pack"), 6)


def decode_files(raw: bytes) -> dict[str, str]:
    """Return a pack's files by path.

    Raises:
        CodecError: the bytes are no pack, or one of a newer version.
    """
    longest = PACK_BYTES_MAX + _PACK_BYTES_SPARE
    files: dict[str, str] = _unpack(inflated(raw, longest, "pack"), longest, "pack", 2)[1]
    return files


def encode_text(author: str, salt: str, text: str) -> bytes:
    """Return one free text as it lies beside the log."""
    return _pack([VERSION, author, salt, text])


def decode_text(raw: bytes) -> tuple[str, str, str]:
    """Return (author, salt, text).

    Raises:
        CodecError: the bytes are no text, or one of a newer version.
    """
    _, author, salt, text = _unpack(raw, PROPOSAL_BYTES_MAX, "text", 4)
    return author, salt, text


def _special(value: object) -> object:
    """Return what stands for a value that msgpack, told to be strict, does not know."""
    kind = type(value)
    if kind is Drift:
        return msgpack.ExtType(EXT_DRIFT, _pack_inner(list(value)))  # type: ignore[call-overload]
    if kind is TextRef:
        return msgpack.ExtType(EXT_TEXT, _pack_inner(list(value)))  # type: ignore[call-overload]
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a {kind.__name__} cannot be stored")


def _ext(code: int, raw: bytes) -> object:
    if code == EXT_DRIFT:
        return Drift(*msgpack.unpackb(raw))
    if code == EXT_TEXT:
        return TextRef(*msgpack.unpackb(raw))
    raise ValueError(f"extension {code} is not known")


# Strict types, because a named tuple would else be packed as a mere list, in silence. A packer
# must not be entered again from its own `default`, hence two; nor from two threads, hence `packb`
# in what may run in another.
_packer = msgpack.Packer(strict_types=True, default=_special)
_pack_inner = msgpack.Packer().pack


def _pack(value: object) -> bytes:
    try:
        raw: bytes = _packer.pack(value)
    except (TypeError, ValueError, OverflowError) as error:
        _packer.reset()
        raise CodecError(f"not storable: {error}") from error
    return raw


def _unpack(
    raw: bytes, longest: int, noun: str, size: int, *, of_any: bool = False
) -> Sequence[Any]:
    """Return the first `size` elements of a versioned array."""
    if len(raw) > longest:
        raise CodecError(f"a {noun} in the store has {len(raw)} bytes, more than {longest}")
    try:
        parts = msgpack.unpackb(
            raw,
            use_list=False,
            raw=False,
            strict_map_key=True,
            ext_hook=_ext,
            max_str_len=longest,
            max_bin_len=longest,
            max_array_len=len(raw),
            max_map_len=len(raw),
            max_ext_len=1024,
        )
    except (ValueError, TypeError) as error:
        raise CodecError(f"a {noun} in the store is damaged: {error}") from error
    if type(parts) is not tuple or not parts or type(parts[0]) is not int:
        raise CodecError(f"a {noun} in the store is damaged: it names no version")
    if not of_any:
        check_readable(noun, parts[0])
    if len(parts) < size:
        raise CodecError(f"a {noun} in the store is damaged: {len(parts)} of {size} parts")
    return parts if len(parts) == size else parts[:size]


def inflated(raw: bytes, longest: int, noun: str) -> bytes:
    """Return decompressed bytes, refusing more than `longest`."""
    stream = zlib.decompressobj()
    try:
        plain = stream.decompress(raw, longest)
    except zlib.error as error:
        raise CodecError(f"a {noun} in the store is damaged: {error}") from error
    if not stream.eof:
        raise CodecError(f"a {noun} in the store is cut off, or longer than {longest} bytes")
    return plain


def _bounded(raw: bytes, longest: int, noun: str) -> bytes:
    if len(raw) > longest:
        raise CodecError(f"a {noun} of {len(raw)} bytes is more than {longest}")
    return raw
