"""Touching: which facts each part of a pack reads and can change, and how far it is from an ending.

A coarse map, made once for a pack: it asks not whether a change helps, only whether there is a
way. What helps is tried out on a copy (`forecast.py`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from dreamsync_server.world import effects as fx
from dreamsync_server.world.effects import Effect
from dreamsync_server.world.expr import Compare, Const, Fact, Variable
from dreamsync_server.world.model import Action, Expr, Pack
from dreamsync_server.world.trace import leaves_of


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a pack that does something: kind (action, law, beat, clock, choice, nudge), id."""

    kind: str
    id: str
    reads: frozenset[str]
    changes: frozenset[str]

    @property
    def label(self) -> str:
        """What it is called in an explanation: `action draw`."""
        return f"{self.kind} {self.id}"


class Course(NamedTuple):
    """What a pack's parts tell about a choice: `steps` of cause and effect from parts to the
    ending that is headed for (by label), and how far beats answer what people do, in percent.

    `gain` gives, where odds were learned, what a beat does to the chance of that ending and of
    all that are sought, both together, in thousandths. `doors` are the actions that make a part of
    that ending's condition true at one stroke.
    """

    steps: Mapping[str, int]
    answers: Mapping[str, int]
    gain: Callable[[str], int] | None = None
    doors: tuple[Action, ...] = ()


NO_COURSE = Course({}, {})


def parts_of(pack: Pack) -> tuple[Part, ...]:
    """Return every part of a pack that has effects, with what it reads and changes."""
    found: list[Part] = []

    def add(kind: str, id_: str, whens: list[Expr | None], effects: tuple[Effect, ...],
            *own: str) -> None:  # fmt: skip
        reads: set[str] = set()
        for when in [*whens, *_inner_conditions(effects)]:
            if when is not None:
                reads |= when.reads
        changed = {name for effect in _walk(effects) for name in _changed(effect)}
        found.append(Part(kind, id_, frozenset(reads), frozenset((*changed, *own))))

    for action in pack.actions.values():
        whens = [action.when, *(param.when for param in action.params)]
        add("action", action.id, whens, action.effects, f"did.{action.id}")
    for law in pack.laws.values():
        add("law", law.id, [law.when], law.effects)
    for beat in pack.beats.values():
        own = (f"cued.{beat.id}", *(("ending",) if beat.is_ending else ()))
        add("beat", beat.id, [beat.when], beat.effects, *own)
    for clock in pack.clocks.values():
        add("clock", clock.id, [], clock.effects, f"clock.{clock.id}")
    for choice in pack.choices.values():
        for option in choice.options.values():
            own = (f"choice.{choice.id}", f"chose.{choice.id}")
            add("choice", choice.id, [option.when], option.effects, *own)
    for nudge in pack.nudges.values():
        add("nudge", nudge.id, [nudge.when], nudge.effects)
    return tuple(found)


def answering(parts: tuple[Part, ...]) -> Mapping[str, int]:
    """Return how much of what each beat reads people's deeds change and clocks do not, percent."""
    by_people = {name for part in parts if part.kind == "action" for name in part.changes}
    by_time = {name for part in parts if part.kind == "clock" for name in part.changes}
    return {
        part.id: 100 * len((part.reads & by_people) - by_time) // len(part.reads)
        for part in parts
        if part.kind == "beat" and part.reads
    }


def steps_to(pack: Pack, parts: tuple[Part, ...], beat_id: str, most: int) -> dict[str, int]:
    """Return label -> steps of cause and effect from a part to a beat, up to `most` of them."""
    beat = pack.beats[beat_id]
    wanted = set(beat.when.reads) if beat.when is not None else set()
    found: dict[str, int] = {f"beat {beat_id}": 0}
    for step in range(1, most + 1):
        new = [p for p in parts if p.label not in found and not wanted.isdisjoint(p.changes)]
        for part in new:
            found[part.label] = step
        wanted = {name for part in new for name in part.reads}
    return found


