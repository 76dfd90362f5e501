"""Every effect of a pack, nested ones too, with whom it belongs to and what it can change."""

from collections.abc import Iterator

from dreamsync_server.world import effects as fx
from dreamsync_server.world.model import Expr, Pack


def all_effects(pack: Pack) -> Iterator[fx.Effect]:
    """Yield every effect of a pack, outer before inner."""
    yield from walk_effects(pack.start_effects)
    for holder in (pack.actions, pack.laws, pack.beats, pack.clocks, pack.nudges):
        for part in holder.values():
            yield from walk_effects(part.effects)
    for undone in (pack.beats, pack.nudges):
        for part in undone.values():
            yield from walk_effects(part.undo or ())
    for choice in pack.choices.values():
        for option in choice.options.values():
            yield from walk_effects(option.effects)


def walk_effects(effects: tuple[fx.Effect, ...]) -> Iterator[fx.Effect]:
    """Yield effects and all within them, outer before inner."""
    for effect in effects:
        yield effect
        match effect:
            case fx.If() | fx.Chance():
                yield from walk_effects(effect.then)
                yield from walk_effects(effect.other)
            case fx.Each():
                yield from walk_effects(effect.effects)
            case _:
                pass


def exprs_of(effect: fx.Effect) -> tuple[Expr, ...]:
    """Return the expressions that an effect reads, those of nested effects aside."""
    match effect:
        case fx.Set():
            return (effect.value,)
        case fx.Add():
            return (effect.amount,)
        case fx.SetRate():
            return (effect.rate,)
        case fx.Move():
            return (effect.who, effect.to)
        case fx.Give():
            return (effect.thing, effect.to)
        case fx.Append() | fx.Remove():
            return (effect.item,)
        case fx.Say():
            return (effect.who, *effect.to.roles, *(expr for _, expr in effect.arguments))
        case fx.Tell():
            return (*effect.to.roles, *(expr for _, expr in effect.arguments))
        case fx.Roll():
            return (effect.sides,)
        case fx.Chance():
            return (effect.of,)
        case fx.If():
            return (effect.when,)
        case fx.Each():
            return () if effect.when is None else (effect.when,)
        case _:
            return ()


def changed_by(effect: fx.Effect) -> tuple[str, ...]:
    """Return the declared facts that an effect changes (seats' as patterns)."""
    match effect:
        case fx.Set() | fx.Add() | fx.SetRate() | fx.Append() | fx.Remove() | fx.Roll():
            return effect.fact.reach
        case _:
            return ()
