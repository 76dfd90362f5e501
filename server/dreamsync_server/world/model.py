"""A checked pack as the world's rules see it: frozen, typed, every expression compiled.

`packs/` builds it from files; nothing here reads a file. Order in every mapping is the authors'
order, so that walking one is the same on every machine.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from dreamsync_server.world.effects import Effect
from dreamsync_server.world.odds import Odds
from dreamsync_server.world.values import Value

FactKind = Literal["int", "bool", "choice", "text", "list"]
About = Literal["world", "role", "seat", "scene", "thing", "pair"]
Layer = Literal["waking", "dream"]
NudgeKind = Literal["hint", "cause", "deny", "bridge", "rescue", "elsewhere"]
News = Literal["any", "written", "none"]
Temperament = Literal["patient", "mischievous", "kind"]


class Place(NamedTuple):
    """Where in a pack something stands: a file of the pack, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a fact, a parameter or an expression.

    `low`/`high` bound an int; `choices` are the members of a choice (ids of roles, scenes and
    things are choices too); `size_max` bounds a text in characters or a list in items; `item`
    is what a list holds.
    """

    kind: FactKind
    low: int = 0
    high: int = 0
    choices: tuple[str, ...] = ()
    size_max: int = 0
    item: "Type | None" = None


@dataclass(frozen=True, slots=True)
class Expr:
    """A compiled expression over facts.

    `run(facts, names)` gives its value; `names` binds `me`, parameters and loop variables.
    `reads` are the names of all facts it may read, dynamic references spread over their
    domains (chorus seats' facts as patterns such as `citizen.*.mood`). `node` is the typed tree
    behind it (world/expr.py), from which why-not, ranges and crossings are derived.
    """

    source: str
    place: Place
    type: Type
    reads: frozenset[str]
    specificity: int
    run: Callable[[Any, Mapping[str, Any]], Any] = field(compare=False)
    node: Any = field(compare=False)


@dataclass(frozen=True, slots=True)
class FactDecl:
    """One declared kind of fact; `of` narrows the roles, scenes or things it is about."""

    name: str
    about: About
    of: tuple[str, ...]
    type: Type
    start: Value
    visible: tuple[str, ...]  # all scene self both holder desk nobody role:<id>
    rate: int  # whole units an hour at the start
    can_drift: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the world by its full dotted name, such as `leo.warmth` or `bond.mia.leo`."""

    name: str
    decl: FactDecl
    about: tuple[str, ...]  # the ids it is about; empty for a fact of the world
    start: Value


@dataclass(frozen=True, slots=True)
class Role:
    """A character. A chorus role has `seats` > 0 seats, named `<role>.1` and up."""

    id: str
    scene: str
    seats: int  # 0: one seat, held as the role itself
    leanings: Mapping[str, int]  # action id -> weight for the understudy; absent is 1
    is_open: bool  # may be claimed by a player; else it is a part of the world
    place: Place


@dataclass(frozen=True, slots=True)
class Scene:
    """A place in the waking or the dream layer; `exits` are scenes one may walk to."""

    id: str
    layer: Layer
    exits: tuple["Exit", ...]
    size: tuple[int, int]  # width and depth for poses, in steps
    is_watched: bool  # spectators may see it
    place: Place


@dataclass(frozen=True, slots=True)
class Exit:
    """A way to another scene, open while `when` holds (always where it is None)."""

    to: str
    when: Expr | None
    place: Place


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing; `<thing>.holder` is a role, a scene or `nobody`."""

    id: str
    holder: str
    visible: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Param:
    """A typed parameter of an action. `is_free_text` marks text a person writes."""

    name: str
    type: Type
    is_free_text: bool
    when: Expr | None  # which values are offered; the value is bound to the parameter's name


@dataclass(frozen=True, slots=True)
class Action:
    """Something a role may do. `by` are role ids; `where` empty means any scene."""

    id: str
    by: tuple[str, ...]
    params: tuple[Param, ...]
    where: tuple[str, ...]
    chapters: tuple[str, ...]
    when: Expr | None
    is_veiled: bool
    cooldown_ms: int
    times_max: int  # per actor; 0: no bound
    effects: tuple[Effect, ...]
    place: Place
    tension: int = 0  # what it does to its actor's tension, -10..10


@dataclass(frozen=True, slots=True)
class Law:
    """Physics: when `when` becomes true its effects happen at once, in the same commit.

    It fires on the rising edge and is armed again when the condition is false, unless
    `is_once`.
    """

    id: str
    when: Expr
    is_once: bool
    effects: tuple[Effect, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Beat:
    """A story event the director may cue; an ending is a beat with `is_ending`."""

    id: str
    when: Expr | None
    chapters: tuple[str, ...]
    times_max: int
    every_ms: int  # least world time between two of them
    leads: tuple[str, ...]
    absent: Mapping[str, str]  # lead -> "understudy" | "go" | "wait"
    slope: Literal["up", "down", "hold"]
    intrusion: int
    weight: int
    is_manual: bool  # only a person or a script cues it
    is_ending: bool
    effects: tuple[Effect, ...]
    place: Place
    tension: int = 0  # what it does to its leads' tension, half of it to the others'; -10..10
    is_sought: bool = False  # an ending that a director makes for
    undo: tuple[Effect, ...] | None = None  # how it is taken back; None: it cannot be


@dataclass(frozen=True, slots=True)
class Nudge:
    """One of the director's other means, in the pack's own words: the text `nudge.<id>.text`.

    It is told to `roles` (to everybody where there are none). A hint points understudies to its
    `actions`; a denial keeps them from being done while it lasts. `toward` are the beats and
    endings it helps; none: any. What comes from `elsewhere` tells of `endings`; none: of any.
    """

    id: str
    kind: NudgeKind
    when: Expr | None
    chapters: tuple[str, ...]
    roles: tuple[str, ...]
    actions: tuple[str, ...]
    toward: tuple[str, ...]
    times_max: int  # 0: any number
    every_ms: int
    lasts_ms: int
    weight: int
    tension: int
    effects: tuple[Effect, ...]
    place: Place
    endings: tuple[str, ...] = ()
    undo: tuple[Effect, ...] | None = None  # how it is taken back; None: it cannot be


@dataclass(frozen=True, slots=True)
class Chapter:
    """A phase of the story; `curve` is wanted tension as (seconds into it, 0..10) points."""

    id: str
    curve: tuple[tuple[int, int], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Timepiece:
    """A clock: started, stopped and hurried by effects; at its end its effects happen once."""

    id: str
    length_ms: int
    repeats: bool
    starts_at_once: bool
    visible: tuple[str, ...]
    effects: tuple[Effect, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a choice, offered while `when` holds."""

    id: str
    when: Expr | None
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A question put to one role by an `offer` effect; past its time `default` is taken."""

    id: str
    role: str
    options: Mapping[str, Option]
    default: str
    within_ms: int  # 0: it waits for ever
    place: Place


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way a grammar's symbol may be said: the text `grammar.<grammar>.<id>`.

    It is drawn with `weight` among those whose `when` holds (`me` is who it is for); its text has
    a placeholder for each grammar in `uses`, which is drawn as well.
    """

    id: str
    when: Expr | None
    weight: int
    uses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grammar:
    """A symbol of a seeded grammar: its alternatives, at least one of which always holds."""

    id: str
    alternatives: tuple[Alternative, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Pack:
    """One checked pack. `hash` is the sha256 of its files, in 64 hex digits."""

    id: str
    hash: str
    languages: tuple[str, ...]  # the first is the one that is always complete
    roles: Mapping[str, Role]
    scenes: Mapping[str, Scene]
    things: Mapping[str, Thing]
    sets: Mapping[str, tuple[str, ...]]
    decls: tuple[FactDecl, ...]
    facts: Mapping[str, Fact]  # all but chorus seats'; the built-in ones too
    seat_facts: Mapping[str, Mapping[str, FactDecl]]  # chorus role -> fact -> declaration
    aliases: Mapping[str, str]  # `bond.leo.mia` -> `bond.mia.leo`
    actions: Mapping[str, Action]
    laws: Mapping[str, Law]
    beats: Mapping[str, Beat]
    chapters: Mapping[str, Chapter]
    clocks: Mapping[str, Timepiece]
    choices: Mapping[str, Choice]
    texts: Mapping[str, Mapping[str, str]]  # language -> key -> text
    start_effects: tuple[Effect, ...]
    has_safety_pause: bool
    cue_gap_ms: int  # the director cues at most this often
    speed: int  # world milliseconds a second of real time; 1000 is real time
    laws_reading: Mapping[str, tuple[str, ...]]  # fact -> laws whose conditions read it
    drift_laws: tuple[str, ...]  # laws whose conditions read a fact that can drift
    grammars: Mapping[str, Grammar] = field(default_factory=dict)
    nudges: Mapping[str, Nudge] = field(default_factory=dict)
    temperament: Temperament = "patient"
    nudge_cap: int = 30  # nudges an hour for each player who is there, at most
    lead_within_ms: int = 180_000  # a role that is played leads something at least this often
    authored_hash: str = ""  # the hash without what was learned (odds.yaml)
    rules_hash: str = ""  # and without texts: what decides how a run goes
    odds: Odds | None = None  # None: nothing was learned, or with other contents
    elsewhere: News = "any"  # endings elsewhere that are told: any, only those it has words for
    elsewhere_gap_ms: int = 300_000  # least world time before each of them
    shares_when: Expr | None = None  # read at the end: whether its ending may be told elsewhere
