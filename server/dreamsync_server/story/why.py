"""Why, always: what keeps a beat from being cued or lets it be, what was chosen, and what if.

Everything is read from the state and the log; nothing is remembered for it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from dreamsync_server.story.choosing import Choice
from dreamsync_server.story.guide import Guide
from dreamsync_server.story.heading import leaves_away
from dreamsync_server.world.commit import Cause, Commit, Proposal
from dreamsync_server.world.cues import is_waited_for, refusal_of_cue, times_cued
from dreamsync_server.world.draft import OK
from dreamsync_server.world.model import Beat, Pack, Type
from dreamsync_server.world.seats import seat_of
from dreamsync_server.world.state import Facts, State, seat_decl
from dreamsync_server.world.trace import distance, failing, trace
from dreamsync_server.world.values import Scalar, Value

DIRECTORS_CUE: Final = Proposal("cue", "director")
NEAR_MOST: Final = 5


class Changed(NamedTuple):
    """When a fact last changed, in world ms, and by what: `leo: draw`, `clock bedtime`."""

    world_ms: int
    by: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf of a condition. `facts` are those it reads, with their values now.

    `holds` says whether it is as the condition wants it; `changed` is the newest change of what
    it reads, None where none is known; `changers` are the parts of the pack that could change it.
    `keeps` says whether it is what keeps the condition from holding: one that does not hold may
    not matter, where another of an `or` does.
    """

    text: str
    holds: bool
    facts: tuple[tuple[str, Value], ...]
    changed: Changed | None
    changers: tuple[str, ...]
    keeps: bool


@dataclass(frozen=True, slots=True)
class Why:
    """Why a beat can or cannot be cued now, and what the director makes of it.

    `code` and `arguments` are what a cue would be answered with; `away` is the distance of its
    condition to true; `choice` is what the director would do in this second.
    """

    beat: Beat
    code: str
    arguments: Mapping[str, Value]
    cued: int
    away: int
    leaves: tuple[Leaf, ...]
    choice: Choice

    @property
    def failing(self) -> tuple[Leaf, ...]:
        """Exactly the leaves that keep the beat from being cued."""
        return tuple(leaf for leaf in self.leaves if leaf.keeps)


class Near(NamedTuple):
    """A beat that could not be cued now: how many leaves fail, and how far it is from true."""

    beat: str
    failing: int
    away: int


