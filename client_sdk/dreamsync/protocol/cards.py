"""Parts of messages that a person is shown: cards of worlds and roles, offers, events, outcomes."""

from typing import Literal

from pydantic import Field

from dreamsync.protocol.fields import (
    Args,
    Code,
    Count,
    EventPosition,
    Exact,
    FactName,
    Id,
    Position,
    SessionId,
    WireModel,
    WorldId,
    WorldMs,
)

Held = Literal["nobody", "player", "understudy"]
As = Literal["player", "watch", "desk", "script"]


class RoleCard(WireModel):
    """A role that a person may take, as shown before they do.

    `seats` is 0 for an ordinary role; a chorus has that many seats, `free` of them not held.
    `player` is the display name of who holds it ("" where nobody, or a chorus).
    """

    id: Id
    name: str
    about: str = ""
    held: Held = "nobody"
    player: str = ""
    seats: Count = 0
    free: Count = 0


class WorldCard(WireModel):
    """A world as it is shown on a list, before entering, and at the head of `entered`.

    `title` is the owner's title or the pack's; `notes` the pack's content notes; `state` is
    `asleep` while nobody is there. `has_spectators` says whether it may be watched. Roles are
    those a person may take, in the authors' order; a list of worlds may leave them out. `people`
    counts players who are there now; who leads or watches is not inside.
    """

    id: WorldId
    pack: Id
    title: str
    about: str = ""
    notes: str = ""
    state: Literal["running", "paused", "asleep", "ended"] = "running"
    is_private: bool = False
    has_spectators: bool = False
    has_safety_pause: bool = False
    languages: tuple[str, ...] = ()
    people: Count = 0
    roles: tuple[RoleCard, ...] = ()


class PackCard(WireModel):
    """A pack that worlds can be made of."""

    id: Id
    title: str
    about: str = ""
    notes: str = ""
    languages: tuple[str, ...] = ()
    roles: tuple[RoleCard, ...] = ()


class Label(WireModel):
    """One thing to pick: its id is sent, its label is shown."""

    id: str
    label: str


class SceneCard(WireModel):
    """A scene that the viewer sees. `size` is width and depth in steps; `exits` are drawn."""

    name: str
    text: str
    layer: Literal["waking", "dream"] = "waking"
    size: tuple[Count, Count] = (0, 0)
    exits: tuple[Label, ...] = ()


class FactCard(WireModel):
    """How to draw a fact that the viewer sees.

    `about` are the ids it is about, none for a fact of the world. `low` and `high` are there
    for an int with a range: draw a meter. `words` show values of a choice, at least the present
    one; no value that is yet to come need be among them.
    """

    label: str
    kind: Literal["int", "bool", "choice", "text", "list", "clock"]
    about: tuple[Id, ...] = ()
    low: Exact | None = None
    high: Exact | None = None
    words: dict[str, str] = Field(default_factory=dict)


class Cards(WireModel):
    """Names needed to draw what is seen, each sent once and again when it changed.

    A later card of the same id replaces the earlier one whole. `roles` and `things` are plain
    names; `roles` also names characters that nobody can take, once they are met.
    """

    roles: dict[Id, str] = Field(default_factory=dict)
    things: dict[Id, str] = Field(default_factory=dict)
    scenes: dict[Id, SceneCard] = Field(default_factory=dict)
    facts: dict[FactName, FactCard] = Field(default_factory=dict)


class ParamOffer(WireModel):
    """One parameter of an offered action: what to ask the person for.

    `label` is what the pack calls it to people; "" where it does not say. choice: one of
    `choices` (its id is sent). int: `low`..`high`. text: up to `size` characters that the person
    writes. bool: yes or no.
    """

    name: Id
    label: str = ""
    type: Literal["choice", "int", "text", "bool"]
    choices: tuple[Label, ...] = ()
    low: Exact | None = None
    high: Exact | None = None
    size: Count | None = None


