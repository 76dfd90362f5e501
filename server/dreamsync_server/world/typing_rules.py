"""The types of expressions: what may be compared with what, and what fits where."""

from dreamsync_server.limits import INT_EXACT_MAX
from dreamsync_server.world.expr import Const, ExprError, Node, RoleOf, UnknownWordError
from dreamsync_server.world.intervals import Interval
from dreamsync_server.world.model import Type
from dreamsync_server.world.scope import closest
from dreamsync_server.world.values import Scalar

_KINDS = {
    "int": "a number",
    "bool": "true or false",
    "choice": "a word",
    "text": "a text",
    "list": "a list",
}


def kind_name(type_: Type) -> str:
    """Return what authors call a kind of value."""
    return _KINDS[type_.kind]


def interval_of(node: Node) -> Interval:
    """Return between which ints an int node's value lies."""
    return Interval(node.type.low, node.type.high)


def int_type(interval: Interval, offset: int) -> Type:
    """Return the type of an int; raises ExprError where it may not be exact everywhere."""
    if interval.low < -INT_EXACT_MAX or interval.high > INT_EXACT_MAX:
        raise ExprError("this number may grow beyond what is exact (2**53)", offset)
    return Type("int", interval.low, interval.high)


def type_of(value: Scalar) -> Type:
    """Return the type of a literal."""
    if isinstance(value, bool):
        return Type("bool")
    if isinstance(value, int):
        return Type("int", value, value)
    return Type("choice", choices=(value,), size_max=len(value))


def require_kind(node: Node, kind: str, why: str) -> None:
    """Raise ExprError where a node is of another kind; `why` says what wanted it."""
    if node.type.kind != kind:
        raise ExprError(f"{why}, and this is {kind_name(node.type)}", node.span[0])


def require_condition(node: Node, source: str) -> None:
    """Raise ExprError where a node is neither true nor false."""
    if node.type.kind != "bool":
        text = source[slice(*node.span)]
        whole = text if text.replace("_", "").replace(".", "").isalnum() else f"({text})"
        suggestion = f"{whole} > 0" if node.type.kind == "int" else ""
        raise ExprError(
            f"a condition is wanted here, and this is {kind_name(node.type)}",
            node.span[0],
            suggestion,
        )


def require_comparable(left: Node, right: Node) -> None:
    """Raise ExprError where two values can never be equal, whatever they are."""
    kinds = {left.type.kind, right.type.kind}
    if kinds == {"choice", "text"} or kinds == {"text"}:
        return
    if len(kinds) > 1:
        raise ExprError(
            f"{kind_name(left.type)} is compared with {kind_name(right.type)}", right.span[0]
        )
    if kinds == {"list"}:
        raise ExprError("lists are not compared; ask with `in` or `len`", left.span[0])
    if kinds == {"choice"}:
        _require_overlap(left, right)


def with_role(node: Node, others: tuple[Scalar, ...], chorus: tuple[str, ...]) -> Node:
    """Return a node that gives the role where a chorus seat is compared with a chorus role."""
    roles = tuple(role for role in chorus if role in node.type.choices and role in others)
    if node.type.kind != "choice" or isinstance(node, Const) or not roles:
        return node
    return RoleOf(node, roles, node.type, node.span)


def require_fits(node: Node, expected: Type, source: str) -> None:
    """Raise ExprError where a node's value may be one that a type cannot hold."""
    if expected.kind == "bool":
        require_condition(node, source)
    else:
        _require_type(node.type, expected, node.span[0])


def _require_type(given: Type, expected: Type, offset: int) -> None:
    if expected.kind == "text" and given.kind in ("text", "choice"):
        longest = max([given.size_max, *map(len, given.choices)])
        if expected.size_max and longest > expected.size_max:
            raise ExprError(f"this may be longer than {expected.size_max} characters", offset)
        return
    if given.kind != expected.kind:
        raise ExprError(
            f"{kind_name(expected)} is wanted here, and this is {kind_name(given)}", offset
        )
    if expected.kind == "choice":
        _require_choices(given, expected, offset)
    elif expected.kind == "list":
        if expected.size_max and given.size_max > expected.size_max:
            raise ExprError(f"the list may hold more than {expected.size_max}", offset)
        if given.item is not None and expected.item is not None:
            _require_type(given.item, expected.item, offset)


def _require_choices(given: Type, expected: Type, offset: int) -> None:
    for choice in given.choices:
        if choice not in expected.choices:
            may = "this is" if len(given.choices) == 1 else "this may be"
            raise UnknownWordError(
                f'{may} "{choice}", which is not among {some_of(expected.choices)}',
                offset,
                closest(choice, expected.choices),
            )


def _require_overlap(left: Node, right: Node) -> None:
    if not set(left.type.choices).isdisjoint(right.type.choices):
        return
    # The literal is at fault, where there is one.
    wrong, other = (left, right) if isinstance(left, Const) else (right, left)
    if isinstance(wrong, Const):
        raise unknown_choice(str(wrong.value), other.type, wrong.span[0])
    raise ExprError("these two never have a word in common", left.span[0])


def unknown_choice(word: str, type_: Type, offset: int) -> ExprError:
    """Return the fault of a word that a choice never is."""
    near = closest(word, type_.choices)
    message = f'"{word}" is not among {some_of(type_.choices)}'
    return UnknownWordError(message, offset, f'"{near}"' if near else "")


def some_of(choices: tuple[str, ...]) -> str:
    """Return the first of some choices for a sentence, and how many more there are."""
    shown = ", ".join(choices[:8]) or "those it may be (there are none)"
    return f"{shown} and {len(choices) - 8} more" if len(choices) > 8 else shown
