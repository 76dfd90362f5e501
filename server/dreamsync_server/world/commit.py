"""What is asked of a world (proposals) and what its owner decided (commits)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from dreamsync_server.world.values import Value

ProposerKind = Literal["player", "understudy", "director", "desk", "script", "owner"]
ActKind = Literal[
    "open", "begin",  # owner: the first commit of a world, the first of each epoch
    "repack",  # owner: go on under a newer pack
    "join", "absent", "back", "leave",  # gateway, for a session it speaks for
    "claim", "release", "handover",  # seats
    "act", "choose",  # players and understudies
    "cue", "nudge", "term", "hold", "unhold", "skip", "whisper", "remove", "seat",  # desk, director
    "undo",  # of what the desk or the director brought in
    "mute", "report", "erase",  # of what people write
    "direct", "veto", "background",  # what people say to the director
    "pause", "unpause", "sleep", "wake", "due", "close",  # due, sleep: owner
]  # fmt: skip


class Position(NamedTuple):
    """A place in a world's log. `seq` is contiguous for the life of the world."""

    epoch: int
    seq: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing asked of a world.

    `session` and `n` (from 1) make it idempotent; the owner's own have session "" and n 0.
    `arguments` are plain scalars by name, checked by `decide`. `texts` are free texts that a
    person wrote, name -> (salt, text): the salt is drawn by the shell that received it.
    `tenure` is the seat's tenure that an understudy decided under; `term` the director's.
    """

    kind: ActKind
    by: ProposerKind
    session: str = ""
    n: int = 0
    arguments: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    role: str = ""  # the seat it is done for, where `by` is an understudy
    tenure: int = 0
    term: int = 0


class Moment(NamedTuple):
    """When something is decided: world time, and the wall clock of the owner, both in ms."""

    world_ms: int
    at_ms: int


class Outcome(NamedTuple):
    """What became of one proposal, for its proposer alone. `code` is "ok" or a refusal's."""

    session: str
    n: int
    code: str
    arguments: tuple[tuple[str, Value], ...] = ()


class Event(NamedTuple):
    """Something that happened, for its audience: `to` are audience atoms, any of them sees it.

    `kind`: said, told, beat, chapter, ending, choice, chosen, seat, done, whisper, paused,
    unpaused, nudge, asked, muted, unmuted, reported, intervened. `key` is a text key of the pack
    or ""; `arguments` fill the text and may hold a TextRef (free text stands under `text`).
    """

    kind: str
    to: tuple[str, ...]
    who: str = ""
    key: str = ""
    arguments: tuple[tuple[str, Value], ...] = ()


class Change(NamedTuple):
    """A fact's new value; None takes the fact away: a system fact of something that is over, or
    one that a newer pack does not have."""

    name: str
    value: Value | None


@dataclass(frozen=True, slots=True)
class Commit:
    """One decision, whole: applying its changes is all that a follower has to do.

    `digest` is the state's after it. `texts` are new free texts by reference: (author session,
    salt, text); they are stored beside the log, never in it. `cursor` is the id of the last
    inbox entry consumed ("" where it did not come by the inbox). `cause` says what was decided
    and by whom, for the desk and the log's readers: kind, proposer kind, session, arguments.
    `hashes` are those of the changes (0 for what goes) where they are known from deciding it, so
    that its owner's follower need not find them again; they are no part of what is stored.
    """

    position: Position
    world_ms: int
    at_ms: int
    cause: "Cause"
    outcomes: tuple[Outcome, ...]
    changes: tuple[Change, ...]
    events: tuple[Event, ...]
    digest: int
    cursor: str = ""
    texts: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    hashes: tuple[int, ...] = field(default=(), compare=False, repr=False)


class Cause(NamedTuple):
    """What a commit decided: enough to decide it again (a rerun), free texts by reference."""

    kind: ActKind
    by: ProposerKind
    session: str = ""
    n: int = 0
    role: str = ""
    tenure: int = 0
    term: int = 0
    arguments: tuple[tuple[str, Value], ...] = ()
