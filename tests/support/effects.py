"""Every effect of a pack with the part that has it, for what must hold of all of them."""

from collections.abc import Iterable, Iterator

from dreamsync_server.world import effects as fx
from dreamsync_server.world.model import Pack


def all_effects(pack: Pack) -> Iterator[tuple[str, fx.Effect]]:
    """Yield (id of what has it: an action, a law, a nudge …; effect), those within others too."""
    parts = (pack.actions, pack.laws, pack.beats, pack.clocks, pack.nudges)
    for known in parts:
        for part in known.values():
            yield from ((part.id, effect) for effect in _flat(part.effects))
    for choice in pack.choices.values():
        for option in choice.options.values():
            yield from ((choice.id, effect) for effect in _flat(option.effects))


def raised_by(pack: Pack, fact: str) -> set[str]:
    """Return what may add to an int fact."""
    return {part for part, add in _adds(pack, fact) if not _is_negative(add)}


def lowered_by(pack: Pack, fact: str) -> set[str]:
    """Return what may take from an int fact."""
    return {part for part, add in _adds(pack, fact) if _is_negative(add)}


def _adds(pack: Pack, fact: str) -> Iterator[tuple[str, fx.Add]]:
    for part, effect in all_effects(pack):
        if isinstance(effect, fx.Add) and fact in effect.fact.reach:
            yield part, effect


def _is_negative(add: fx.Add) -> bool:
    return add.amount.source.replace("0 -", "-").strip().startswith("-")


def _flat(effects: Iterable[fx.Effect]) -> Iterator[fx.Effect]:
    for effect in effects:
        yield effect
        match effect:
            case fx.If(then=then, other=other) | fx.Chance(then=then, other=other):
                yield from _flat(then)
                yield from _flat(other)
            case fx.Each(effects=within):
                yield from _flat(within)
            case _:
                pass
