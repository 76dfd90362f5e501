"""Grammars: symbols with alternatives, and the placeholders of a `tell` that they fill."""

from collections.abc import Mapping

from dreamsync_server.packs.context import Bound, Context, Said
from dreamsync_server.packs.sections import Entry, Sections
from dreamsync_server.packs.shape import Shape, read_entries
from dreamsync_server.packs.yaml import Leaf
from dreamsync_server.world import effects as fx
from dreamsync_server.world.composing import KEY
from dreamsync_server.world.model import Alternative, Grammar

_WEIGHT_MAX = 1_000


def build_grammars(context: Context, sections: Sections) -> Mapping[str, Grammar]:
    """Build every grammar; those that use one another in a circle are told."""
    grammars = {}
    for entry in sections.entries("grammars"):
        what = f"grammar '{entry.id}'"
        found = [
            _alternative(context, entry.id, Entry(key.text, key, node))
            for key, node in read_entries(entry.node, what, context.faults)
        ]
        if all(one.when is not None for one in found):
            what = f"{what} needs an alternative without a condition, for when no other holds"
            context.faults.add("grammar_open", entry.key.place, what)
        # What holds in any case comes last: it is what remains when nothing else does.
        found.sort(key=lambda one: one.when is None)
        grammars[entry.id] = Grammar(entry.id, tuple(found), entry.key.place)
    _refuse_circles(context, grammars)
    return grammars


def read_picks(
    context: Context, bound: Bound, shape: Shape, to: fx.Audience | None
) -> tuple[tuple[str, str], ...]:
    """Take `pick`: placeholder -> grammar. It needs somebody it is for: an actor, or one role."""
    picks = []
    for key, node in shape.table("pick"):
        what = f"'pick' of {shape.what}"
        if not isinstance(node, Leaf) or node.value is None:
            context.faults.add("wrong_kind", node.place, f"{what} names a grammar")
            continue
        grammar = context.names.find(node, "grammars", what, context.faults)
        if grammar is not None:
            picks.append((key.text, grammar))
    is_for_one = to is not None and to.kind == "roles" and len(to.roles) == 1
    if picks and to is not None and not (bound.has_actor or is_for_one):
        what = f"{shape.what} picks for somebody: tell it to one role"
        context.faults.add("no_actor", shape.place, what)
    return tuple(picks)


def _alternative(context: Context, grammar: str, entry: Entry) -> Alternative:
    what = f"alternative '{entry.id}' of grammar '{grammar}'"
    shape = Shape(entry.node, what, context.faults)
    bound = context.actor(context.names.persons)
    when = context.condition(shape.node("when"), bound, what)
    weight = shape.integer("weight", 1, 1, _WEIGHT_MAX)
    uses = context.names.find_all(
        shape.leaves("uses", "grammars"), "grammars", f"'uses' of {what}", context.faults
    )
    shape.close()
    place = entry.key.place
    context.said.append(Said(f"{KEY}{grammar}.{entry.id}", place, frozenset((*uses, "me", "who"))))
    return Alternative(entry.id, when, weight, uses)


def _refuse_circles(context: Context, grammars: Mapping[str, Grammar]) -> None:
    for grammar in grammars.values():
        reached = _reach(grammars, grammar.id)
        if grammar.id in reached:
            what = f"grammar '{grammar.id}' uses itself in the end, which would never end"
            context.faults.add("grammar_circle", grammar.place, what)


def _reach(grammars: Mapping[str, Grammar], start: str) -> frozenset[str]:
    """Return the grammars that one uses, directly or through others."""
    found: dict[str, None] = {}
    waiting = [start]
    while waiting:
        grammar = grammars.get(waiting.pop())
        for one in grammar.alternatives if grammar is not None else ():
            for used in one.uses:
                if used not in found:
                    found[used] = None
                    waiting.append(used)
    return frozenset(found)
