"""Do effects to a draft. The only place where an effect becomes changes and events."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from dreamsync_server.limits import DRIFT_UNIT, LIST_FACT_ITEMS_MAX
from dreamsync_server.world import effects as fx
from dreamsync_server.world.audience import NOWHERE
from dreamsync_server.world.commit import Event
from dreamsync_server.world.composing import compose
from dreamsync_server.world.draft import Draft
from dreamsync_server.world.model import Expr, Type
from dreamsync_server.world.state import role_of, seat_decl
from dreamsync_server.world.values import Drift, TextRef, Value

Names = Mapping[str, Any]
"""What `me`, parameters and loop variables stand for; a free text stands as its TextRef."""

NO_NAMES: Names = {}


def apply_effects(draft: Draft, effects: tuple[fx.Effect, ...], names: Names) -> None:
    """Do `effects` in order."""
    for effect in effects:
        _DO[type(effect)](draft, effect, names)


def fact_name(draft: Draft, ref: fx.Ref, names: Names) -> str:
    """Return the full name that a reference in an effect means now."""
    if ref.name is not None:
        return ref.name
    pack = draft.pack
    name = ".".join(str(names[part]) if is_name else part for is_name, part in ref.parts)
    name = pack.aliases.get(name, name)
    if name in pack.facts or seat_decl(pack, name) is not None:
        return name
    return ".".join(role_of(str(names[part])) if is_name else part for is_name, part in ref.parts)


def type_of(draft: Draft, name: str) -> Type:
    """Return a fact's type."""
    fact = draft.pack.facts.get(name)
    if fact is not None:
        return fact.decl.type
    decl = seat_decl(draft.pack, name)
    assert decl is not None, f"checked at load: {name}"
    return decl.type


def put_int(draft: Draft, name: str, value: int) -> None:
    """Set an int fact, clamped to its range; a drifting one goes on drifting from there."""
    kind = type_of(draft, name)
    value = min(max(value, kind.low), kind.high)
    old = draft.facts[name]
    if type(old) is Drift:
        draft.put(name, old._replace(fine=value * DRIFT_UNIT, since_ms=draft.ms))
    else:
        draft.put(name, value)


def move_to(draft: Draft, seat: str, scene: str) -> None:
    """Bring a seat to a scene."""
    draft.put(f"{seat}.scene", scene)


def _set(draft: Draft, effect: fx.Set, names: Names) -> None:
    name = fact_name(draft, effect.fact, names)
    value = effect.value.run(draft.facts, names)
    if type(value) is int:
        put_int(draft, name, value)
    else:
        draft.put(name, tuple(value) if isinstance(value, list) else value)


def _add(draft: Draft, effect: fx.Add, names: Names) -> None:
    name = fact_name(draft, effect.fact, names)
    amount = effect.amount.run(draft.facts, names)
    old = draft.facts[name]
    if type(old) is not Drift:
        put_int(draft, name, cast("int", old) + amount)
        return
    low, high = old.low * DRIFT_UNIT, old.high * DRIFT_UNIT
    fine = min(max(old.fine_at(draft.ms) + amount * DRIFT_UNIT, low), high)
    draft.put(name, old._replace(fine=fine, since_ms=draft.ms))


def _set_rate(draft: Draft, effect: fx.SetRate, names: Names) -> None:
    name = fact_name(draft, effect.fact, names)
    rate = effect.rate.run(draft.facts, names) * effect.per_hour
    old = draft.facts[name]
    if type(old) is Drift:
        fine, low, high = old.fine_at(draft.ms), old.low, old.high
        if old.rate == rate:
            return
    else:
        kind = type_of(draft, name)
        fine, low, high = cast("int", old) * DRIFT_UNIT, kind.low, kind.high
        if rate == 0:
            return
    draft.put(name, Drift(fine, rate, draft.ms, low, high))


