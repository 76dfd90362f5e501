"""Effects are data: what an action, law, beat, clock or choice does to the world.

Every expression in them is compiled (`model.Expr`); nothing here does anything. `apply.py` does.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from dreamsync_server.world.model import Expr, Place


@dataclass(frozen=True, slots=True)
class Ref:
    """A fact named in an effect; each part is fixed text or the name of a bound variable.

    `parts` of `bond.me.who` are ((False, "bond"), (True, "me"), (True, "who")); `name` is the
    full name where no part is a variable, else None; `reach` are all the names it can mean.
    """

    parts: tuple[tuple[bool, str], ...]
    name: str | None
    reach: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audience:
    """Who gets an event: `kind` with, for `roles`, expressions that give role or seat ids.

    `here` is the actor's scene (or that of the effect's `who`); `scene` names one.
    """

    kind: Literal["all", "here", "scene", "roles", "desk"]
    scene: str = ""
    roles: tuple["Expr", ...] = ()


@dataclass(frozen=True, slots=True)
class Set:
    """Give a fact a value. An int outside its range is clamped."""

    fact: Ref
    value: "Expr"
    place: "Place"


@dataclass(frozen=True, slots=True)
class Add:
    """Add to an int fact, clamped to its range."""

    fact: Ref
    amount: "Expr"
    place: "Place"


@dataclass(frozen=True, slots=True)
class SetRate:
    """Let a drifting fact move at `rate` whole units an hour from now on; 0 stops it."""

    fact: Ref
    rate: "Expr"
    per_hour: int  # what one unit of `rate` is worth an hour: 1, 60 or 3600
    place: "Place"


@dataclass(frozen=True, slots=True)
class Move:
    """Bring a role or seat to a scene."""

    who: "Expr"
    to: "Expr"
    place: "Place"


@dataclass(frozen=True, slots=True)
class Give:
    """Hand a thing to a role, lay it in a scene, or let nobody have it."""

    thing: "Expr"
    to: "Expr"
    place: "Place"


@dataclass(frozen=True, slots=True)
class Append:
    """Put an item at the end of a list fact; a full list drops its first."""

    fact: Ref
    item: "Expr"
    place: "Place"


@dataclass(frozen=True, slots=True)
class Remove:
    """Take every equal item out of a list fact."""

    fact: Ref
    item: "Expr"
    place: "Place"


@dataclass(frozen=True, slots=True)
class StartClock:
    """Start (or start again) a clock; `length_ms` None takes the clock's own."""

    clock: str
    length_ms: int | None
    place: "Place"


@dataclass(frozen=True, slots=True)
class StopClock:
    """Stop a clock without its effects."""

    clock: str
    place: "Place"


@dataclass(frozen=True, slots=True)
class HurryClock:
    """Move a running clock's end by `by_ms`: negative is sooner, positive later."""

    clock: str
    by_ms: int
    place: "Place"


@dataclass(frozen=True, slots=True)
class Say:
    """A line spoken by a role: a text key, or a free-text parameter (`is_param`)."""

    who: "Expr"
    text: str
    is_param: bool
    to: Audience
    arguments: tuple[tuple[str, "Expr"], ...]
    place: "Place"


@dataclass(frozen=True, slots=True)
class Tell:
    """Narration, or a private text where the audience is a role.

    `picks` are (placeholder, grammar): each is filled with an alternative drawn from that
    grammar's own stream.
    """

    text: str
    to: Audience
    arguments: tuple[tuple[str, "Expr"], ...]
    place: "Place"
    picks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """Put a choice to its role."""

    choice: str
    place: "Place"


@dataclass(frozen=True, slots=True)
class Roll:
    """Draw 1..sides from a named seeded stream into an int fact."""

    stream: str
    sides: "Expr"
    fact: Ref
    place: "Place"


@dataclass(frozen=True, slots=True)
class Chance:
    """Draw: `of` in `per` from a named stream does `then`, else `other`."""

    stream: str
    of: "Expr"
    per: int
    then: tuple["Effect", ...]
    other: tuple["Effect", ...]
    place: "Place"


@dataclass(frozen=True, slots=True)
class If:
    """Effects under a condition."""

    when: "Expr"
    then: tuple["Effect", ...]
    other: tuple["Effect", ...]
    place: "Place"


@dataclass(frozen=True, slots=True)
class Each:
    """Effects once for every member of a declared set, bound to `variable`, in its order."""

    variable: str
    members: tuple[str, ...]
    when: "Expr | None"
    effects: tuple["Effect", ...]
    place: "Place"


@dataclass(frozen=True, slots=True)
class ToChapter:
    """Turn to a chapter."""

    chapter: str
    place: "Place"


@dataclass(frozen=True, slots=True)
class End:
    """Close the world with an ending."""

    ending: str
    place: "Place"


Effect = (
    Set
    | Add
    | SetRate
    | Move
    | Give
    | Append
    | Remove
    | StartClock
    | StopClock
    | HurryClock
    | Say
    | Tell
    | Offer
    | Roll
    | Chance
    | If
    | Each
    | ToChapter
    | End
)
