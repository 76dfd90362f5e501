"""Clocks and the choices put to roles."""

from collections.abc import Mapping

from dreamsync_server.packs.context import Context
from dreamsync_server.packs.effects import read_effects
from dreamsync_server.packs.faults import Faults, alike
from dreamsync_server.packs.names import Names
from dreamsync_server.packs.sections import Entry, Sections, check_id
from dreamsync_server.packs.shape import Shape
from dreamsync_server.packs.visible import read_visible
from dreamsync_server.packs.yaml import Node
from dreamsync_server.world.model import Choice, Option, Timepiece

_LENGTH_MS_MIN = 100  # a repeating clock any shorter would do nothing but tick


def declare_clocks(sections: Sections, names: Names, faults: Faults) -> dict[str, tuple[str, ...]]:
    """Return who sees each clock: all that its fact needs, before any effect can be read."""
    found = {}
    for entry in sections.entries("clocks"):
        shape = Shape(entry.node, f"clock '{entry.id}'", faults)
        found[entry.id] = read_visible(shape, "world", names)
    return found


def declare_choices(
    sections: Sections, names: Names, faults: Faults
) -> dict[str, tuple[Choice, tuple[tuple[Entry, Node], ...]]]:
    """Return each choice with the ids of its options, their effects still to be read."""
    found = {}
    for entry in sections.entries("choices"):
        before = faults.errors
        shape = Shape(entry.node, f"choice '{entry.id}'", faults)
        leaf = shape.leaf("role", "a role", required=True)
        role = None if leaf is None else names.find(leaf, "persons", shape.what, faults)
        within_ms = shape.duration_ms("within", 0)
        default = shape.leaf("default", "an option", required=True)
        if not shape.has("options"):
            shape.node("options", required=True)
        bodies = tuple(
            (Entry(key.text, key, node), node)
            for key, node in shape.table("options")
            if check_id(key, "choices", faults)
        )
        shape.close()
        for one, _ in bodies:
            if one.id == "ask":
                what = "'ask' is the key of the question itself, not of an option"
                faults.add("reserved_id", one.key.place, what)
        options = {one.id: Option(one.id, None, ()) for one, _ in bodies}
        if default is not None and default.text not in options and shape.has("options"):
            what = f"{shape.what} has no option '{default.text}'"
            faults.add("unknown_id", default.place, what, alike(default.text, options))
        if faults.errors > before:
            faults.broken.add(entry.id)
        if role is not None and default is not None:
            choice = Choice(entry.id, role, options, default.text, within_ms, entry.key.place)
            found[entry.id] = (choice, bodies)
    return found


def build_clocks(
    context: Context, sections: Sections, visible: Mapping[str, tuple[str, ...]]
) -> Mapping[str, Timepiece]:
    """Build every clock."""
    clocks = {}
    bound = context.bound()
    for entry in sections.entries("clocks"):
        shape = Shape(entry.node, f"clock '{entry.id}'", context.faults)
        length_ms = shape.duration_ms("length", _LENGTH_MS_MIN, required=True)
        if length_ms < _LENGTH_MS_MIN:
            place = shape.key_place("length")
            what = f"{shape.what} runs for at least {_LENGTH_MS_MIN}ms"
            context.faults.add("out_of_bounds", place, what)
        repeats = shape.flag("repeats", False)
        starts = shape.flag("starts", False)
        shape.node("visible")
        effects = read_effects(context, bound, shape.node("do"))
        shape.close()
        clocks[entry.id] = Timepiece(
            entry.id, length_ms, repeats, starts, visible[entry.id], effects, entry.key.place
        )
    return clocks


def build_choices(
    context: Context,
    declared: Mapping[str, tuple[Choice, tuple[tuple[Entry, Node], ...]]],
) -> Mapping[str, Choice]:
    """Build the options of every choice; in them `me` is the role that is asked."""
    choices = {}
    for choice, bodies in declared.values():
        bound = context.actor((choice.role,))
        options = {}
        for entry, node in bodies:
            shape = Shape(node, f"option '{entry.id}' of choice '{choice.id}'", context.faults)
            condition = shape.node("when")
            when = context.condition(condition, bound, shape.what)
            effects = read_effects(context, bound.where(when), shape.node("do"))
            shape.close()
            if entry.id == choice.default and condition is not None:
                what = f"{shape.what} is the default, so that it cannot have a condition"
                context.faults.add("unknown_key", shape.key_place("when"), what)
            options[entry.id] = Option(entry.id, when, effects)
        choices[choice.id] = Choice(
            choice.id, choice.role, options, choice.default, choice.within_ms, choice.place
        )
    return choices
