"""The store's contract: all that host, gateway and director may ask of Valkey or Redis.

Every world's keys share one hash tag, `{w:<id>}`; no call touches two worlds except the
directory calls, which are hints. Two implementations keep it: `memory` (the reference) and
`redis`. Whatever returns has happened and is confirmed as the profile says (fsynced, replicated);
`StoreUnavailableError` means that the outcome is not known.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from dreamsync_server.errors import StoreUnavailableError
from dreamsync_server.store.listening import Listening
from dreamsync_server.world.commit import Commit, Position, Proposal


class Ownership(NamedTuple):
    """A term of ownership: what an append must present. `tail` is the last seq in the log."""

    world: str
    epoch: int
    nonce: str
    tail: int


class Held(NamedTuple):
    """Who owns a world, as last written; `node` "" where nobody does."""

    epoch: int
    nonce: str
    node: str
    tail: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Commits to append at once. `id` is unique to the batch and the same when it is resent."""

    owner: Ownership
    id: str
    commits: Sequence[Commit]


class Appended(NamedTuple):
    """What an append did: `ok` also when the store had this very batch already.

    `fenced`: another owner has the world. `tail`: the log does not end where the owner thinks.
    `refused`: the batch itself cannot be stored (a commit too long, say), nothing was written and
    resending is no use: the world faults. `tail` is the log's, -1 where it was not learned.
    """

    code: Literal["ok", "fenced", "tail", "refused"]
    tail: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole state at a position, encoded by the host; opaque bytes to the store.

    `epochs` are (epoch, first seq) of every epoch so far, so that any old position can be judged.
    """

    position: Position
    epochs: tuple[tuple[int, int], ...]
    state: bytes


@dataclass(frozen=True, slots=True)
class WorldCard:
    """What is known of a world outside its log. Secrets are kept as sha256 hex, never plain."""

    world: str
    pack_id: str
    pack_hash: str
    seed: int
    is_private: bool
    created_ms: int
    title: str = ""
    creator: str = ""  # the address that opened it, hashed
    invite_hash: str = ""
    code_hash: str = ""
    desk_hash: str = ""
    has_spectators: bool = True
    has_understudies: bool = True
    is_directed: bool = True
    speed: int = 1000
    shares_ending: bool = False  # its ending may be told in other worlds of the pack, unsigned
    origin: str = ""  # the world whose log this one's begins with
    class_id: str = ""  # the class that this world belongs to
    class_worlds: str = ""  # this is a class and no world: the ids of its worlds, by spaces


class Entry(NamedTuple):
    """One proposal read from a world's inbox; `cursor` orders entries."""

    cursor: str
    proposal: Proposal


class Bell(NamedTuple):
    """A doorbell: something is new in a world's log (up to `tail`) or inbox."""

    kind: Literal["log", "inbox"]
    world: str
    epoch: int
    tail: int


class Note(NamedTuple):
    """Something said on a topic (`keys.of_poses`, `keys.of_node`) to who hears it just now.

    It is kept nowhere and may be lost; `said` is for those who listen to make out.
    """

    topic: str
    said: bytes


