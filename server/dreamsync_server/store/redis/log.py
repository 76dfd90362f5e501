"""Worlds' logs in Valkey or Redis: ownership, append, read, snapshots, segments, free texts."""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dreamsync_server.errors import StoreError, StoreUnavailableError
from dreamsync_server.limits import LOG_PAGE, SEGMENT_BYTES_MAX, SNAPSHOTS_KEPT, STAGED_S
from dreamsync_server.store import codec, keys
from dreamsync_server.store.port import Appended, Batch, Held, Ownership, Snapshot
from dreamsync_server.store.redis.link import Call, Link, pairs
from dreamsync_server.world.commit import Commit, Position

log = logging.getLogger(__name__)

_CODES: Final = {b"OK": "ok", b"FENCED": "fenced", b"TAIL": "tail"}
_TRIES: Final = 3  # of a read that something moved away under
_TAILS_KEPT: Final = 10_000  # worlds; beyond: they are asked for anew
_SCAN_COUNT: Final = 500


class RedisLog:
    """The part of the contract that is about one world's log."""

    _link: Link
    _confirmed: dict[str, Position]  # tails that the replicas are known to have

    async def held(self, world: str) -> Held | None:
        """Return who owns a world."""
        own = await self._link.read("HMGET", keys.of_world(world).own, "e", "n", "o", "t")
        if own[0] is None:
            return None
        return Held(int(own[0]), own[1].decode(), own[2].decode(), int(own[3]))

    async def acquire(
        self, world: str, node: str, nonce: str, instead_of: Held | None
    ) -> Ownership | None:
        """Take a world over, if it is still held as seen."""
        seen = ("", "") if instead_of is None else (str(instead_of.epoch), instead_of.nonce)
        call = Call("acquire", (keys.of_world(world).own,), (nonce, node, *seen))
        answer = await self._link.script(call, is_confirmed=True)
        if answer[0] != b"OK":
            return None
        return Ownership(world, int(answer[1]), nonce, int(answer[2]))

    async def release(self, owner: Ownership) -> None:
        """Give a world up."""
        own = keys.of_world(owner.world).own
        await self._link.script(Call("release", (own,), (owner.epoch, owner.nonce)))

    async def append(self, batches: Sequence[Batch]) -> Sequence[Appended | StoreUnavailableError]:
        """Append batches of several worlds in one pipeline; cancelling it does not stop it."""
        answers: dict[int, Appended | StoreUnavailableError] = {}
        calls: dict[int, Call] = {}
        for i, batch in enumerate(batches):
            try:
                calls[i] = _append_call(batch)
            except codec.CodecError as error:
                log.error("world %s: a batch was refused: %s", batch.owner.world, error)
                answers[i] = Appended("refused", -1)
        if calls:
            got = await self._link.scripts(tuple(calls.values()), is_confirmed=True)
            for i, answer, is_confirmed in zip(calls, *got, strict=True):
                answers[i] = _appended(batches[i], answer, is_confirmed)
        return [answers[i] for i in range(len(batches))]

    async def read(
        self, world: str, after: int, up_to: int | None = None, limit: int = LOG_PAGE
    ) -> Sequence[Commit]:
        """Return commits with seq > `after` in order, from the live stream or from segments.

        Raises:
            StoreError: commits are missing, which means that the store lost them.
        """
        names = keys.of_world(world)
        end = after + limit if up_to is None else min(up_to, after + limit)
        raws: list[bytes] = []
        misses = 0
        while (first := after + len(raws) + 1) <= end:
            tail, rows = await self._live(names, first, end - first + 1)
            end = min(end, tail)
            if rows and rows[0][0] == first:
                raws += [raw for _, raw in rows]
            elif first <= end:
                sealed = await self._sealed(names, first, end)
                raws += sealed
                misses = 0 if sealed else misses + 1  # it may be sealed between these looks
            if misses == _TRIES:
                raise StoreError(f"world {world}: commit {first} is not in the store")
        return await self._with_texts(world, raws)

    async def tail(self, world: str) -> Position | None:
        """Return the position of the last commit in the log, once the replicas have it."""
        epoch, seq = await self._link.read("HMGET", keys.of_world(world).own, "te", "t")
        if not epoch:
            return None
        tail = Position(int(epoch), int(seq))
        if self._link.confirmation and self._confirmed.get(world) != tail:
            # Who owns the world may still wait for them, and a failover would take it back.
            await self._link.confirm(keys.seen(world))
            if len(self._confirmed) >= _TAILS_KEPT:
                self._confirmed.clear()
            self._confirmed[world] = tail
        return tail

    async def save_snapshot(self, owner: Ownership, snapshot: Snapshot, keep_after: int) -> bool:
        """Store a snapshot, seal commits up to `keep_after` into segments, then trim them."""
        return await self._link.shield(self._save_snapshot(owner, snapshot, keep_after))

    async def load_snapshot(self, world: str, at_most: int | None = None) -> Snapshot | None:
        """Return the newest kept snapshot with seq <= `at_most`."""
        key = keys.of_world(world).snapshots
        for _ in range(_TRIES):
            seqs = [int(seq) for seq in await self._link.read("HKEYS", key)]
            fit = [seq for seq in seqs if at_most is None or seq <= at_most]
            if not fit:
                return None
            raw = await self._link.read("HGET", key, max(fit))
            if raw is not None:  # else a newer one has taken its place meanwhile
                return await asyncio.to_thread(codec.decode_snapshot, raw)
        raise StoreUnavailableError(f"the snapshots of world {world} move too fast to be read")

    async def texts(self, world: str, refs: Sequence[str]) -> Mapping[str, tuple[str, str, str]]:
        """Return (author, salt, text) by reference."""
        if not refs:
            return {}
        raws = await self._link.read("HMGET", keys.of_world(world).texts, *refs)
        pairs = zip(refs, raws, strict=True)
        return {ref: codec.decode_text(raw) for ref, raw in pairs if raw is not None}

    async def stage(
        self, world: str, commits: Sequence[Commit], snapshot: Snapshot | None = None
    ) -> None:
        """Put the next part of a log away for a world that is yet to be created."""
        await self._link.shield(self._stage(world, commits, snapshot))

    async def erase_texts(self, world: str, author: str) -> int:
        """Erase every free text that a session wrote."""
        key = keys.of_world(world).texts
        erased, cursor = 0, 0
        while True:
            raw_cursor, found = await self._link.read("HSCAN", key, cursor, "COUNT", _SCAN_COUNT)
            cursor, texts = int(raw_cursor), pairs(found).items()
            written = [ref for ref, raw in texts if codec.decode_text(raw)[0] == author]
            if written:
                erased += await self._link.write("HDEL", key, *written)
            if not cursor:
                return erased

    async def _live(
        self, names: keys.WorldKeys, first: int, limit: int
    ) -> tuple[int, list[tuple[int, bytes]]]:
        """Return the log's tail, and (seq, commit) of the live stream from seq `first` on."""
        call = Call("read", (names.own, names.log, names.epochs), (first, limit))
        tail, rows = await self._link.read_script(call)
        return int(tail), [(int(key.partition(b"-")[2]), fields[1]) for key, fields in rows]

    async def _sealed(self, names: keys.WorldKeys, first: int, end: int) -> list[bytes]:
        """Return the commits from seq `first` to `end` of the segment that holds the first."""
        found = await self._link.read("ZRANGEBYSCORE", names.sealed, first, "+inf", "LIMIT", 0, 1)
        start = int(found[0]) if found else first + 1
        if start > first:
            return []
        raw = await self._link.read("HGET", names.segments, start)
        if raw is None:
            return []
        commits = await asyncio.to_thread(codec.decode_segment, raw)
        return list(commits[first - start : end - start + 1])

    async def _with_texts(self, world: str, raws: Sequence[bytes]) -> list[Commit]:
        read = [codec.decode_commit(raw) for raw in raws]
        refs = [ref for _, refs in read for ref in refs]
        if not refs:
            return [commit for commit, _ in read]
        known = await self.texts(world, refs)
        return [
            codec.decode_commit(raw, known)[0] if of_it else commit
            for raw, (commit, of_it) in zip(raws, read, strict=True)
        ]

    async def _stage(
        self, world: str, commits: Sequence[Commit], snapshot: Snapshot | None
    ) -> None:
        names = keys.of_world(world)
        target = (
            names.own, names.segments, names.sealed, names.epochs, names.texts, names.snapshots
        )  # fmt: skip
        raw = b"" if snapshot is None else await asyncio.to_thread(codec.encode_snapshot, snapshot)
        head = (snapshot.position.seq, raw) if snapshot is not None else ("", b"")
        for part in _parts_of(commits):
            segment = await asyncio.to_thread(codec.encode_segment, [one for _, one in part])
            epochs: dict[int, int] = {}
            texts: list[str | bytes] = []
            for commit, _ in part:
                epochs.setdefault(commit.position.epoch, commit.position.seq)
                for ref, text in commit.texts.items():
                    texts += [ref, codec.encode_text(*text)]
            pairs = [number for pair in epochs.items() for number in pair]
            first, last = part[0][0].position.seq, part[-1][0].position.seq
            args = (
                int(STAGED_S * 1000), first, last, segment, *head, len(epochs), *pairs, *texts
            )  # fmt: skip
            if not await self._link.script(Call("stage", target, args), is_confirmed=True):
                raise StoreError(f"there is a world {world}")
            head = ("", b"")

    async def _save_snapshot(self, owner: Ownership, snapshot: Snapshot, keep_after: int) -> bool:
        names = keys.of_world(owner.world)
        raw = await asyncio.to_thread(codec.encode_snapshot, snapshot)
        args = (owner.epoch, owner.nonce, snapshot.position.seq, raw, SNAPSHOTS_KEPT)
        call = Call("snapshot", (names.own, names.snapshots), args)
        if await self._link.script(call) != b"OK":
            return False
        while await self._seal(owner, names, keep_after):
            log.debug("world %s: a segment was sealed", owner.world)
        return True

    async def _seal(self, owner: Ownership, names: keys.WorldKeys, keep_after: int) -> bool:
        """Seal one segment and trim it; True while there may be more to seal."""
        sealed, tail = await self._link.read("HMGET", names.own, "z", "t")
        if sealed is None:
            return False
        first, end = int(sealed) + 1, min(keep_after, int(tail))
        raws: list[bytes] = []
        size = 0
        while first + len(raws) <= end and size < SEGMENT_BYTES_MAX:
            limit = min(LOG_PAGE, end - first - len(raws) + 1)
            _, rows = await self._live(names, first + len(raws), limit)
            if not rows or rows[0][0] != first + len(raws):
                break
            raws += [raw for _, raw in rows]
            size += sum(len(raw) for _, raw in rows)
        while size > SEGMENT_BYTES_MAX and len(raws) > 1:
            size -= len(raws.pop())
        if not raws:
            return False
        epoch, last = codec.decode_commit(raws[-1])[0].position
        segment = await asyncio.to_thread(codec.encode_segment, raws)
        args = (owner.epoch, owner.nonce, first, last, f"{epoch}-{last + 1}", segment)
        sealing = Call("seal", (names.own, names.log, names.segments, names.sealed), args)
        return bool(await self._link.script(sealing) == b"OK")


