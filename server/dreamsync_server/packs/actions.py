"""Actions, their parameters, and the exits of scenes, which have conditions of the same kind."""

from collections.abc import Mapping

from dreamsync_server.limits import (
    ACTIONS_MAX,
    PARAMS_MAX,
    SAY_CHARS_MAX,
)
from dreamsync_server.packs.context import Bound, Context
from dreamsync_server.packs.effects import read_effects, read_members
from dreamsync_server.packs.sections import Entry, Sections
from dreamsync_server.packs.shape import Shape
from dreamsync_server.packs.types import read_choices, read_range
from dreamsync_server.packs.yaml import Leaf, Node
from dreamsync_server.world.memory import TENSION_MAX
from dreamsync_server.world.model import Action, Param, Type

_PARAM_KINDS = ("role", "scene", "thing", "choices", "int", "text", "bool")


def build_actions(context: Context, sections: Sections) -> Mapping[str, Action]:
    """Build every action."""
    entries = list(sections.entries("actions"))
    if len(entries) > ACTIONS_MAX:
        place = entries[ACTIONS_MAX].key.place
        context.faults.add("too_many", place, f"more than {ACTIONS_MAX} actions")
        entries = entries[:ACTIONS_MAX]
    return {entry.id: _build(context, entry) for entry in entries}


def _build(context: Context, entry: Entry) -> Action:
    faults, names = context.faults, context.names
    shape = Shape(entry.node, f"action '{entry.id}'", faults)
    by_node, before = shape.node("by", required=True), faults.errors
    by = () if by_node is None else names.members(by_node, "roles", f"'by' of {shape.what}", faults)
    if faults.errors > before:  # who it is, is not known: what follows about `me` is not told
        faults.broken.add("me")
    where = names.find_all(
        shape.leaves("where", "scenes"), "scenes", f"'where' of {shape.what}", faults
    )
    chapters = names.find_all(
        shape.leaves("chapters", "chapters"), "chapters", f"'chapters' of {shape.what}", faults
    )
    # Where nobody may do it, its parts are still read: as if everybody could.
    bound = context.actor(by or names.roles)
    params, bound = _read_params(context, shape, bound)
    when = context.condition(shape.node("when"), bound, shape.what)
    bound = bound.where(when)
    for param in params:
        bound = bound.where(param.when)
    is_veiled = shape.flag("veiled", False)
    cooldown_ms = shape.duration_ms("cooldown", 0)
    times_max = shape.integer("times", 0, 1)
    effects = read_effects(context, bound, shape.node("do", required=True))
    tension = shape.integer("tension", 0, -TENSION_MAX, TENSION_MAX)
    shape.close()
    faults.broken.discard("me")
    return Action(
        id=entry.id,
        by=by,
        params=params,
        where=where,
        chapters=chapters,
        when=when,
        is_veiled=is_veiled,
        cooldown_ms=cooldown_ms,
        times_max=times_max,
        effects=effects,
        place=entry.key.place,
        tension=tension,
    )


def _read_params(context: Context, shape: Shape, bound: Bound) -> tuple[tuple[Param, ...], Bound]:
    """Read parameters in order: the condition of one may read those before it."""
    params: list[Param] = []
    entries = shape.table("params")
    if len(entries) > PARAMS_MAX:
        place = entries[PARAMS_MAX][0].place
        context.faults.add("too_many", place, f"{shape.what} has more than {PARAMS_MAX} parameters")
    for key, node in entries[:PARAMS_MAX]:
        before = context.faults.errors
        found = _read_param(context, key, node, bound)
        if found is None:
            if context.faults.errors > before:
                context.faults.broken.add(key.text)
            continue
        param, bound = found
        params.append(param)
    return tuple(params), bound


def _read_param(
    context: Context, key: Leaf, node: Node, bound: Bound
) -> tuple[Param, Bound] | None:
    faults = context.faults
    shape = Shape(node, f"parameter '{key.text}'", faults)
    given = [kind for kind in _PARAM_KINDS if shape.has(kind)]
    if len(given) != 1:
        what = f"{shape.what} has one of {', '.join(_PARAM_KINDS)}"
        faults.add("missing_key" if not given else "unknown_key", shape.place, what)
        return None
    kind = given[0]
    type_ = _read_param_type(context, shape, kind)
    when_node = shape.node("when")
    shape.close()
    if type_ is None or not context.new_variable(key, type_, bound, "the parameter"):
        return None
    is_free = kind == "text"
    free = frozenset([key.text]) if is_free else frozenset()
    inner = bound.binding({key.text: type_}, free)
    if is_free and when_node is not None:
        what = f"{shape.what} is free text: what a person writes has no condition"
        faults.add("unknown_key", shape.key_place("when"), what)
        when_node = None
    when = context.condition(when_node, inner, shape.what)
    return Param(key.text, type_, is_free, when), inner


def _read_param_type(context: Context, shape: Shape, kind: str) -> Type | None:
    faults = context.faults
    node = shape.node(kind)
    assert node is not None, "the key was found in the table"
    match kind:
        case "choices":
            return read_choices(node, shape.what, context.names, faults)
        case "int":
            return read_range(node, shape.what, faults)
        case "text":
            return Type("text", size_max=shape.integer("text", SAY_CHARS_MAX, 1, SAY_CHARS_MAX))
        case "bool":
            shape.flag("bool", True)
            return Type("bool")
        case _:
            members = read_members(context, node, f"{kind}s", f"'{kind}' of {shape.what}")
            return Type("choice", choices=members) if members else None
