"""Conditions that can never be true, proved from what the facts can be at all."""

from dreamsync_server.packs.built_in import is_built_in
from dreamsync_server.packs.context import Context
from dreamsync_server.packs.effect_tree import all_effects, changed_by
from dreamsync_server.world import effects as fx
from dreamsync_server.world.expr import Const
from dreamsync_server.world.model import Pack, Type
from dreamsync_server.world.ranges import possible
from dreamsync_server.world.values import Scalar

_VALUES_MAX = 64


def check_conditions(pack: Pack, context: Context) -> None:
    """Tell every condition that no run of the pack can make true, and why."""
    domain = domain_of(pack)
    for expr, leaf, what in context.conditions:
        verdict = possible(expr, domain)
        if not verdict.can_be_true:
            said = f"the condition of {what} can never be true: {verdict.reason}"
            context.faults.add("impossible", leaf.place, said)


def domain_of(pack: Pack) -> dict[str, Type | tuple[Scalar, ...]]:
    """Return all that each fact can be, where effects say more than its type.

    A fact that effects only set to literals is one of them or its start; one that nothing
    changes is its start. Facts that are not there may be all of their type.
    """
    found: dict[str, dict[Scalar, None] | None] = {}
    for name, fact in pack.facts.items():
        is_open = is_built_in(fact.decl) or fact.decl.can_drift or fact.decl.type.kind == "list"
        start = fact.start
        if is_open or isinstance(start, tuple) or fact.decl.type.kind == "text":
            found[name] = None
        else:
            found[name] = {start: None}
    _take_effects(pack, found)
    _take_chapters(pack, found)
    _take_clocks(pack, found)
    return {
        name: tuple(values)
        for name, values in found.items()
        if values is not None and len(values) <= _VALUES_MAX
    }


def _take_effects(pack: Pack, found: dict[str, dict[Scalar, None] | None]) -> None:
    for effect in all_effects(pack):
        literal: Scalar | None = None
        if isinstance(effect, fx.Set) and isinstance(effect.value.node, Const):
            value = effect.value.node.value
            literal = None if isinstance(value, tuple) else value
        for name in changed_by(effect):
            values = found.get(name)
            if values is None:
                continue
            if literal is None:
                found[name] = None
            else:
                values[_clamped(literal, pack.facts[name].decl.type)] = None


def _take_chapters(pack: Pack, found: dict[str, dict[Scalar, None] | None]) -> None:
    """The chapter is the first or one that an effect turns to."""
    turned = (e.chapter for e in all_effects(pack) if isinstance(e, fx.ToChapter))
    found["chapter"] = dict.fromkeys([*list(pack.chapters)[:1], *turned]) or None


def _take_clocks(pack: Pack, found: dict[str, dict[Scalar, None] | None]) -> None:
    """A clock that nothing starts never runs, a choice that nothing offers is never made."""
    effects = list(all_effects(pack))
    started = {e.clock for e in effects if isinstance(e, fx.StartClock)}
    for clock in pack.clocks.values():
        if clock.id not in started and not clock.starts_at_once:
            found[f"clock.{clock.id}"] = {0: None}
    offered = {e.choice for e in effects if isinstance(e, fx.Offer)}
    for choice in pack.choices:
        if choice not in offered:
            found[f"choice.{choice}"] = {0: None}
            found[f"chose.{choice}"] = {"": None}


def _clamped(value: Scalar, type_: Type) -> Scalar:
    if type_.kind != "int" or not isinstance(value, int):
        return value
    return min(max(value, type_.low), type_.high)
