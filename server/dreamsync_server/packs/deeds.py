"""Effects that change facts: set, add, drift, append, remove, roll, move, give."""

import re
from typing import Final

from dreamsync_server.limits import DRIFT_RATE_MAX, FACT_INT_MAX
from dreamsync_server.packs.context import Bound, Context
from dreamsync_server.packs.names import NOWHERE
from dreamsync_server.packs.shape import Shape, kind_of, read_entries
from dreamsync_server.packs.turns import read_stream
from dreamsync_server.packs.yaml import Leaf, Node, Row
from dreamsync_server.world import effects as fx
from dreamsync_server.world.expr import Const
from dreamsync_server.world.model import Expr, Place, Type

# What stands before the spaces ends in none: else a long row of them would be gone through once for
# each of its own.
_RATE: Final = re.compile(r"(.*\S) +per +(hour|minute|second)\s*\Z", re.DOTALL)
_PER_HOUR: Final = {"hour": 1, "minute": 60, "second": 3600}
_ANY_INT: Final = Type("int", -FACT_INT_MAX, FACT_INT_MAX)


def read_set(context: Context, bound: Bound, body: Node, place: Place) -> list[fx.Effect]:
    """Read `set: {fact: value}`; several facts are several effects."""
    found: list[fx.Effect] = []
    for key, node in read_entries(body, "an effect 'set'", context.faults):
        target = context.reference(key, bound, "an effect 'set'")
        if target is None:
            continue
        ref, type_ = target
        if type_.kind == "list" and isinstance(node, Row):
            node = _list_source(node)
        value = context.value(node, type_, bound, f"the value for {key.text}")
        if value is not None:
            found.append(fx.Set(ref, value, key.place))
    return found


def read_add(context: Context, bound: Bound, body: Node, place: Place) -> list[fx.Effect]:
    """Read `add: {fact: amount}`."""
    found: list[fx.Effect] = []
    for key, node in read_entries(body, "an effect 'add'", context.faults):
        target = _target(context, bound, key, "int", "add")
        if target is None:
            continue
        ref, type_ = target
        span = type_.high - type_.low
        amount = context.value(node, Type("int", -span, span), bound, f"what {key.text} is given")
        if amount is not None:
            found.append(fx.Add(ref, amount, key.place))
    return found


def read_drift(context: Context, bound: Bound, body: Node, place: Place) -> list[fx.Effect]:
    """Read `drift: {fact: -4 per hour}` or `{fact: stop}`."""
    found: list[fx.Effect] = []
    for key, node in read_entries(body, "an effect 'drift'", context.faults):
        target = _target(context, bound, key, "int", "drift")
        if target is None:
            continue
        ref, _ = target
        if any("*" in name for name in ref.reach):
            what = f"{key.text} cannot drift: no fact of a seat does"
            context.faults.add("no_drift", key.place, what)
            continue
        rate = _read_rate(context, bound, node, key.text)
        if rate is not None:
            found.append(fx.SetRate(ref, rate[0], rate[1], key.place))
    return found


def read_append(context: Context, bound: Bound, body: Node, place: Place) -> list[fx.Effect]:
    """Read `append: {list fact: item}`."""
    return [fx.Append(*one) for one in _items(context, bound, body, "append")]


def read_remove(context: Context, bound: Bound, body: Node, place: Place) -> list[fx.Effect]:
    """Read `remove: {list fact: item}`."""
    return [fx.Remove(*one) for one in _items(context, bound, body, "remove")]


def read_roll(context: Context, bound: Bound, body: Node, place: Place) -> list[fx.Effect]:
    """Read `roll: {stream: luck, sides: 6, into: fact}`."""
    shape = Shape(body, "an effect 'roll'", context.faults)
    stream = read_stream(shape)
    node = shape.node("sides", required=True)
    into = shape.leaf("into", "the name of a fact", required=True)
    shape.close()
    sides = None
    if node is not None:
        sides = context.value(node, Type("int", 1, FACT_INT_MAX), bound, "'sides' of a 'roll'")
    target = None if into is None else _target(context, bound, into, "int", "roll")
    if sides is None or target is None or node is None:
        return []
    if isinstance(sides.node, Const) and sides.type.low > target[1].high:
        said = f"'sides' of a 'roll' go beyond {target[1].high}, the most that fits into the fact"
        context.faults.add("out_of_bounds", node.place, said)
        return []
    return [fx.Roll(stream, sides, target[0], place)]


