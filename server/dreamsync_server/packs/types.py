"""Types and starting values of facts and parameters, as authors write them."""

import re
from typing import Final

from dreamsync_server.limits import FACT_INT_MAX, LIST_FACT_ITEMS_MAX, TEXT_FACT_CHARS_MAX
from dreamsync_server.packs.faults import Faults, alike
from dreamsync_server.packs.names import Names
from dreamsync_server.packs.shape import Shape, kind_of, meant_bool, read_int, read_leaves
from dreamsync_server.packs.yaml import Leaf, Node, Row
from dreamsync_server.world.expr import zero_of
from dreamsync_server.world.model import Type
from dreamsync_server.world.values import Scalar

KINDS: Final = ("int", "bool", "choice", "text", "list")
TEXT_CHARS: Final = 200  # of a text fact, where `size` is not given

_CHOICE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}\Z")
_CHOICES_MAX: Final = 200


def read_type(shape: Shape, names: Names) -> Type | None:
    """Take `type` and what belongs to it (`range`, `choices`, `items`, `size`) from a fact."""
    kind = shape.word("type", "", KINDS, required=True)
    match kind:
        case "int":
            return read_range(shape.node("range", required=True), shape.what, shape.faults)
        case "bool":
            return Type("bool")
        case "choice":
            return read_choices(
                shape.node("choices", required=True), shape.what, names, shape.faults
            )
        case "text":
            return Type("text", size_max=shape.integer("size", TEXT_CHARS, 1, TEXT_FACT_CHARS_MAX))
        case "list":
            return _read_list(shape, names)
    return None


def read_range(node: Node | None, what: str, faults: Faults) -> Type | None:
    """Return the int type of `[low, high]`."""
    if node is None:
        return None
    if not isinstance(node, Row) or len(node.items) != 2:
        said = f"the range of {what} is [lowest, highest], not {kind_of(node)}"
        faults.add("bad_range", node.place, said)
        return None
    bounds = [
        read_int(item, f"the range of {what}", faults, -FACT_INT_MAX, FACT_INT_MAX)
        for item in node.items
    ]
    low, high = bounds
    if low is None or high is None:
        return None
    if low > high:
        faults.add("bad_range", node.place, f"the range of {what} ends at {high} below its begin")
        return None
    return Type("int", low, high)


def read_choices(node: Node | None, what: str, names: Names, faults: Faults) -> Type | None:
    """Return the choice type of a list of words, or of all members of a named set."""
    if node is None:
        return None
    if isinstance(node, Leaf) and node.text in names.sets:
        return Type("choice", choices=names.sets[node.text])
    found: dict[str, None] = {}
    leaves = read_leaves(node, f"'choices' of {what}", "words", faults)
    for leaf in leaves:
        if not isinstance(leaf.value, str) or not _CHOICE.match(leaf.text):
            said = f"a choice of {what} is a word, not {kind_of(leaf)}"
            faults.add("bad_choice", leaf.place, said)
        elif leaf.text in found:
            faults.add("bad_choice", leaf.place, f"'{leaf.text}' is a choice of {what} already")
        else:
            found[leaf.text] = None
    if not leaves and isinstance(node, Row):
        faults.add("bad_choice", node.place, f"{what} has no choices")
    if len(found) > _CHOICES_MAX:
        faults.add("too_many", node.place, f"{what} has more than {_CHOICES_MAX} choices")
        return None
    return Type("choice", choices=tuple(found)) if found else None


def read_start(
    node: Node | None, type_: Type, what: str, faults: Faults
) -> Scalar | tuple[Scalar, ...]:
    """Return a fact's starting value; what an author would expect where none is given."""
    default = zero_of(type_)
    if node is None:
        return default
    if type_.kind == "list":
        return _read_start_list(node, type_, what, faults)
    found = _read_scalar(node, type_, f"the start of {what}", faults)
    return default if found is None else found


def _read_list(shape: Shape, names: Names) -> Type | None:
    size = shape.integer("size", LIST_FACT_ITEMS_MAX, 1, LIST_FACT_ITEMS_MAX)
    node = shape.node("items", required=True)
    if node is None:
        return None
    items = Shape(node, f"'items' of {shape.what}", shape.faults)
    item: Type | None = None
    if items.has("choices"):
        item = read_choices(items.node("choices"), shape.what, names, shape.faults)
    elif items.has("int"):
        item = read_range(items.node("int"), items.what, shape.faults)
    elif items.has("text"):
        item = Type("text", size_max=items.integer("text", TEXT_CHARS, 1, TEXT_FACT_CHARS_MAX))
    else:
        items.node("choices", required=True)
    for key in ("choices", "int", "text"):
        if not items.has(key):
            items.node(key)
    items.close()
    return None if item is None else Type("list", size_max=size, item=item)


def _read_start_list(node: Node, type_: Type, what: str, faults: Faults) -> tuple[Scalar, ...]:
    if not isinstance(node, Row):
        faults.add("wrong_kind", node.place, f"the start of {what} is a list, not {kind_of(node)}")
        return ()
    if len(node.items) > type_.size_max:
        said = f"{what} starts with more than its {type_.size_max} items"
        faults.add("out_of_bounds", node.place, said)
    assert type_.item is not None, "a list type has an item type"
    found = [_read_scalar(one, type_.item, f"an item of {what}", faults) for one in node.items]
    return tuple(one for one in found if one is not None)


def _read_scalar(node: Node, type_: Type, what: str, faults: Faults) -> Scalar | None:
    match type_.kind:
        case "int":
            return read_int(node, what, faults, type_.low, type_.high)
        case "bool":
            if isinstance(node, Leaf) and isinstance(node.value, bool):
                return node.value
            said = f"{what} is true or false, not {kind_of(node)}"
            faults.add("wrong_kind", node.place, said, meant_bool(node))
            return None
        case "choice":
            if isinstance(node, Leaf) and node.text in type_.choices:
                return node.text
            word = node.text if isinstance(node, Leaf) else ""
            said = f"{what} is one of {', '.join(type_.choices[:12])}, not {kind_of(node)}"
            faults.add("unknown_word", node.place, said, alike(word, type_.choices))
            return None
        case _:
            if not isinstance(node, Leaf) or node.value is None or not isinstance(node.value, str):
                faults.add("wrong_kind", node.place, f"{what} is text, not {kind_of(node)}")
                return None
            if len(node.text) > type_.size_max:
                said = f"{what} has more than {type_.size_max} characters"
                faults.add("out_of_bounds", node.place, said)
                return None
            return node.text
