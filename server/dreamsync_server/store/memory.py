"""The reference store: the whole contract in one process, exact and deterministic, kept nowhere.

Everything goes through the codec, so that what comes back is what a real store would give. A
call runs in one piece, as a script does in Valkey; it may be made to wait or fail on both sides
of that piece, which is what fault tests need.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dreamsync_server.clock import Clock
from dreamsync_server.errors import StoreError, StoreUnavailableError
from dreamsync_server.limits import INBOX_LENGTH_MAX, SHARED_ENDINGS_MAX, SNAPSHOTS_KEPT
from dreamsync_server.store import codec
from dreamsync_server.store.keys import bucket_of
from dreamsync_server.store.memory_board import MemoryBoard, gated
from dreamsync_server.store.port import (
    Appended,
    Batch,
    Bell,
    Entry,
    Held,
    Ownership,
    Snapshot,
    WorldCard,
)
from dreamsync_server.world.commit import Commit, Position, Proposal

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _World:
    """One world's keys. `log[i]` is the commit with seq i + 1."""

    card: bytes
    epoch: int = 0
    nonce: str = ""
    node: str = ""
    batch: str = ""
    log: list[bytes] = field(default_factory=list)
    last: Position | None = None
    texts: dict[str, bytes] = field(default_factory=dict)
    snapshots: dict[int, bytes] = field(default_factory=dict)
    inbox: dict[int, bytes] = field(default_factory=dict)
    entries: int = 0  # ever put in the inbox
    status: bytes | None = None