def doors_of(pack: Pack, beat_id: str) -> tuple[Action, ...]:
    """Return the actions that set a fact to what a beat's condition asks of it."""
    beat = pack.beats[beat_id]
    asked = set()
    for leaf in leaves_of(beat.when) if beat.when is not None else ():
        match leaf:
            case Compare(op="==", left=Fact(name=name), right=Const(value=value)):
                asked.add((name, value))
            case Fact(name=name):
                asked.add((name, True))
    return tuple(
        action
        for action in pack.actions.values()
        if any(
            isinstance(effect, fx.Set)
            and isinstance(effect.value.node, Const)
            and (effect.fact.reach[0], effect.value.node.value) in asked
            for effect in _walk(action.effects)
        )
    )


def changers(pack: Pack, parts: tuple[Part, ...], name: str) -> list[str]:
    """Return what can change a fact, and who: `action draw (leo)`, `law dusk`, `clock bedtime`."""
    found: dict[str, None] = {}
    for part in parts:
        if name in part.changes:
            who = _actors(pack.actions[part.id], name) if part.kind == "action" else []
            found[f"{part.label} ({', '.join(who)})" if who else part.label] = None
    owner, _, what = name.rpartition(".")
    if what == "scene":
        found["walking there"] = None
    if what == "held" and owner in pack.roles and pack.roles[owner].is_open:
        found[f"whoever takes {owner}"] = None
    fact = pack.facts.get(name)
    if fact is not None and fact.decl.can_drift:
        found["time, as it drifts"] = None
    return list(found)


def _actors(action: Action, name: str) -> list[str]:
    """Return which roles change this fact by an action; none where it is only that it was done."""

    def does(role: str, effects: tuple[Effect, ...]) -> bool:
        for effect in effects:
            match effect:
                case fx.If():
                    if does(role, effect.other) or (
                        not _is_for_another(effect.when, role) and does(role, effect.then)
                    ):
                        return True
                case fx.Chance():
                    if does(role, effect.then) or does(role, effect.other):
                        return True
                case fx.Each():
                    if does(role, effect.effects):
                        return True
                case _:
                    if name in _changed(effect) and _is_at(effect, role, name):
                        return True
        return False

    is_deed = name == f"did.{action.id}"
    return [role for role in action.by if is_deed or does(role, action.effects)]


def _is_for_another(when: Expr, role: str) -> bool:
    """Whether a condition says outright that somebody else acts: `me == "leo"`."""
    match when.node:
        case Compare(op="==", left=Variable(name="me"), right=Const(value=value)):
            return value != role
        case _:
            return False


def _is_at(effect: Effect, role: str, name: str) -> bool:
    """Whether an effect that can change a fact does so where this role is `me`."""
    match effect:
        case fx.Set() | fx.Add() | fx.SetRate() | fx.Append() | fx.Remove() | fx.Roll():
            return (True, "me") not in effect.fact.parts or role in name.split(".")
        case fx.Move(who=who) if isinstance(who.node, Variable) and who.node.name == "me":
            return name == f"{role}.scene"
        case _:
            return True


def _walk(effects: tuple[Effect, ...]) -> Iterator[Effect]:
    for effect in effects:
        yield effect
        match effect:
            case fx.If() | fx.Chance():
                yield from _walk(effect.then)
                yield from _walk(effect.other)
            case fx.Each():
                yield from _walk(effect.effects)
            case _:
                pass


def _inner_conditions(effects: tuple[Effect, ...]) -> list[Expr | None]:
    return [e.when for e in _walk(effects) if isinstance(e, fx.If | fx.Each)]


def _changed(effect: Effect) -> tuple[str, ...]:
    match effect:
        case fx.Set() | fx.Add() | fx.SetRate() | fx.Append() | fx.Remove() | fx.Roll():
            return effect.fact.reach
        case fx.Move():
            return tuple(f"{who}.scene" for who in _domain(effect.who))
        case fx.Give():
            return tuple(f"{thing}.holder" for thing in _domain(effect.thing))
        case fx.StartClock() | fx.StopClock() | fx.HurryClock():
            return (f"clock.{effect.clock}",)
        case fx.Offer():
            return (f"choice.{effect.choice}", f"chose.{effect.choice}")
        case fx.ToChapter():
            return ("chapter",)
        case fx.End():
            return ("ending",)
        case _:
            return ()


def _domain(expr: Expr) -> tuple[str, ...]:
    if isinstance(expr.node, Const):
        return (str(expr.node.value),)
    return expr.type.choices
