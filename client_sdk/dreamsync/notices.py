"""What a client session tells the shell around it. Pure."""

from dataclasses import dataclass

from dreamsync.errors import DreamsyncError
from dreamsync.protocol.cards import Event, Outcome
from dreamsync.protocol.server_messages import (
    Answer,
    CardAnswer,
    Created,
    Hit,
    PackChanged,
    Poses,
    Worlds,
)

Answered = Answer | CardAnswer | Created | Worlds


@dataclass(frozen=True, slots=True)
class Live:
    """The line is up and the session stands; `is_first` the first time."""

    is_first: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """A proposal has its outcome."""

    ticket: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Replied:
    """A request has its answer."""

    ticket: int
    answer: Answered


@dataclass(frozen=True, slots=True)
class Failed:
    """A proposal or request will have no outcome or answer, and why."""

    ticket: int
    error: DreamsyncError


@dataclass(frozen=True, slots=True)
class Happened:
    """The next event, in order, each once."""

    event: Event


@dataclass(frozen=True, slots=True)
class Jumped:
    """A snapshot was taken in place of the events in between; `recap` is what the role knows."""

    why: str
    recap: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """The mirror has changed."""


@dataclass(frozen=True, slots=True)
class Posed:
    """Where avatars stand now."""

    poses: Poses


@dataclass(frozen=True, slots=True)
class Matched:
    """A watched condition turned true or false."""

    hit: Hit


@dataclass(frozen=True, slots=True)
class PackTold:
    """The files of the world's pack have changed."""

    change: PackChanged


@dataclass(frozen=True, slots=True)
class Broken:
    """This line is of no more use: drop it, and come back not before `retry_ms`."""

    error: DreamsyncError
    retry_ms: int


@dataclass(frozen=True, slots=True)
class Over:
    """The session is over for good; None where it was left or its world came to its end."""

    error: DreamsyncError | None


Notice = (
    Live
    | Settled
    | Replied
    | Failed
    | Happened
    | Jumped
    | Changed
    | Posed
    | Matched
    | PackTold
    | Broken
    | Over
)
