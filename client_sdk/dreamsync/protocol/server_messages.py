"""Every message that a server sends.

A client keeps a *mirror*: the facts it sees, what it is offered, the names to draw them with.
`entered` and `reset` give it whole; a `view` changes it. Between two views a client may take it
as unchanged, except that world time runs (see `running`) and drifting facts move with it.
"""

from typing import Annotated, Literal

from pydantic import Field

from dreamsync.protocol import bounds
from dreamsync.protocol.cards import (
    ActionOffer,
    As,
    Cards,
    ChoiceOffer,
    Event,
    Outcome,
    PackCard,
    Person,
    Why,
    WorldCard,
)
from dreamsync.protocol.desk_cards import Reported, StoryGraph, TensionPoint
from dreamsync.protocol.fields import (
    Code,
    Count,
    Digest,
    FactName,
    Id,
    Number,
    Position,
    SessionId,
    Token,
    WireModel,
    WorldId,
    WorldMs,
)
from dreamsync.protocol.history_messages import History, Moment
from dreamsync.protocol.values import Facts


class Welcome(WireModel):
    """The answer to `hello`. `limits` are bounds by name, those of bounds.py in lower case."""

    type: Literal["welcome"]
    v: Count
    server: str
    limits: dict[str, Count] = Field(default_factory=dict)


class Created(WireModel):
    """A world was opened. The secrets are said here and never again.

    `invite` goes behind the `#` of a link, `code` is for typing; both are left out of a public
    world. `desk_token` opens its desk. Where a class was opened, `worlds` are its worlds.
    """

    type: Literal["created"]
    q: Number
    world: WorldId
    desk_token: Token
    invite: Token | None = None
    code: Token | None = None
    worlds: tuple[WorldId, ...] | None = None


class Worlds(WireModel):
    """The public worlds, and the packs that worlds can be made of; or a class's worlds, alone."""

    type: Literal["worlds"]
    q: Number
    worlds: tuple[WorldCard, ...]
    packs: tuple[PackCard, ...] = ()


class CardAnswer(WireModel):
    """The card that was asked for."""

    type: Literal["card"]
    q: Number
    world: WorldCard | None = None
    pack: PackCard | None = None


class WholeView(WireModel):
    """All that one viewer sees at `position`. Parts of `entered` and `reset`.

    `session` and `secret` are kept for `resume` (the secret may be a new one each time). `role`
    and `seat` are "" for who holds none; a chorus seat is `<role>.<k>`. `ms` is world time at
    `position`, `at` the server's clock in ms since 1970; while `running`, world time goes on by
    `speed` milliseconds a second. `n` is the highest of the session's proposals that was
    decided. `facts`, `actions`, `choices` are whole; `cards` name what is seen. `digest` is of
    `facts`.

    `resumed`: nothing was missed. `events` are then those after the client's position, in order,
    as it would have seen them live, and `outcomes` those it may not have. With `more`, the next
    message is a view at the same position that goes on with them: a client that is cut before
    the last one resumes from where it was before. Else events may have been missed: `recap` are
    lines, ready to show, that say what the role knows.
    """

    type: Literal["entered", "reset"]
    session: SessionId
    secret: Token
    as_kind: As = Field(alias="as")
    role: str
    seat: str
    world: WorldCard
    position: Position
    ms: WorldMs
    at: Count
    speed: Annotated[int, Field(ge=1, le=bounds.SPEED_MAX)]
    running: bool
    n: Count
    facts: Facts
    actions: tuple[ActionOffer, ...]
    choices: tuple[ChoiceOffer, ...]
    cards: Cards
    digest: Digest
    resumed: bool
    recap: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    more: bool = False


class Entered(WholeView):
    """The session has begun (`enter`) or goes on (`resume`)."""

    type: Literal["entered"]
    q: Number


class Reset(WholeView):
    """The mirror is to be replaced, unasked or after `resync`, `lang` or a change of seat.

    `why`: resync (asked for), language, seat (the role held changed), slow (the line could not
    carry it all), trimmed (the log no longer reaches back), diverged (the log was repaired),
    pack (the world took a new pack). `resumed` says whether events were missed.
    """

    type: Literal["reset"]
    why: Literal["resync", "language", "seat", "slow", "trimmed", "diverged", "pack"]