def _parts_of(commits: Sequence[Commit]) -> Iterator[list[tuple[Commit, bytes]]]:
    """Yield commits with their bytes, in parts that are no longer than a segment."""
    part: list[tuple[Commit, bytes]] = []
    size = 0
    for commit in commits:
        raw = codec.encode_commit(commit)
        if part and size + len(raw) > SEGMENT_BYTES_MAX:
            yield part
            part, size = [], 0
        part.append((commit, raw))
        size += len(raw)
    if part:
        yield part


def _append_call(batch: Batch) -> Call:
    """Return the script call that appends a batch.

    Raises:
        CodecError: it cannot be stored.
    """
    owner = batch.owner
    names = keys.of_world(owner.world)
    raws, texts = codec.encode_batch(batch)
    pairs = [part for pair in texts.items() for part in pair]
    head = (owner.epoch, owner.nonce, owner.tail, batch.id, len(raws))
    return Call("append", (names.own, names.log, names.texts, names.epochs), (*head, *raws, *pairs))


def _appended(batch: Batch, answer: Any, is_confirmed: bool) -> Appended | StoreUnavailableError:
    if isinstance(answer, StoreUnavailableError):
        return answer
    if isinstance(answer, StoreError):
        log.error("world %s: a batch was refused: %s", batch.owner.world, answer)
        return Appended("refused", -1)
    code, tail = _CODES[answer[0]], int(answer[1])
    if code == "ok" and not is_confirmed:
        return StoreUnavailableError("too few replicas confirmed in time")
    return Appended(code, tail)  # type: ignore[arg-type]  # the three codes above
