"""Durability profiles: what must have happened before a commit counts, and what that survives."""

from dataclasses import dataclass
from typing import Final

from dreamsync_server.errors import OperatorError


@dataclass(frozen=True, slots=True)
class Profile:
    """A named promise. `replicas` is how many must have a commit; more may be asked for.

    `is_fsynced`: it is on their disks too. `survives` completes "It survives: …".
    """

    name: str
    survives: str
    replicas: int = 0
    is_fsynced: bool = False
    needs_fsync: bool = False  # of the store itself, with every write (appendfsync always)


RELAXED: Final = Profile(
    "relaxed",
    "a crash of any process; a power cut of the store's machine may take the last second",
)
SOLO: Final = Profile(
    "solo",
    "a crash of any process, a deploy, a power cut (every commit is fsynced); not a lost disk",
    needs_fsync=True,
)
REPLICATED: Final = Profile(
    "replicated",
    "a crash of any process, and the loss of one machine with its disk (every commit is on a"
    " replica before it is seen); what a failover lost, the owner writes again, or it is told",
    replicas=1,
)
FSYNCED: Final = Profile(
    "fsynced",
    "the loss of one machine with its disk, and a power cut of all of them (every commit is"
    " fsynced on a replica too before it is seen)",
    replicas=1,
    is_fsynced=True,
    needs_fsync=True,
)
PROFILES: Final = {one.name: one for one in (SOLO, REPLICATED, FSYNCED, RELAXED)}


def profile_named(name: str) -> Profile:
    """Return a profile.

    Raises:
        OperatorError: there is none of this name.
    """
    if name not in PROFILES:
        raise OperatorError(f"there is no profile {name!r}: one of {', '.join(PROFILES)}")
    return PROFILES[name]