def _move(draft: Draft, effect: fx.Move, names: Names) -> None:
    who = effect.who.run(draft.facts, names)
    move_to(draft, who, effect.to.run(draft.facts, names))


def _give(draft: Draft, effect: fx.Give, names: Names) -> None:
    thing = effect.thing.run(draft.facts, names)
    draft.put(f"{thing}.holder", effect.to.run(draft.facts, names))


def _append(draft: Draft, effect: fx.Append, names: Names) -> None:
    name = fact_name(draft, effect.fact, names)
    size_max = min(type_of(draft, name).size_max, LIST_FACT_ITEMS_MAX)
    items = (*cast("tuple[Any, ...]", draft.facts[name]), effect.item.run(draft.facts, names))
    draft.put(name, items[-size_max:])


def _remove(draft: Draft, effect: fx.Remove, names: Names) -> None:
    name = fact_name(draft, effect.fact, names)
    item = effect.item.run(draft.facts, names)
    items = cast("tuple[Any, ...]", draft.facts[name])
    draft.put(name, tuple(i for i in items if i != item))


def _start_clock(draft: Draft, effect: fx.StartClock, names: Names) -> None:
    length_ms = effect.length_ms
    if length_ms is None:
        length_ms = draft.pack.clocks[effect.clock].length_ms
    draft.put(f"clock.{effect.clock}", draft.ms + length_ms)


def _stop_clock(draft: Draft, effect: fx.StopClock, names: Names) -> None:
    draft.put(f"clock.{effect.clock}", 0)


def _hurry_clock(draft: Draft, effect: fx.HurryClock, names: Names) -> None:
    hurry(draft, effect.clock, effect.by_ms)


def hurry(draft: Draft, clock: str, by_ms: int) -> None:
    """Move a running clock's end by `by_ms`, never before now; a stopped one stays stopped."""
    name = f"clock.{clock}"
    ends_ms = cast("int", draft.facts[name])
    if ends_ms:
        draft.put(name, max(ends_ms + by_ms, draft.ms + 1))


def _say(draft: Draft, effect: fx.Say, names: Names) -> None:
    who = effect.who.run(draft.facts, names)
    given = _arguments(draft, effect.arguments, names)
    key = effect.text
    if effect.is_param:
        key, given = "", (("text", names[effect.text]), *given)
    draft.tell(Event("said", _audience(draft, effect.to, who, names), who, key, given))


def _tell(draft: Draft, effect: fx.Tell, names: Names) -> None:
    me = str(names.get("me", ""))
    to = _audience(draft, effect.to, me, names)
    given = _arguments(draft, effect.arguments, names)
    if effect.picks:
        whom = me or to[0].partition(":")[2]
        given = (*given, *compose(draft, effect.picks, {**names, "me": whom}))
    draft.tell(Event("told", to, me, effect.text, given))


def _arguments(
    draft: Draft, given: tuple[tuple[str, Expr], ...], names: Names
) -> tuple[tuple[str, Value], ...]:
    """The named values of a text: all that is bound, then those given with it."""
    bound = [(k, v) for k, v in names.items() if k != "me" and type(v) is not TextRef]
    return (*bound, *((name, expr.run(draft.facts, names)) for name, expr in given))


def _audience(draft: Draft, to: fx.Audience, who: str, names: Names) -> tuple[str, ...]:
    match to.kind:
        case "all":
            return ("all",)
        case "desk":
            return ("desk",)
        case "scene":
            return (f"scene:{to.scene}",)
        case "roles":
            ids = (str(expr.run(draft.facts, names)) for expr in to.roles)
            return tuple(f"seat:{i}" if "." in i else f"role:{i}" for i in ids)
        case "here":
            scene = draft.facts[f"{who}.scene"] if who else NOWHERE
            return ("desk",) if scene == NOWHERE else (f"scene:{scene}",)


def _offer(draft: Draft, effect: fx.Offer, names: Names) -> None:
    offer_choice(draft, effect.choice)


