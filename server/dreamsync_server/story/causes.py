"""Causes: from a pack to all its triggers and ways, every actor and parameter spelled out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dreamsync_server.story.binding import bind
from dreamsync_server.story.ways import (
    NOWHERE_SPAN,
    ChangeKind,
    Guard,
    Trigger,
    Way,
    Ways,
    combinations,
    const,
    guard_of,
    index_ways,
    is_not,
    is_one_of,
)
from dreamsync_server.world import effects as fx
from dreamsync_server.world.acting import GO
from dreamsync_server.world.evaluate import constant_of
from dreamsync_server.world.expr import And, Arith, Const, Fact, Negate, Node, Not
from dreamsync_server.world.model import Action, Beat, Choice, Expr, Pack, Place, Role, Type
from dreamsync_server.world.state import role_of
from dreamsync_server.world.values import Scalar

SPELLED_MAX = 400
"""Combinations of parameters that one action of one seat is spelled out in, at most."""
_INT_CHOICES_MAX = 8
_NO_PLACE = Place("", 0, 0)
_BOOL = Type("bool")


def causes_of(pack: Pack, *, chorus_seats: int = 1) -> Ways:
    """Return all that can change the facts of a pack.

    Of each chorus so many seats stand for all. Whoever acts for a seat, player or understudy,
    is the same here.
    """
    finder = _Finder(pack)
    finder.effects(finder.trigger(Trigger("start", "", (), _NO_PLACE)), pack.start_effects)
    for action in pack.actions.values():
        for role_id in action.by:
            for seat in _seats(pack.roles[role_id], chorus_seats):
                finder.action(action, seat)
    if GO not in pack.actions:
        for role in pack.roles.values():
            for seat in _seats(role, chorus_seats):
                finder.walks(seat)
    for law in pack.laws.values():
        guard = _guard(law.when, {})
        finder.effects(finder.trigger(Trigger("law", law.id, (guard,), law.place)), law.effects)
    for beat in pack.beats.values():
        finder.beat(beat)
    for nudge in pack.nudges.values():
        guards = list(finder.in_chapters(nudge.chapters, nudge.place))
        if nudge.when is not None:
            guards.append(_guard(nudge.when, {}))
        number = finder.trigger(Trigger("nudge", nudge.id, tuple(guards), nudge.place))
        finder.effects(number, nudge.effects)
    for clock in pack.clocks.values():
        name = f"clock.{clock.id}"
        runs = is_not(name, pack.facts[name].decl.type, 0, clock.place)
        number = finder.trigger(Trigger("clock", clock.id, (runs,), clock.place))
        finder.effects(number, clock.effects)
        if not clock.repeats:
            finder.sets(number, name, 0, clock.place)
    for choice in pack.choices.values():
        finder.choice(choice)
    return index_ways(finder.triggers, finder.ways)


def _seats(role: Role, chorus_seats: int) -> list[str]:
    if role.seats == 0:
        return [role.id]
    return [f"{role.id}.{k}" for k in range(1, min(role.seats, chorus_seats) + 1)]


def _guard(when: Expr, names: Mapping[str, Scalar], wanted: bool = True) -> Guard:
    return guard_of(when.node, when.source, when.place, names, wanted)


@dataclass(frozen=True, slots=True)
class _Under:
    """What the effects being walked lie under: a trigger, its binding, conditions so far."""

    trigger: int
    names: Mapping[str, Scalar]
    guards: tuple[Guard, ...] = ()
    after: tuple[Guard, ...] = ()


@dataclass(slots=True)
class _Finder:
    """Collects triggers and ways."""

    pack: Pack
    triggers: list[Trigger] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)

    def trigger(self, trigger: Trigger) -> int:
        self.triggers.append(trigger)
        return len(self.triggers) - 1

    # --- triggers ------------------------------------------------------------------------

    def action(self, action: Action, seat: str) -> None:
        shared = (
            self.held(seat, action.place),
            *self.in_chapters(action.chapters, action.place),
            *self.in_scenes(seat, action.where, action.place),
        )
        choices = [(param.name, _values_of(param.type)) for param in action.params]
        for given in combinations(choices, SPELLED_MAX):
            names = {"me": seat, **given}
            whens = [action.when, *(param.when for param in action.params)]
            guards = [_guard(when, names) for when in whens if when is not None]
            if any(_is_never(guard) for guard in guards):
                continue
            found = Trigger(
                "act", action.id, (*shared, *guards), action.place, seat, tuple(given.items())
            )
            number = self.trigger(found)
            self.counts(number, f"did.{action.id}", action.place)
            self.effects(number, action.effects, names)

    def walks(self, seat: str) -> None:
        scenes = self.scenes()
        for scene in self.pack.scenes.values():
            for way in scene.exits:
                guards = [
                    self.held(seat, way.place),
                    is_one_of(f"{seat}.scene", scenes, (scene.id,), way.place),
                ]
                if way.when is not None:
                    guards.append(_guard(way.when, {"me": seat}))
                found = Trigger("go", GO, tuple(guards), way.place, seat, (("to", way.to),))
                self.sets(self.trigger(found), f"{seat}.scene", way.to, way.place)

    def beat(self, beat: Beat) -> None:
        guards = list(self.in_chapters(beat.chapters, beat.place))
        if beat.when is not None:
            guards.append(_guard(beat.when, {}))
        waited = [lead for lead in beat.leads if beat.absent.get(lead) == "wait"]
        guards.extend(self.held(lead, beat.place) for lead in waited)
        number = self.trigger(Trigger("cue", beat.id, tuple(guards), beat.place))
        self.counts(number, f"cued.{beat.id}", beat.place)
        if beat.is_ending:
            self.sets(number, "ending", beat.id, beat.place)
        self.effects(number, beat.effects)

    def choice(self, choice: Choice) -> None:
        name = f"choice.{choice.id}"
        is_open = is_not(name, self.pack.facts[name].decl.type, 0, choice.place)
        for option in choice.options.values():
            names = {"me": choice.role}
            guards = [is_open, self.held(choice.role, choice.place)]
            if option.when is not None:
                guards.append(_guard(option.when, names))
            found = [Trigger("choose", choice.id, tuple(guards), choice.place, choice.role,
                             (("option", option.id),))]  # fmt: skip
            if option.id == choice.default:
                found.append(Trigger("default", choice.id, (is_open,), choice.place))
            for trigger in found:
                number = self.trigger(trigger)
                self.sets(number, name, 0, choice.place)
                self.sets(number, f"chose.{choice.id}", option.id, choice.place)
                self.effects(number, option.effects, names)

    # --- conditions of the engine's own ------------------------------------------------------

    def held(self, seat: str, place: Place) -> Guard:
        held = Type("choice", choices=("nobody", "player", "understudy"))
        return is_not(f"{seat}.held", held, "nobody", place)

    def in_chapters(self, chapters: tuple[str, ...], place: Place) -> tuple[Guard, ...]:
        if not chapters:
            return ()
        return (is_one_of("chapter", self.pack.facts["chapter"].decl.type, chapters, place),)

    def in_scenes(self, seat: str, where: tuple[str, ...], place: Place) -> tuple[Guard, ...]:
        return (is_one_of(f"{seat}.scene", self.scenes(), where, place),) if where else ()

    def scenes(self) -> Type:
        return Type("choice", choices=(*self.pack.scenes, "nowhere"))

    # --- ways ----------------------------------------------------------------------------

    def sets(self, number: int, target: str, value: Scalar, place: Place) -> None:
        kind = _BOOL if type(value) is bool else Type("int" if type(value) is int else "choice")
        self.ways.append(Way(number, target, "set", const(value, kind), (), (), place))

    def counts(self, number: int, target: str, place: Place) -> None:
        one = const(1, Type("int", 1, 1))
        self.ways.append(Way(number, target, "add", one, (), (), place))

    def effects(
        self, number: int, effects: tuple[fx.Effect, ...], names: Mapping[str, Scalar] | None = None
    ) -> None:
        self.walk(effects, _Under(number, names or {}))

    def walk(self, effects: tuple[fx.Effect, ...], under: _Under) -> tuple[Guard, ...]:
        """Collect the ways of effects; return conditions under which the world goes on."""
        goes_on: tuple[Guard, ...] = ()
        for effect in effects:
            here = _Under(under.trigger, under.names, under.guards, (*under.after, *goes_on))
            goes_on += self.one(effect, here)
        return goes_on

    def one(self, effect: fx.Effect, under: _Under) -> tuple[Guard, ...]:
        match effect:
            case fx.If():
                return self.branch(effect, under)
            case fx.Chance():
                return (*self.walk(effect.then, under), *self.walk(effect.other, under))
            case fx.Each():
                for member in effect.members:
                    names = {**under.names, effect.variable: member}
                    guards = under.guards
                    if effect.when is not None:
                        guards = (*guards, _guard(effect.when, names))
                    if not any(_is_never(guard) for guard in guards):
                        self.walk(effect.effects, _Under(under.trigger, names, guards, under.after))
                return ()
            case fx.End():
                self.add(under, "ending", "set", Const(effect.ending, _BOOL, NOWHERE_SPAN), effect)
                self.walk(self.pack.beats[effect.ending].effects, under)
                return self.unless(under)
            case _:
                self.change(effect, under)
                return ()

    def branch(self, effect: fx.If, under: _Under) -> tuple[Guard, ...]:
        goes_on: tuple[Guard, ...] = ()
        for effects, wanted in ((effect.then, True), (effect.other, False)):
            guard = _guard(effect.when, under.names, wanted)
            if effects and not _is_never(guard):
                guards = (*under.guards, guard)
                inner = _Under(under.trigger, under.names, guards, under.after)
                goes_on += self.walk(effects, inner)
        return goes_on

    def unless(self, under: _Under) -> tuple[Guard, ...]:
        """Return the condition under which an `end` here does not happen."""
        trees = tuple(g.node if g.wanted else _negated(g.node) for g in under.guards)
        if not trees:
            return ()
        return (Guard(And(trees, NOWHERE_SPAN), False, "the world goes on", _NO_PLACE),)

    def change(self, effect: fx.Effect, under: _Under) -> None:
        match effect:
            case fx.Set():
                self.set_ref(under, effect)
            case fx.Add():
                self.to_ref(under, effect.fact, "add", effect.amount, effect)
            case fx.SetRate():
                self.to_ref(under, effect.fact, "rate", effect.rate, effect)
            case fx.Append():
                self.to_ref(under, effect.fact, "append", effect.item, effect)
            case fx.Remove():
                self.to_ref(under, effect.fact, "remove", effect.item, effect)
            case fx.Roll():
                self.to_ref(under, effect.fact, "roll", effect.sides, effect)
            case fx.Move():
                self.to_named(under, effect.who, "scene", effect.to, effect)
            case fx.Give():
                self.to_named(under, effect.thing, "holder", effect.to, effect)
            case fx.StartClock():
                self.add(under, f"clock.{effect.clock}", "run", None, effect)
            case fx.StopClock():
                zero = const(0, Type("int"))
                self.add(under, f"clock.{effect.clock}", "set", zero, effect)
            case fx.Offer():
                self.add(under, f"choice.{effect.choice}", "open", None, effect)
                nothing = const("", Type("choice", choices=("",)))
                self.add(under, f"chose.{effect.choice}", "set", nothing, effect)
            case fx.ToChapter():
                chapter = const(effect.chapter, self.pack.facts["chapter"].decl.type)
                self.add(under, "chapter", "set", chapter, effect)
            case _:
                pass

    def set_ref(self, under: _Under, effect: fx.Set) -> None:
        """Note what is set; an int that is set to itself and something more is added to."""
        name = self.name_of(effect.fact, under.names)
        tree = bind(effect.value.node, under.names)
        more = None if name is None else _more_than(tree, name)
        if name is not None and more is not None:
            self.add(under, name, "add", more, effect)
        else:
            self.to_ref(under, effect.fact, "set", effect.value, effect)

    def to_ref(
        self, under: _Under, ref: fx.Ref, kind: ChangeKind, value: Expr, effect: fx.Effect
    ) -> None:
        tree = bind(value.node, under.names)
        name = self.name_of(ref, under.names)
        for target in (name,) if name is not None else ref.reach:
            self.add(under, target, kind, tree, effect)

    def to_named(self, under: _Under, who: Expr, last: str, to: Expr, effect: fx.Effect) -> None:
        tree = bind(to.node, under.names)
        whom = bind(who.node, under.names)
        ids = (str(whom.value),) if isinstance(whom, Const) else who.type.choices
        for one in ids:
            self.add(under, f"{one}.{last}", "set", tree, effect)

    def name_of(self, ref: fx.Ref, names: Mapping[str, Scalar]) -> str | None:
        """Return the fact that a reference means; None where a variable of it is free."""
        if ref.name is not None:
            return ref.name
        if any(is_name and part not in names for is_name, part in ref.parts):
            return None
        pack = self.pack
        name = ".".join(str(names[part]) if is_name else part for is_name, part in ref.parts)
        name = pack.aliases.get(name, name)
        if name in pack.facts or role_of(name) in pack.seat_facts:
            return name
        return ".".join(
            role_of(str(names[part])) if is_name else part for is_name, part in ref.parts
        )

    def add(
        self, under: _Under, target: str, kind: ChangeKind, value: Node | None, effect: fx.Effect
    ) -> None:
        way = Way(under.trigger, target, kind, value, under.guards, under.after, effect.place)
        self.ways.append(way)


def _more_than(tree: Node, name: str) -> Node | None:
    """Return what a tree adds to a fact, if that is all it does."""
    if not isinstance(tree, Arith) or tree.op not in ("+", "-"):
        return None
    if isinstance(tree.left, Fact) and tree.left.name == name:
        return tree.right if tree.op == "+" else Negate(tree.right, tree.type, tree.span)
    if tree.op == "+" and isinstance(tree.right, Fact) and tree.right.name == name:
        return tree.left
    return None


def _negated(node: Node) -> Node:
    return Not(node, NOWHERE_SPAN, is_written=False)


def _values_of(type_: Type) -> tuple[Scalar, ...]:
    match type_.kind:
        case "choice":
            return type_.choices
        case "bool":
            return (False, True)
        case "int" if type_.high - type_.low < _INT_CHOICES_MAX:
            return tuple(range(type_.low, type_.high + 1))
        case _:
            return ()


def _is_never(guard: Guard) -> bool:
    """Return whether a condition reads nothing and is not as wanted."""
    value = constant_of(guard.node)
    return value is not None and bool(value) is not guard.wanted
