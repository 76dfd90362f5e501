"""A desk and its world's past: what happened, how it looked, another world from there, erasing."""

from typing import Annotated, Literal

from pydantic import Field

from dreamsync.protocol.cards import Cards, ChoiceOffer, Event
from dreamsync.protocol.fields import (
    Count,
    Digest,
    Id,
    Number,
    Position,
    Said,
    SessionId,
    Title,
    WireModel,
    WorldMs,
)
from dreamsync.protocol.values import Facts


class AskHistory(WireModel):
    """Desk: ask for the marks of the world's log behind seq `after`. Answer: `answer` of `history`.

    A page holds what so many commits had to tell; ask on with its `next` until that is not there.
    """

    type: Literal["history"]
    q: Number
    after: Count = 0


class AskLook(WireModel):
    """Desk: ask how the world was after the commit `seq`. Answer: `answer` of `look`.

    `eyes` are `desk`, `watcher` (a spectator's) or a seat, such as `leo` or `citizen.3`: what is
    shown is what whoever held it then could see, and nothing else. Where the way back is long,
    the error `starting` may come first: ask again, it goes on from where it was.
    """

    type: Literal["look"]
    q: Number
    seq: Number
    eyes: Id = "desk"


class Branch(WireModel):
    """Desk: open a new private world that begins as this one was after `seq`. Answer: `created`.

    Nobody is in it and it sleeps until somebody comes. The origin is not touched. May not be
    asked twice: where the line is lost meanwhile, a world may have been made.
    """

    type: Literal["branch"]
    q: Number
    seq: Number
    title: Title | None = None


class Erase(WireModel):
    """Desk: erase what a session wrote so far, its name too. Answer: `answer` of `erase`.

    Once it is answered the words are gone from the world: from its log, its snapshots and every
    node. What was already shown on a screen, or exported to a file, is out of reach.
    """

    type: Literal["erase"]
    q: Number
    session: SessionId
    why: Said = ""


OfThePast = AskHistory | AskLook | Branch | Erase
"""What a desk asks of its world's past."""

MarkKind = Literal[
    "open", "branch", "join", "leave", "seat", "chapter", "beat", "choice", "chosen", "ending",
    "paused", "unpaused", "did", "erased", "pack", "closed",
]  # fmt: skip


class Mark(WireModel):
    """Something in a world's log that a person would look for.

    `at` is the server's clock in ms since 1970. `by` is whose doing it was: owner (the world by
    itself), director, desk, script, player or understudy. `what` is an id: of the chapter, beat,
    choice, ending, role, or what a desk or the director did (`cue`, `whisper`, …, kind `did`);
    `title` is that in words. `name` is the person's, `session` its session, and `why` its word
    of why. Texts that were erased are "".
    """

    seq: Number
    ms: WorldMs
    at: Count
    kind: MarkKind
    by: str
    what: str = ""
    title: str = ""
    target: str = ""
    name: str = ""
    session: SessionId | None = None
    why: str = ""


class History(WireModel):
    """A page of marks, in order. `next` is what to ask on `after`; not there at the end.

    `tail` is the last commit's seq, `ms` the world time now. `origin` is the seq up to which the
    log is that of the world this one goes on from; 0 where it is all its own.
    """

    marks: tuple[Mark, ...]
    tail: Count
    ms: WorldMs
    next: Annotated[int, Field(ge=1)] | None = None
    origin: Count = 0


class Moment(WireModel):
    """The world after one commit, through one pair of eyes: as in `entered`, with no offers.

    `lines` are the last events that those eyes had seen by then.
    """

    eyes: Id
    position: Position
    ms: WorldMs
    at: Count
    running: bool
    facts: Facts
    cards: Cards
    choices: tuple[ChoiceOffer, ...]
    digest: Digest
    lines: tuple[Event, ...] = ()