def read_move(context: Context, bound: Bound, body: Node, place: Place) -> list[fx.Effect]:
    """Read `move: {who: role, to: scene}`; `who` is me where it is not given."""
    shape = Shape(body, "an effect 'move'", context.faults)
    who = read_who(context, bound, shape, "who", place)
    node = shape.node("to", required=True)
    shape.close()
    to = None
    if node is not None:
        scenes = Type("choice", choices=(*context.names.scenes, NOWHERE))
        to = context.value(node, scenes, bound, "'to' of an effect 'move'")
    return [] if who is None or to is None else [fx.Move(who, to, place)]


def read_give(context: Context, bound: Bound, body: Node, place: Place) -> list[fx.Effect]:
    """Read `give: {thing: tape, to: role, scene or nobody}`."""
    shape = Shape(body, "an effect 'give'", context.faults)
    thing_node = shape.node("thing", required=True)
    to_node = shape.node("to", required=True)
    shape.close()
    thing = to = None
    if thing_node is not None:
        things = Type("choice", choices=context.names.things)
        thing = context.value(thing_node, things, bound, "'thing' of an effect 'give'")
    if to_node is not None:
        holders = Type("choice", choices=context.names.holders)
        to = context.value(to_node, holders, bound, "'to' of an effect 'give'")
    return [] if thing is None or to is None else [fx.Give(thing, to, place)]


def read_who(context: Context, bound: Bound, shape: Shape, key: str, place: Place) -> Expr | None:
    """Take somebody; me where the key is not given and somebody acts here."""
    node = shape.node(key)
    if node is not None:
        return context.person(node, bound, f"'{key}' of {shape.what}")
    if bound.has_actor:
        return context.me(bound, place)
    what = f"{shape.what} says not who, and nobody acts here: give '{key}'"
    context.faults.add("no_actor", place, what)
    return None


def _target(
    context: Context, bound: Bound, key: Leaf, kind: str, effect: str
) -> tuple[fx.Ref, Type] | None:
    target = context.reference(key, bound, f"an effect '{effect}'")
    if target is not None and target[1].kind != kind:
        if not context.faults.follows(key.text):
            what = f"'{effect}' is for facts of type {kind}, and {key.text} is {target[1].kind}"
            context.faults.add("wrong_type", key.place, what)
        return None
    return target


def _items(
    context: Context, bound: Bound, body: Node, effect: str
) -> list[tuple[fx.Ref, Expr, Place]]:
    found = []
    for key, node in read_entries(body, f"an effect '{effect}'", context.faults):
        target = _target(context, bound, key, "list", effect)
        if target is None:
            continue
        ref, type_ = target
        assert type_.item is not None, "a list type has an item type"
        item = context.value(node, type_.item, bound, f"an item of {key.text}")
        if item is not None:
            found.append((ref, item, key.place))
    return found


def _read_rate(context: Context, bound: Bound, node: Node, fact: str) -> tuple[Expr, int] | None:
    faults, what = context.faults, f"the drift of {fact}"
    if not isinstance(node, Leaf) or node.value is None:
        said = f"{what} is a rate like '-4 per hour' or stop, not {kind_of(node)}"
        faults.add("bad_rate", node.place, said)
        return None
    per_hour, source = 1, "0"
    if node.text.strip() != "stop":
        match = _RATE.match(node.text)
        if match is None:
            said = f"{what} is a rate like '-4 per hour' or stop, not {kind_of(node)}"
            faults.add("bad_rate", node.place, said)
            return None
        source, per_hour = match[1].removeprefix("+"), _PER_HOUR[match[2]]
    rate = context.value(node.part(source), _ANY_INT, bound, what)
    if rate is None:
        return None
    if max(abs(rate.type.low), abs(rate.type.high)) * per_hour > DRIFT_RATE_MAX:
        said = f"{what} may be more than {DRIFT_RATE_MAX} an hour"
        faults.add("out_of_bounds", node.place, said)
        return None
    return rate, per_hour


def _list_source(row: Row) -> Leaf:
    """Return `[a, b]` of YAML as the text of an expression."""
    texts = [item.text if isinstance(item, Leaf) else "?" for item in row.items]
    return Leaf(row.place, "", f"[{', '.join(texts)}]")