def explain(
    guide: Guide,
    state: State,
    beat: Beat,
    history: Mapping[str, Changed] | None = None,
    asked: Proposal = DIRECTORS_CUE,
    supposed: Collection[str] = (),
) -> Why:
    """Return why a beat can or cannot be cued by who asks, as the facts are now.

    `history` says when facts last changed (`last_changes`); of those `supposed` that is not told.
    """
    facts = state.facts
    names = {state.pack.aliases.get(name, name) for name in supposed}
    known = {name: at for name, at in (history or {}).items() if name not in names}
    code, given = refusal_of_cue(state.pack, facts, beat, asked) or OK
    leaves = (
        *_other_chapter(guide, beat, facts, known),
        *_leaves(guide, beat, facts, known),
        *_missing_leads(beat, facts, known),
    )
    away = 0 if beat.when is None else distance(beat.when, facts, {})
    choice = guide.choice(state, facts.ms // 1000)
    cued = times_cued(facts, beat.id)
    return Why(beat, code, dict(given), cued, away, leaves, choice)


def _leaves(guide: Guide, beat: Beat, facts: Facts, known: Mapping[str, Changed]) -> Iterator[Leaf]:
    if beat.when is None:
        return
    against = set(failing(beat.when, facts, {}))
    # Of many (`any`, `all`) the same leaf may come twice: a pair is the same pair either way.
    for leaf in dict.fromkeys(trace(beat.when, facts, {}).leaves):
        names = [name for name, _ in leaf.facts]
        changes = [known[name] for name in names if name in known]
        parts = dict.fromkeys(one for name in names for one in guide.changers(name))
        yield Leaf(
            leaf.wish,
            leaf.is_true == leaf.is_wanted,
            leaf.facts,
            max(changes, default=None),
            tuple(parts),
            leaf in against,
        )


def _other_chapter(
    guide: Guide, beat: Beat, facts: Facts, known: Mapping[str, Changed]
) -> Iterator[Leaf]:
    """Yield a leaf where the beat belongs to other chapters than this one."""
    now = facts["chapter"]
    if beat.chapters and now not in beat.chapters:
        text = f"chapter in {list(beat.chapters)}"
        by = tuple(guide.changers("chapter"))
        yield Leaf(text, False, (("chapter", now),), known.get("chapter"), by, True)


def _missing_leads(beat: Beat, facts: Facts, known: Mapping[str, Changed]) -> Iterator[Leaf]:
    """Yield a leaf for each lead that the beat waits for and nobody plays."""
    for lead in beat.leads:
        if is_waited_for(facts, beat, lead):
            name = f"{lead}.held"
            now = ((name, facts[name]),)
            yield Leaf(
                f"held({lead})", False, now, known.get(name), (f"whoever takes {lead}",), True
            )


def asked_of(beat: Beat) -> frozenset[str]:
    """Return the facts that decide whether a beat can be cued: those whose changes matter."""
    reads = beat.when.reads if beat.when is not None else frozenset()
    return reads | {"chapter", *(f"{lead}.held" for lead in beat.leads)}


def last_changes(
    newest_first: Iterable[Commit], names: Iterable[str], facts: Facts | None = None
) -> dict[str, Changed]:
    """Return when and by what each of some facts last changed, as far as the commits reach.

    By `facts` a player is told by the seat they have now.
    """
    wanted = set(names)
    found: dict[str, Changed] = {}
    for commit in newest_first:
        if not wanted:
            break
        for name, _ in commit.changes:
            if name in wanted:
                wanted.discard(name)
                found[name] = Changed(commit.world_ms, cause_in_words(commit.cause, facts))
    return found


def cause_in_words(cause: Cause, facts: Facts | None = None) -> str:
    """Return what a commit was caused by, in a few words."""
    given = dict(cause.arguments)
    seat = "" if facts is None else seat_of(facts, cause.session)
    who = cause.role or seat or cause.session.removeprefix("s_")
    match cause.kind:
        case "act":
            return f"{who}: {given.get('action', '')}"
        case "choose":
            return f"{who}: {given.get('choice', '')} = {given.get('option', '')}"
        case "cue":
            return f"{cause.by}: beat {given.get('beat', '')}"
        case "nudge":
            return f"{cause.by}: {given.get('means', 'hurry')} {given.get('target', '')}".strip()
        case "due":
            return str(given.get("timer", "")).replace(":", " ")
        case "open":
            return "the start"
        case _:
            return f"{cause.by}: {cause.kind}"


def near_misses(pack: Pack, facts: Facts) -> list[Near]:
    """Return the beats of now that are nearest to being true and are not, nearest first."""
    found = []
    for beat in pack.beats.values():
        is_spent = beat.times_max and times_cued(facts, beat.id) >= beat.times_max
        elsewhere = beat.chapters and facts["chapter"] not in beat.chapters
        if beat.when is None or is_spent or elsewhere:
            continue
        fails = leaves_away(beat, facts)
        if fails:
            found.append(Near(beat.id, fails, distance(beat.when, facts, {})))
    return sorted(found, key=lambda near: near[1:])[:NEAR_MOST]


def what_if(state: State, given: Mapping[str, Scalar]) -> State:
    """Return a copy of the state with some facts as given; nothing follows from them there.

    Raises:
        ValueError: there is no such fact, or it cannot have that value.
    """
    other = state.fork()
    for name, value in given.items():
        full = state.pack.aliases.get(name, name)
        kind = _type_of(state.pack, full)
        if kind is None:
            raise ValueError(f"there is no fact {name!r}")
        other.facts[full] = _fitting(name, value, kind)
    return other


def _type_of(pack: Pack, name: str) -> Type | None:
    if name in pack.facts:
        return pack.facts[name].decl.type
    decl = seat_decl(pack, name)
    return None if decl is None else decl.type


def _fitting(name: str, value: Scalar, kind: Type) -> Value:
    """Return a value as a fact of this type holds it; a list is its items with commas between."""
    if kind.kind != "list" or kind.item is None:
        return _fitting_one(name, value, kind)
    items = [one.strip() for one in str(value).strip("[]").split(",")]
    items = [one for one in items if one]
    if len(items) > kind.size_max:
        raise ValueError(f"{name} holds {kind.size_max} items at most")
    return tuple(_fitting_one(f"each of {name}", one, kind.item) for one in items)


def _fitting_one(name: str, value: Scalar, kind: Type) -> Scalar:
    text = str(value)
    match kind.kind:
        case "int":
            if text.lstrip("-").isdecimal() and kind.low <= int(text) <= kind.high:
                return int(text)
            raise ValueError(f"{name} is a whole number from {kind.low} to {kind.high}")
        case "bool":
            if text.lower() in ("true", "false"):
                return text.lower() == "true"
            raise ValueError(f"{name} is true or false")
        case "choice":
            if text in kind.choices:
                return text
            raise ValueError(f"{name} is one of {', '.join(kind.choices)}")
        case _:
            return text
