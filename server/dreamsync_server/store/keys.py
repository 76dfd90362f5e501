"""Every key name in the store. One world's keys share a hash tag, so that they share a shard."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple
from zlib import crc32

from dreamsync_server.limits import DIRECTORY_BUCKETS, LEASE_PARTS

BELL_PREFIX: Final = "{w:"
BELL_SUFFIX: Final = "}:bell"
_SPREAD: Final = ("736", "706", "716", "756", "766")  # tags, each in the middle of a fifth of slots
NODES: Final = "nodes"  # the hash of what processes say of themselves
TO_NODES: Final = "node:all"  # the topic on which all nodes are told something
PLACES: Final = 2**32
BUCKET_PLACES: Final = PLACES // DIRECTORY_BUCKETS

assert len(_SPREAD) == LEASE_PARTS
assert BUCKET_PLACES * DIRECTORY_BUCKETS == PLACES


class WorldKeys(NamedTuple):
    """The keys of one world; all but `bell`, which is a channel, die with it.

    `own`: hash of e(poch), n(once), o (node), t(ail seq), te (its epoch), b(atch), z (last sealed
    seq). `log`: stream `<epoch>-<seq>` -> c(ommit). `epochs`: sorted set, epoch by its first seq.
    `segments`: hash, first seq -> sealed commits; `sealed`: sorted set, first seq by last seq.
    `texts`: hash, reference -> author, salt, text. `snapshots`: hash, seq -> snapshot.
    `inbox`: stream of p(roposals). `card`, `status`: one value each.
    """

    own: str
    log: str
    epochs: str
    segments: str
    sealed: str
    texts: str
    snapshots: str
    inbox: str
    card: str
    status: str
    bell: str


@lru_cache(maxsize=8192)
def of_world(world: str) -> WorldKeys:
    """Return the keys of a world."""
    tag = f"{BELL_PREFIX}{world}}}"
    return WorldKeys(*[f"{tag}:{name}" for name in WorldKeys._fields])


def world_of_bell(channel: bytes) -> str | None:
    """Return the world whose doorbell a channel is; None where it is none."""
    name = channel.decode()
    if not (name.startswith(BELL_PREFIX) and name.endswith(BELL_SUFFIX)):
        return None
    return name[len(BELL_PREFIX) : -len(BELL_SUFFIX)]


def seen(world: str) -> str:
    """Return the key that is written to be waited for: replicas that have it have the log too."""
    return f"{BELL_PREFIX}{world}}}:seen"


def directory(bucket: int) -> str:
    """Return the sorted set that lists one bucket's worlds by created_ms."""
    return f"dir:{bucket}"


def directory_of(world: str) -> str:
    """Return the sorted set that lists a world."""
    return directory(bucket_of(world))


def bucket_of(world: str) -> int:
    """Return the bucket of the directory that a world is in."""
    return place_of(world) // BUCKET_PLACES


def place_of(world: str) -> int:
    """Return a world's place among all worlds, from 0 to PLACES; a bucket's lie together."""
    inside, bucket = divmod(crc32(world.encode()), DIRECTORY_BUCKETS)
    return bucket * BUCKET_PLACES + inside


def awake(bucket: int) -> str:
    """Return the set of one bucket's worlds that are awake."""
    return f"awake:{bucket}"


def awake_of(world: str) -> str:
    """Return the set that a world is in while it is awake."""
    return awake(bucket_of(world))


def opened_by(creator: str) -> str:
    """Return the set of the worlds that were opened from one address, hashed."""
    return f"by:{creator}"


def code(code_hash: str) -> str:
    """Return the key that leads from a typed invite code to its world."""
    return f"code:{code_hash}"


def pack(pack_hash: str) -> str:
    """Return the key of a pack's files."""
    return f"pack:{pack_hash}"


def endings(pack_id: str) -> str:
    """Return the list of the endings that worlds of a pack shared."""
    return f"endings:{pack_id}"


def lease(holder: str) -> str:
    """Return the key of a lease."""
    return f"lease:{holder}"


def lease_parts(holder: str) -> Sequence[str]:
    """Return the keys of a lease in a cluster, spread evenly over the slots."""
    return tuple(f"{{{tag}}}:lease:{holder}" for tag in _SPREAD)


def of_poses(world: str) -> str:
    """Return the topic on which gateways say where a world's avatars stand."""
    return f"{BELL_PREFIX}{world}}}:poses"


def of_node(node: str) -> str:
    """Return the topic on which a node is told something."""
    return f"node:{node}"