class View(WireModel):
    """What changed for this viewer in the commits after its last position, up to `pos`.

    Apply in this order: `gone` facts are no longer seen (forget them), `changes` are new values;
    then `digest` is that of the mirror. `actions` are offers new or changed, `withdrawn` ids of
    those no longer there; `choices`, where present, is the whole list of open ones; `cards` are
    names not sent before. `events` and `outcomes` in order. `running` and `role`/`seat` are there
    when they changed. `pos` is never below the one before; an equal one brings only events and
    outcomes. `more` is as in `entered`.
    """

    type: Literal["view"]
    pos: Position
    ms: WorldMs
    digest: Digest
    changes: Facts = Field(default_factory=dict)
    gone: tuple[FactName, ...] = ()
    events: tuple[Event, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    actions: tuple[ActionOffer, ...] = ()
    withdrawn: tuple[Id, ...] = ()
    choices: tuple[ChoiceOffer, ...] | None = None
    cards: Cards | None = None
    running: bool | None = None
    role: str | None = None
    seat: str | None = None
    more: bool = False


class Quiet(WireModel):
    """Commits that hold nothing for this viewer, up to `pos`. Sent on a fixed beat.

    At least one `view` or `quiet` comes every IDLE_PING_S, so that a client that cannot see
    WebSocket pings knows the line is alive.
    """

    type: Literal["quiet"]
    pos: Position
    ms: WorldMs


class Poses(WireModel):
    """Where avatars stand: [seat, x, y, facing] each; units as in `pose`.

    The list is whole for what the viewer sees of `scene`: who is not in it has no pose now.
    """

    type: Literal["poses"]
    scene: Id
    poses: Annotated[
        tuple[tuple[Id, int, int, int], ...], Field(max_length=bounds.POSES_IN_VIEW_MAX)
    ]


class Hit(WireModel):
    """A watched condition turned true (`holds`) or false at `pos`; `facts` are those it reads."""

    type: Literal["hit"]
    id: str
    pos: Position
    holds: bool
    facts: Facts = Field(default_factory=dict)


class Answer(WireModel):
    """The answer to a request: `of` is the request's type.

    why: `why`. watch: `holds`, what the condition is now. people: `people`. lang: `lang`, the
    language that texts are in (the pack's first where it has not the wanted one). graph:
    `graph`. tension: `tension`, points of the past, the last one now. reports: `reports`.
    history: `history`. look: `look`. erase: `erased`, how many texts were.
    """

    type: Literal["answer"]
    q: Number
    of: Literal[
        "why", "watch", "unwatch", "lang", "people", "graph", "tension", "reports",
        "history", "look", "erase",
    ]  # fmt: skip
    why: Why | None = None
    holds: bool | None = None
    people: tuple[Person, ...] | None = None
    lang: str | None = None
    graph: StoryGraph | None = None
    tension: tuple[TensionPoint, ...] | None = None
    reports: tuple[Reported, ...] | None = None
    history: History | None = None
    look: Moment | None = None
    erased: Count | None = None


class Error(WireModel):
    """Something was not done. `code` is one of codes.py; `text` one sentence.

    With `q` or `n` it answers that request or proposal (see client_messages.py for what becomes
    of n); with neither, a message that could not be read. `retry_ms`: try again after that long.
    """

    type: Literal["error"]
    code: Code
    text: str
    q: Number | None = None
    n: Number | None = None
    retry_ms: Count | None = None


class PackChanged(WireModel):
    """Desk: the pack's files have changed, where the server watches them (`serve --dev`).

    `ok` false: they have faults, `text` lists them one a line, and the world goes on as it was.
    True: the world goes on under them, and everybody in it gets a `reset` with why `pack`; `text`
    lists warnings. Not logged; a desk that comes, or comes back, is told what was told last.
    """

    type: Literal["pack"]
    pack: Id
    ok: bool
    text: str


class Bye(WireModel):
    """The last message before the socket is closed. `code` is the close code's name, or `left`.

    `retry_ms` is there where a client may come back: it resumes after that long.
    """

    type: Literal["bye"]
    code: Code
    text: str
    retry_ms: Count | None = None


ServerMessage = Annotated[
    Welcome | Created | Worlds | CardAnswer | Entered | View | Quiet | Reset | Poses | Hit
    | PackChanged | Answer | Error | Bye,
    Field(discriminator="type"),
]  # fmt: skip