class Store(Protocol):
    """The contract. Times are milliseconds of the store's own clock unless said otherwise."""

    # --- the log -------------------------------------------------------------------------

    async def held(self, world: str) -> Held | None:
        """Return who owns a world, or None where there is no such world.

        A world that nobody ever owned is held by node "" with nonce "" in epoch 0, its tail 0.
        """
        ...

    async def acquire(
        self, world: str, node: str, nonce: str, instead_of: Held | None
    ) -> Ownership | None:
        """Take a world over: raise the epoch and own its tail, if it is still held as seen.

        `instead_of` is what `held` gave; None stands for "held by nobody". None is returned where
        somebody else was quicker, or the world is gone. Writes no commit; the owner appends its
        own first one (`open` or `begin`). The epoch is max(old + 1, store ms), so that it never
        returns even if a tail was lost.
        """
        ...

    async def release(self, owner: Ownership) -> None:
        """Give a world up, so that any node may take it at once. No-op where not the owner."""
        ...

    async def append(self, batches: Sequence[Batch]) -> Sequence[Appended | StoreUnavailableError]:
        """Append batches of several worlds in one pipeline a shard; answers in their order.

        Checks epoch, nonce and expected tail atomically with writing commits and free texts;
        stream ids are `<epoch>-<seq>`. Returns only when confirmed. An unknown outcome is given
        as the error in that batch's place (never raised): resend with the same id.
        """
        ...

    async def read(
        self, world: str, after: int, up_to: int | None = None, limit: int = 500
    ) -> Sequence[Commit]:
        """Return commits with seq > `after` in order, from the live stream or from segments.

        At most `limit`, without a gap. Free texts of the commits come with them where not erased.
        """
        ...

    async def tail(self, world: str) -> Position | None:
        """Return the position of the last confirmed commit in the log; None where it has none.

        Where replicas confirm, it is not given before they have it: followers go no further.
        """
        ...

    async def save_snapshot(self, owner: Ownership, snapshot: Snapshot, keep_after: int) -> bool:
        """Store a snapshot, seal commits up to `keep_after` into segments, then trim them.

        False where fenced or ahead of the log. The two newest snapshots are kept.
        """
        ...

    async def load_snapshot(self, world: str, at_most: int | None = None) -> Snapshot | None:
        """Return the newest kept snapshot with seq <= `at_most`."""
        ...

    async def texts(self, world: str, refs: Sequence[str]) -> Mapping[str, tuple[str, str, str]]:
        """Return (author, salt, text) by reference; erased ones are left out."""
        ...

    async def erase_texts(self, world: str, author: str) -> int:
        """Erase every free text (and its salt) that a session wrote; return how many."""
        ...

    # --- the inbox -----------------------------------------------------------------------

    async def propose(self, world: str, proposal: Proposal) -> bool:
        """Put a proposal in the world's bounded inbox and ring; False where it is full.

        False also where the world is gone.
        """
        ...

    async def inbox(self, world: str, after: str, limit: int = 64) -> Sequence[Entry]:
        """Return entries after a cursor ("" for the start), in order.

        Entries that cannot be read (of a newer version) are left out.
        """
        ...

    async def trim_inbox(self, world: str, through: str) -> None:
        """Drop entries up to and including a cursor that a confirmed commit carries."""
        ...

    # --- doorbells -----------------------------------------------------------------------

    async def ring(self, bells: Sequence[Bell]) -> None:
        """Publish doorbells; may be lost, nobody relies on one. Never raises."""
        ...

    def listen(self, worlds: Listening) -> AsyncIterator[Bell]:
        """Yield doorbells of the worlds in `worlds`, which may be changed while it runs.

        Survives reconnects by itself; bells in between are lost.
        """
        ...

    async def tell(self, notes: Sequence[Note]) -> None:
        """Say something on topics; may be lost, and nobody relies on it. Never raises."""
        ...

    def hear(self, topics: Listening) -> AsyncIterator[Note]:
        """Yield what is said on the topics in `topics`, which may be changed while it runs.

        At most `NOTES_WAITING_MAX` of a topic wait to be taken; older ones are lost.
        """
        ...

    # --- worlds, packs, nodes --------------------------------------------------------------

    async def create_world(self, card: WorldCard, tail: Position | None = None) -> bool:
        """Write a new world's card and list it; False where the id or its code is taken.

        True also where this very card is there already, so that it may be sent again. With a
        `tail` the world has the log that was staged for it, which ends there.

        Raises:
            StoreError: what was staged does not end there, or is gone.
        """
        ...

    async def stage(
        self, world: str, commits: Sequence[Commit], snapshot: Snapshot | None = None
    ) -> None:
        """Put the next part of a log away for a world that is yet to be created.

        Nobody sees it before `create_world`; what is not created within `STAGED_S` is gone, and
        at once by `delete_world`. The same part may be sent again. Commits are in order, without
        a gap; their texts come with them.

        Raises:
            StoreError: there is such a world.
        """
        ...

    async def card(self, world: str) -> WorldCard | None:
        """Return a world's card."""
        ...

    async def worlds(self) -> Sequence[WorldCard]:
        """Return the cards of all listed worlds, ordered by creation."""
        ...

    async def listed(self, buckets: Sequence[int]) -> Sequence[str]:
        """Return the ids of the worlds in some of the directory's `DIRECTORY_BUCKETS`.

        `shares.Share` says which bucket a world is in. Of a shard that is silent, none.
        """
        ...

    async def awake(self, buckets: Sequence[int]) -> Sequence[str]:
        """Return the ids of the worlds in these buckets that are listed as awake: a hint."""
        ...

    async def note_awake(self, world: str, is_awake: bool) -> None:
        """List a world as awake, or no longer; `set_status` does so too, by its `awake`."""
        ...

    async def opened_by(self, creator: str) -> int:
        """Return how many worlds there are that this creator opened."""
        ...

    async def world_by_code(self, code_hash: str) -> str | None:
        """Return the world a typed invite code leads to."""
        ...

    async def delete_world(self, world: str) -> None:
        """Delete a world, its log, texts and listing."""
        ...

    async def set_status(self, world: str, status: Mapping[str, Any]) -> None:
        """Write directory hints about a world (awake, players, chapter, ending), in place of old.

        No-op where the world is gone.
        """
        ...

    async def status(self, world: str) -> Mapping[str, Any]:
        """Return the directory hints about a world; may be old."""
        ...

    async def share_ending(self, pack_id: str, ending: str) -> None:
        """Let directors know that a world of a pack came to an ending: a hint, kept for long.

        Nothing else is kept with it. `SHARED_ENDINGS_MAX` are kept for each pack, each once.
        """
        ...

    async def shared_endings(self, pack_id: str) -> Sequence[str]:
        """Return the endings that worlds of a pack shared, the last shared first."""
        ...

    async def put_pack(self, pack_hash: str, files: Mapping[str, str]) -> None:
        """Keep a pack's files under its hash; the same hash is written once."""
        ...

    async def get_pack(self, pack_hash: str) -> Mapping[str, str] | None:
        """Return a pack's files, or None."""
        ...

    async def lease(self, holder: str, value: str, ttl_s: float) -> bool:
        """Take or renew a lease (`node:<id>`, `director:<world>`); False where another has it."""
        ...

    async def lease_holder(self, holder: str) -> str | None:
        """Return the value of a live lease."""
        ...

    async def drop_lease(self, holder: str, value: str | None = None) -> None:
        """End a lease at once, if it has this value (any, where None)."""
        ...

    async def put_node(self, node: str, about: Mapping[str, Any]) -> None:
        """Write what a process says of itself, in place of what it said before: a hint."""
        ...

    async def nodes(self) -> Mapping[str, Mapping[str, Any]]:
        """Return what the processes say of themselves whose lease `node:<id>` is live, by id."""
        ...

    # --- shards and health -------------------------------------------------------------------

    def shard_of(self, world: str) -> str:
        """Return the name of the shard that has a world now, as far as is known.

        "" where there is but one. Batches of one shard go in one pipeline.
        """
        ...

    def changes(self) -> int:
        """Return how often one server took another's place, as far as was noticed.

        Where it did, the end of a log may be gone that the old one had confirmed.
        """
        ...

    async def ping(self) -> bool:
        """Return whether the store answers in time. Never raises."""
        ...

    async def memory_share(self) -> float:
        """Return used memory as a share of the store's maxmemory; 0.0 where it has none."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...