class MemoryStore(MemoryBoard):
    """A store in this process. Several hosts and gateways may share it as they would a server.

    `gate`, where set, is awaited with a method's name before and after each call is executed: it
    may wait, or raise `StoreUnavailableError`. `fail_next` does the commonest thing.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._worlds: dict[str, _World] = {}
        self._staged: dict[str, _World] = {}
        self._codes: dict[str, str] = {}
        self._packs: dict[str, bytes] = {}
        self._endings: dict[str, list[str]] = {}
        self._awake: dict[str, None] = {}

    # --- the log -------------------------------------------------------------------------

    @gated
    async def held(self, world: str) -> Held | None:
        """Return who owns a world."""
        it = self._worlds.get(world)
        return None if it is None else Held(it.epoch, it.nonce, it.node, len(it.log))

    @gated
    async def acquire(
        self, world: str, node: str, nonce: str, instead_of: Held | None
    ) -> Ownership | None:
        """Take a world over, if it is still held as seen."""
        it = self._worlds.get(world)
        if it is None or (instead_of is None and it.nonce):
            return None
        if instead_of is not None and (it.epoch, it.nonce) != instead_of[:2]:
            return None
        it.epoch = max(it.epoch + 1, self._clock.now_ms())
        it.nonce, it.node, it.batch = nonce, node, ""
        return Ownership(world, it.epoch, nonce, len(it.log))

    @gated
    async def release(self, owner: Ownership) -> None:
        """Give a world up."""
        it = self._owned(owner)
        if it is not None:
            it.nonce = it.node = it.batch = ""

    async def append(self, batches: Sequence[Batch]) -> Sequence[Appended | StoreUnavailableError]:
        """Append batches of several worlds."""
        try:
            await self.pass_gate("append", "before")
            answers = [self._append(batch) for batch in batches]
            await self.pass_gate("append", "after")
        except StoreUnavailableError as error:
            return [error for _ in batches]
        return answers

    @gated
    async def read(
        self, world: str, after: int, up_to: int | None = None, limit: int = 500
    ) -> Sequence[Commit]:
        """Return commits with seq > `after` in order."""
        it = self._worlds.get(world)
        if it is None:
            return ()
        end = min(len(it.log) if up_to is None else up_to, after + limit)
        known = {ref: codec.decode_text(raw) for ref, raw in it.texts.items()}
        return [codec.decode_commit(raw, known)[0] for raw in it.log[after : max(end, after)]]

    @gated
    async def tail(self, world: str) -> Position | None:
        """Return the position of the last commit in the log."""
        it = self._worlds.get(world)
        return None if it is None else it.last

    @gated
    async def save_snapshot(self, owner: Ownership, snapshot: Snapshot, keep_after: int) -> bool:
        """Store a snapshot. Nothing is trimmed: sealed or live, commits read the same."""
        it = self._owned(owner)
        if it is None or snapshot.position.seq > len(it.log):
            return False
        it.snapshots[snapshot.position.seq] = codec.encode_snapshot(snapshot)
        for seq in sorted(it.snapshots)[:-SNAPSHOTS_KEPT]:
            del it.snapshots[seq]
        return True

    @gated
    async def load_snapshot(self, world: str, at_most: int | None = None) -> Snapshot | None:
        """Return the newest kept snapshot with seq <= `at_most`."""
        it = self._worlds.get(world)
        kept = {} if it is None else it.snapshots
        fit = [seq for seq in kept if at_most is None or seq <= at_most]
        return codec.decode_snapshot(kept[max(fit)]) if fit else None

    @gated
    async def texts(self, world: str, refs: Sequence[str]) -> Mapping[str, tuple[str, str, str]]:
        """Return (author, salt, text) by reference."""
        it = self._worlds.get(world)
        kept = {} if it is None else it.texts
        return {ref: codec.decode_text(kept[ref]) for ref in refs if ref in kept}

    @gated
    async def erase_texts(self, world: str, author: str) -> int:
        """Erase every free text that a session wrote."""
        it = self._worlds.get(world)
        if it is None:
            return 0
        written = [ref for ref, raw in it.texts.items() if codec.decode_text(raw)[0] == author]
        for ref in written:
            del it.texts[ref]
        return len(written)

    # --- the inbox -----------------------------------------------------------------------

    @gated
    async def propose(self, world: str, proposal: Proposal) -> bool:
        """Put a proposal in the world's bounded inbox and ring."""
        raw = codec.encode_proposal(proposal)
        it = self._worlds.get(world)
        if it is None or len(it.inbox) >= INBOX_LENGTH_MAX:
            return False
        it.entries += 1
        it.inbox[it.entries] = raw
        self._publish(Bell("inbox", world, 0, 0))
        return True

    @gated
    async def inbox(self, world: str, after: str, limit: int = 64) -> Sequence[Entry]:
        """Return entries after a cursor, in order."""
        it = self._worlds.get(world)
        if it is None:
            return ()
        start = _number(after)
        numbers = [number for number in it.inbox if number > start][:limit]
        return [Entry(f"{n}-0", codec.decode_proposal(it.inbox[n])) for n in numbers]

    @gated
    async def trim_inbox(self, world: str, through: str) -> None:
        """Drop entries up to and including a cursor."""
        it = self._worlds.get(world)
        if it is not None:
            it.inbox = {n: raw for n, raw in it.inbox.items() if n > _number(through)}

    # --- worlds, packs, nodes --------------------------------------------------------------

    @gated
    async def stage(
        self, world: str, commits: Sequence[Commit], snapshot: Snapshot | None = None
    ) -> None:
        """Put the next part of a log away for a world that is yet to be created."""
        if world in self._worlds:
            raise StoreError(f"there is a world {world}")
        it = self._staged.setdefault(world, _World(b""))
        for commit in commits:
            it.log[commit.position.seq - 1 :] = [codec.encode_commit(commit)]
            it.last = commit.position
            it.texts |= {ref: codec.encode_text(*text) for ref, text in commit.texts.items()}
        if snapshot is not None:
            it.snapshots[snapshot.position.seq] = codec.encode_snapshot(snapshot)

    @gated
    async def create_world(self, card: WorldCard, tail: Position | None = None) -> bool:
        """Write a new world's card and list it."""
        raw = codec.encode_card(card)
        if card.world in self._worlds:
            return self._worlds[card.world].card == raw
        if card.code_hash and card.code_hash in self._codes:
            return False
        it = _World(raw)
        if tail is not None:
            it = self._staged.get(card.world, it)
            if it.last != tail or len(it.log) != tail.seq:
                raise StoreError(f"the log that was put away for {card.world} is not whole")
            del self._staged[card.world]
            it.card, it.epoch = raw, tail.epoch
        self._worlds[card.world] = it
        if card.code_hash:
            self._codes[card.code_hash] = card.world
        return True

    @gated
    async def card(self, world: str) -> WorldCard | None:
        """Return a world's card."""
        it = self._worlds.get(world)
        return None if it is None else codec.decode_card(it.card)

    @gated
    async def worlds(self) -> Sequence[WorldCard]:
        """Return the cards of all worlds, ordered by creation."""
        cards = [codec.decode_card(it.card) for it in self._worlds.values()]
        return sorted(cards, key=lambda card: (card.created_ms, card.world))

    @gated
    async def listed(self, buckets: Sequence[int]) -> Sequence[str]:
        """Return the ids of the worlds in some buckets of the directory."""
        return [world for world in self._worlds if bucket_of(world) in buckets]

    @gated
    async def awake(self, buckets: Sequence[int]) -> Sequence[str]:
        """Return the ids of the worlds in these buckets that are listed as awake."""
        return [world for world in self._awake if bucket_of(world) in buckets]

    @gated
    async def note_awake(self, world: str, is_awake: bool) -> None:
        """List a world as awake, or no longer."""
        self._note_awake(world, is_awake)

    @gated
    async def opened_by(self, creator: str) -> int:
        """Return how many worlds there are that this creator opened."""
        cards = [codec.decode_card(it.card) for it in self._worlds.values()]
        return sum(card.creator == creator for card in cards)

    @gated
    async def world_by_code(self, code_hash: str) -> str | None:
        """Return the world a typed invite code leads to."""
        return self._codes.get(code_hash)

    @gated
    async def delete_world(self, world: str) -> None:
        """Delete a world, its log, texts and listing; what was staged for it, too."""
        self._staged.pop(world, None)
        it = self._worlds.pop(world, None)
        self._awake.pop(world, None)
        if it is not None:
            self._codes.pop(codec.decode_card(it.card).code_hash, None)

    @gated
    async def set_status(self, world: str, status: Mapping[str, Any]) -> None:
        """Write directory hints about a world."""
        it = self._worlds.get(world)
        if it is not None:
            it.status = codec.encode_plain(status)
        self._note_awake(world, it is not None and bool(status.get("awake")))

    @gated
    async def status(self, world: str) -> Mapping[str, Any]:
        """Return the directory hints about a world."""
        it = self._worlds.get(world)
        if it is None or it.status is None:
            return {}
        return dict(codec.decode_hints(it.status))

    @gated
    async def share_ending(self, pack_id: str, ending: str) -> None:
        """Let directors know that a world of a pack came to an ending."""
        older = [one for one in self._endings.get(pack_id, ()) if one != ending]
        self._endings[pack_id] = [ending, *older][:SHARED_ENDINGS_MAX]

    @gated
    async def shared_endings(self, pack_id: str) -> Sequence[str]:
        """Return the endings that worlds of a pack shared, the last shared first."""
        return tuple(self._endings.get(pack_id, ()))

    @gated
    async def put_pack(self, pack_hash: str, files: Mapping[str, str]) -> None:
        """Keep a pack's files under its hash."""
        self._packs.setdefault(pack_hash, codec.encode_files(files))

    @gated
    async def get_pack(self, pack_hash: str) -> Mapping[str, str] | None:
        """Return a pack's files."""
        raw = self._packs.get(pack_hash)
        return None if raw is None else codec.decode_files(raw)

    # --- shards and health -------------------------------------------------------------------

    def shard_of(self, world: str) -> str:
        """Return "": there is but one."""
        return ""

    def changes(self) -> int:
        """Return 0: nothing takes its place."""
        return 0

    async def ping(self) -> bool:
        """Return whether the store answers."""
        try:
            await self.pass_gate("ping", "before")
        except StoreUnavailableError:
            return False
        return True

    async def memory_share(self) -> float:
        """Return 0.0: there is no ceiling."""
        return 0.0

    async def close(self) -> None:
        """Do nothing: what was stored stays, for whoever shares it."""

    def _append(self, batch: Batch) -> Appended:
        """Check and append one batch, whole or not at all."""
        owner = batch.owner
        try:
            raws, texts = codec.encode_batch(batch)
        except codec.CodecError as error:
            log.error("world %s: a batch was refused: %s", owner.world, error)
            return Appended("refused", -1)
        it = self._owned(owner)
        if it is None:
            gone = self._worlds.get(owner.world)
            return Appended("fenced", -1 if gone is None else len(gone.log))
        if len(it.log) != owner.tail:
            return Appended("ok" if it.batch == batch.id else "tail", len(it.log))
        it.log += raws
        it.last = batch.commits[-1].position
        it.batch = batch.id
        it.texts |= texts
        return Appended("ok", len(it.log))

    def _note_awake(self, world: str, is_awake: bool) -> None:
        if is_awake:
            self._awake[world] = None
        else:
            self._awake.pop(world, None)

    def _owned(self, owner: Ownership) -> _World | None:
        it = self._worlds.get(owner.world)
        return it if it is not None and (it.epoch, it.nonce) == owner[1:3] else None


def _number(cursor: str) -> int:
    return int(cursor.partition("-")[0]) if cursor else 0