def offer_choice(draft: Draft, choice_id: str) -> None:
    """Put a choice to its role; where nobody holds the role its default is taken at once."""
    choice = draft.pack.choices[choice_id]
    if draft.facts[f"{choice.role}.held"] == "nobody":
        take_option(draft, choice_id, choice.default)
        return
    if f"director.lead.{choice.role}" in draft.facts:
        draft.put(f"director.lead.{choice.role}", draft.ms)  # it is about this role now
    ends_ms = draft.ms + choice.within_ms if choice.within_ms else -1
    draft.put(f"choice.{choice_id}", ends_ms)
    draft.put(f"chose.{choice_id}", "")
    to = (f"role:{choice.role}",)
    draft.tell(
        Event("choice", to, choice.role, f"choice.{choice_id}.ask", (("choice", choice_id),))
    )


def take_option(draft: Draft, choice_id: str, option_id: str) -> None:
    """Close a choice with an option and do its effects."""
    choice = draft.pack.choices[choice_id]
    draft.put(f"choice.{choice_id}", 0)
    draft.put(f"chose.{choice_id}", option_id)
    apply_effects(draft, choice.options[option_id].effects, {"me": choice.role})


def _roll(draft: Draft, effect: fx.Roll, names: Names) -> None:
    sides = max(1, effect.sides.run(draft.facts, names))
    put_int(draft, fact_name(draft, effect.fact, names), draft.draw(effect.stream, sides))


def _chance(draft: Draft, effect: fx.Chance, names: Names) -> None:
    of = effect.of.run(draft.facts, names)
    is_hit = draft.draw(effect.stream, effect.per) <= of
    apply_effects(draft, effect.then if is_hit else effect.other, names)


def _if(draft: Draft, effect: fx.If, names: Names) -> None:
    holds = effect.when.run(draft.facts, names)
    apply_effects(draft, effect.then if holds else effect.other, names)


def _each(draft: Draft, effect: fx.Each, names: Names) -> None:
    for member in effect.members:
        bound = {**names, effect.variable: member}
        if effect.when is None or effect.when.run(draft.facts, bound):
            apply_effects(draft, effect.effects, bound)


def _to_chapter(draft: Draft, effect: fx.ToChapter, names: Names) -> None:
    if draft.facts["chapter"] == effect.chapter:
        return
    draft.put("chapter", effect.chapter)
    draft.put("@chapter", draft.ms)
    draft.tell(Event("chapter", ("all",), "", f"chapter.{effect.chapter}.title"))


def _end(draft: Draft, effect: fx.End, names: Names) -> None:
    # As where the ending is cued; an ending's own effects hold no other `end`.
    if not draft.facts["ending"]:
        apply_effects(draft, draft.pack.beats[effect.ending].effects, NO_NAMES)
    end_world(draft, effect.ending)


def end_world(draft: Draft, ending: str) -> None:
    """Close the world with an ending; a second one changes nothing."""
    if draft.facts["ending"]:
        return
    draft.put("ending", ending)
    given: tuple[tuple[str, Value], ...] = (("ending", ending),)
    draft.tell(Event("ending", ("all",), "", f"ending.{ending}.title", given))


_DO: dict[type, Callable[[Draft, Any, Names], None]] = {
    fx.Set: _set,
    fx.Add: _add,
    fx.SetRate: _set_rate,
    fx.Move: _move,
    fx.Give: _give,
    fx.Append: _append,
    fx.Remove: _remove,
    fx.StartClock: _start_clock,
    fx.StopClock: _stop_clock,
    fx.HurryClock: _hurry_clock,
    fx.Say: _say,
    fx.Tell: _tell,
    fx.Offer: _offer,
    fx.Roll: _roll,
    fx.Chance: _chance,
    fx.If: _if,
    fx.Each: _each,
    fx.ToChapter: _to_chapter,
    fx.End: _end,
}