class ActionOffer(WireModel):
    """Something the viewer's role may do, or may not do just now.

    `label` is what to show on the button, `text` a longer line. `is_ready` false comes with
    `code` (an outcome code) and `why` (a sentence); where that is a cooldown, `ready_ms` is the
    world time at which it ends, and a client turns it ready by its own world clock. A veiled
    action is always ready as far as is shown, and may be refused with a text of its own.
    `rank` sorts offers in the authors' order.
    """

    id: Id
    label: str
    text: str = ""
    rank: Count = 0
    is_veiled: bool = False
    is_ready: bool = True
    code: Code = "ok"
    why: str = ""
    ready_ms: WorldMs | None = None
    params: tuple[ParamOffer, ...] = ()


class ChoiceOffer(WireModel):
    """A question that waits for the viewer's role. At world time `until_ms` the default is taken.

    Without `until_ms` it waits for ever. Answer with `choose`.
    """

    id: Id
    ask: str
    options: tuple[Label, ...]
    until_ms: WorldMs | None = None


class Event(WireModel):
    """Something that happened, as this viewer may know it. `text` is ready to show.

    `kind`: said (a line spoken by `who`), told (narration), beat, chapter, ending, choice (a
    question was put to you), chosen, seat (a role changed hands), done, whisper (from the
    desk), paused, unpaused, nudge, asked, muted and unmuted (the one who is, and the desk). For
    the desk alone: reported (by `who_name`, of the event at args `seq` and `i`) and intervened
    (`who_name` did args `act` at a desk, to `target`; `text` says why). `who` is a role or seat
    id, "" for the world itself; `who_name` its name. `reach` says how far it carries: to all, to
    a scene, to you and perhaps others in private, to the desk; of what is private a desk has in
    `to` the roles and seats it was told to. `key` is the pack's text key.
    `args` hold ids by name: `beat`, `chapter`, `ending`, `choice`, `option`, `action`, `role`,
    `held`, and what an author named.
    """

    kind: Literal[
        "said", "told", "beat", "chapter", "ending", "choice", "chosen", "seat", "done",
        "whisper", "paused", "unpaused", "nudge", "asked", "muted", "unmuted", "reported",
        "intervened",
    ]  # fmt: skip
    at: EventPosition
    ms: WorldMs
    who: str = ""
    who_name: str = ""
    text: str = ""
    reach: Literal["all", "scene", "private", "desk"] = "all"
    to: tuple[str, ...] = ()
    key: str = ""
    args: Args = Field(default_factory=dict)


class Outcome(WireModel):
    """What the world decided about your proposal `n`, at `pos` in its log.

    `code` is "ok" or a refusal of codes.py, `text` a sentence to show in your language ("" with
    ok). `args` may name `leaf` (the part of a condition that failed, never of a veiled action)
    and `wait_ms`. A repeat of an outcome you have is dropped.
    """

    n: Count
    code: Code
    ok: bool
    pos: Position
    text: str = ""
    args: Args = Field(default_factory=dict)


class Person(WireModel):
    """Somebody in the world. `session` is a handle (to hand a seat to, to mute), no secret."""

    session: SessionId
    name: str
    as_kind: As = Field(alias="as")
    role: str = ""
    is_here: bool = True
    is_muted: bool = False


class Leaf(WireModel):
    """One part of a condition: as written, its value now, whether it holds, who can change it.

    `changed` says by what one of its facts last changed, and `changed_ms` when, in world time,
    where that is still known. `keeps`: it is what keeps the condition from holding; another that
    does not hold may not matter, as where one of several is enough.
    """

    text: str
    value: str
    holds: bool
    keeps: bool = False
    by: tuple[str, ...] = ()
    changed: str = ""
    changed_ms: Count | None = None


class Rival(WireModel):
    """Another beat that could be cued now, and what the director thought of it."""

    beat: Id
    score: Exact
    text: str = ""


class Why(WireModel):
    """Why a beat can or cannot be cued now. `code` is what a cue would be answered with.

    `away` is how far its condition is from true. `rivals` are all that the director could cue
    now, best first, this beat among them; `trace` is what it would do in this second: points,
    tension, the draw. `near` are the beats that lack least, with how far they are.
    """

    beat: Id
    code: Code
    text: str
    cued: Count = 0
    is_held: bool = False
    leaves: tuple[Leaf, ...] = ()
    rivals: tuple[Rival, ...] = ()
    away: Count = 0
    trace: str = ""
    near: tuple[Rival, ...] = ()
