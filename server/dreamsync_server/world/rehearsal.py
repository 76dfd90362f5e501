"""A recorded rehearsal: what was proposed and when, to be decided again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dreamsync_server.world.commit import ActKind, ProposerKind
from dreamsync_server.world.values import Scalar


@dataclass(frozen=True, slots=True)
class Step:
    """One proposal: at which world time, by whom, what, and the outcome it had.

    `do` is the action of an act, the beat of a cue, the choice of a choose (whose option stands
    in `given`); `role` is the seat that acts.
    """

    at_ms: int
    by: ProposerKind
    kind: ActKind
    role: str = ""
    do: str = ""
    given: Mapping[str, Scalar] = field(default_factory=dict)
    expect: str = "ok"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One recorded run. `digest` is the state's at its end, "" where it was not recorded.

    `absent` are roles that nobody plays in it, not even an understudy. `until_ms` is the world time
    at which it stops, where it goes on behind its last step: what it waits for falls due by itself.
    """

    pack: str
    seed: int
    about: str
    steps: tuple[Step, ...]
    ends: str  # the ending it reaches, "" for none
    digest: str = ""
    pack_hash: str = ""
    absent: tuple[str, ...] = ()
    until_ms: int = 0
