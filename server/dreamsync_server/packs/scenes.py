"""Scenes and their exits."""

from collections.abc import Mapping

from dreamsync_server.packs.context import Context
from dreamsync_server.packs.sections import Entry, Sections
from dreamsync_server.packs.shape import Shape, kind_of, read_int
from dreamsync_server.packs.yaml import Leaf, Node, Row
from dreamsync_server.world.model import Exit, Layer, Scene

_SIZE = (12, 8)
_SIZE_MAX = 1_000


def build_scenes(context: Context, sections: Sections) -> Mapping[str, Scene]:
    """Build every scene."""
    return {entry.id: _build(context, entry) for entry in sections.entries("scenes")}


def _build(context: Context, entry: Entry) -> Scene:
    shape = Shape(entry.node, f"scene '{entry.id}'", context.faults)
    word = shape.word("layer", "waking", ("waking", "dream"))
    layer: Layer = "dream" if word == "dream" else "waking"
    exits = [_read_exit(context, entry.id, node) for node in shape.items("exits")]
    size = _read_size(shape)
    is_watched = shape.flag("watched", False)
    shape.close()
    there = tuple(exit_ for exit_ in exits if exit_ is not None)
    return Scene(entry.id, layer, there, size, is_watched, entry.key.place)


def _read_exit(context: Context, scene: str, node: Node) -> Exit | None:
    """Read an exit: a scene, or {to: scene, when: condition}; `me` is whoever walks."""
    what = f"an exit of scene '{scene}'"
    if isinstance(node, Leaf) and node.value is not None:
        to = context.names.find(node, "scenes", what, context.faults)
        return None if to is None else Exit(to, None, node.place)
    shape = Shape(node, what, context.faults)
    leaf = shape.leaf("to", "a scene", required=True)
    condition = shape.node("when")
    shape.close()
    when = None
    if condition is not None:
        when = context.condition(condition, context.actor(context.names.roles), what)
        if when is None:
            return None
    to = None if leaf is None else context.names.find(leaf, "scenes", what, context.faults)
    return None if to is None else Exit(to, when, node.place)


def _read_size(shape: Shape) -> tuple[int, int]:
    node = shape.node("size")
    if node is None:
        return _SIZE
    what = f"the size of {shape.what}"
    if not isinstance(node, Row) or len(node.items) != 2:
        said = f"{what} is [width, depth], not {kind_of(node)}"
        shape.faults.add("wrong_kind", node.place, said)
        return _SIZE
    width, depth = (read_int(item, what, shape.faults, 1, _SIZE_MAX) for item in node.items)
    return (width or _SIZE[0], depth or _SIZE[1])
