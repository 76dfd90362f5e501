"""Lists of effects: one-key maps, each read by its own reader; `if`, `each` and `chance` nest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from dreamsync_server.limits import EFFECTS_MAX
from dreamsync_server.packs import deeds, turns, words
from dreamsync_server.packs.context import Bound, Context
from dreamsync_server.packs.faults import alike
from dreamsync_server.packs.names import find_sort
from dreamsync_server.packs.shape import Shape, kind_of, read_entries, read_leaves
from dreamsync_server.packs.yaml import Leaf, Node, Row, Table
from dreamsync_server.world import effects as fx
from dreamsync_server.world.model import Place, Type

_PER_MAX: Final = 1_000_000
_NO_EFFECTS: Final[tuple[fx.Effect, ...]] = ()

_READERS: Final[Mapping[str, Callable[[Context, Bound, Node, Place], list[fx.Effect]]]] = {
    "set": deeds.read_set,
    "add": deeds.read_add,
    "drift": deeds.read_drift,
    "append": deeds.read_append,
    "remove": deeds.read_remove,
    "roll": deeds.read_roll,
    "move": deeds.read_move,
    "give": deeds.read_give,
    "say": words.read_say,
    "tell": words.read_tell,
    "start": turns.read_start,
    "stop": turns.read_stop,
    "hurry": turns.read_hurry,
    "offer": turns.read_offer,
    "chapter": turns.read_chapter,
    "end": turns.read_end,
}
_NESTING: Final = {"if": ("then", "else"), "each": ("if", "do"), "chance": ()}
EFFECTS: Final = (*_READERS, *_NESTING)
"""Every effect's key."""


@dataclass(slots=True)
class _Budget:
    """How many effects one list may still have, nested ones counted."""

    left: int = EFFECTS_MAX


def read_effects(context: Context, bound: Bound, node: Node | None) -> tuple[fx.Effect, ...]:
    """Build a list of effects; those with faults are left out. A single one is a list of one."""
    return _read(context, bound, node, _Budget())


def _read(
    context: Context, bound: Bound, node: Node | None, budget: _Budget
) -> tuple[fx.Effect, ...]:
    if node is None or (isinstance(node, Leaf) and node.value is None):
        return _NO_EFFECTS
    found: list[fx.Effect] = []
    for item in node.items if isinstance(node, Row) else (node,):
        budget.left -= 1
        if budget.left < 0:
            if budget.left == -1:
                context.faults.add("too_many", item.place, f"more than {EFFECTS_MAX} effects")
            break
        found.extend(_read_one(context, bound, item, budget))
    return tuple(found)


def _read_one(context: Context, bound: Bound, node: Node, budget: _Budget) -> list[fx.Effect]:
    faults = context.faults
    if not isinstance(node, Table) or not node.entries:
        what = f"an effect is a mapping such as `add: {{...}}`, not {kind_of(node)}"
        faults.add("wrong_kind", node.place, what)
        return []
    key = next((k for k, _ in node.entries if k.text in _NESTING), node.entries[0][0])
    if key.text not in EFFECTS:
        what = f"there is no effect '{key.text}'"
        faults.add("unknown_effect", key.place, what, alike(key.text, EFFECTS))
        return []
    for other, _ in node.entries:
        if other is not key and other.text not in _NESTING.get(key.text, ()):
            known = _NESTING.get(key.text, ())
            what = f"an effect '{key.text}' has no key '{other.text}'"
            if other.text in EFFECTS:
                what = f"two effects in one: begin a new line `- {other.text}:`"
            faults.add("unknown_key", other.place, what, alike(other.text, known))
    body = node.get(key.text)
    assert body is not None, "the key was found in the table"
    match key.text:
        case "if":
            return _read_if(context, bound, node, body, key.place, budget)
        case "each":
            return _read_each(context, bound, node, body, key.place, budget)
        case "chance":
            return _read_chance(context, bound, body, key.place, budget)
        case _:
            return _READERS[key.text](context, bound, body, key.place)


def _read_if(
    context: Context, bound: Bound, table: Table, body: Node, place: Place, budget: _Budget
) -> list[fx.Effect]:
    when = context.condition(body, bound, "an effect 'if'")
    if table.get("then") is None and table.get("else") is None:
        context.faults.add("missing_key", place, "an effect 'if' has no 'then'")
    then = _read(context, bound.where(when), table.get("then"), budget)
    other = _read(context, bound, table.get("else"), budget)
    return [] if when is None else [fx.If(when, then, other, place)]


def _read_each(
    context: Context, bound: Bound, table: Table, body: Node, place: Place, budget: _Budget
) -> list[fx.Effect]:
    faults = context.faults
    entries = read_entries(body, "'each'", faults)
    if len(entries) != 1:
        if isinstance(body, Table):
            faults.add("wrong_kind", body.place, "'each' has one variable: `each: {r: cast}`")
        return []
    variable, over = entries[0]
    members = read_members(context, over, None, f"'each' of '{variable.text}'")
    type_ = Type("choice", choices=members)
    is_new = context.new_variable(variable, type_, bound, "the variable")
    if not members or not is_new:
        return []
    inner = bound.binding({variable.text: type_})
    condition = table.get("if")
    when = context.condition(condition, inner, "an effect 'each'")
    if table.get("do") is None:
        faults.add("missing_key", place, "an effect 'each' has no 'do'")
    effects = _read(context, inner.where(when), table.get("do"), budget)
    if condition is not None and when is None:
        return []
    return [fx.Each(variable.text, members, when, effects, place)]


def read_members(context: Context, node: Node, sort: str | None, what: str) -> tuple[str, ...]:
    """Return the ids of a set or a list, none of them a chorus role.

    `sort` is roles, scenes or things; None takes that of the first.
    """
    faults, names = context.faults, context.names
    leaves = read_leaves(node, what, "ids or sets", faults)
    if not leaves:
        return ()
    if sort is None:
        sort = names.sort_of_set.get(leaves[0].text) or find_sort(leaves[0], names) or "roles"
    members = names.find_all(leaves, sort, what, faults)
    for leaf in leaves:
        spread = names.sets.get(leaf.text, (leaf.text,))
        chorus = next((one for one in spread if one in names.chorus), None)
        if chorus is not None and sort == "roles":
            said = f"{what}: '{chorus}' is a chorus role, and its seats are not gone through"
            faults.add("unknown_id", leaf.place, said)
            return ()
    return members


def _read_chance(
    context: Context, bound: Bound, body: Node, place: Place, budget: _Budget
) -> list[fx.Effect]:
    shape = Shape(body, "an effect 'chance'", context.faults)
    stream = turns.read_stream(shape)
    per = shape.integer("per", 100, 1, _PER_MAX)
    node = shape.node("of", required=True)
    of = None
    if node is not None:
        of = context.value(node, Type("int", 0, per), bound, "'of' of an effect 'chance'")
    then = _read(context, bound, shape.node("then"), budget)
    other = _read(context, bound, shape.node("else"), budget)
    shape.close()
    return [] if of is None else [fx.Chance(stream, of, per, then, other, place)]
