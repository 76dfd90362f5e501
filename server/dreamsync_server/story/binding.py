"""Binding: an expression with some of its variables replaced by what they stand for.

Searches look at one seat doing one thing: with `me` and the parameters bound, a condition reads
plain facts, and what could make it true can be looked up.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from dreamsync_server.world.expr import (
    And,
    Arith,
    Call,
    Compare,
    Const,
    Count,
    Fact,
    IfElse,
    In,
    Negate,
    Node,
    Not,
    Or,
    RoleOf,
    Spread,
    Variable,
    role_of,
)
from dreamsync_server.world.values import Scalar

Binding = Mapping[str, Scalar]
"""What variables stand for, by name."""


def bind(node: Node, names: Binding) -> Node:
    """Return a tree with the variables in `names` replaced; others stay variables."""
    if not names:
        return node
    match node:
        case Variable():
            return Const(names[node.name], node.type, node.span) if node.name in names else node
        case Spread():
            return _bind_spread(node, names)
        case RoleOf():
            of = bind(node.of, names)
            if isinstance(of, Const) and isinstance(of.value, str):
                return replace(of, value=role_of(of.value, node.chorus), type=node.type)
            return replace(node, of=of)
        case _:
            return _with_parts(node, lambda part: bind(part, names))


def put_for(node: Node, name: str, value: Node) -> Node:
    """Return a tree with another in the place of a fact: what it says once the fact is set so."""
    if isinstance(node, Fact):
        return value if node.name == name else node
    return _with_parts(node, lambda part: put_for(part, name, value))


def _with_parts(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return a tree with each of its parts changed."""
    match node:
        case Const() | Fact() | Variable() | Spread():
            return node
        case Not() | Negate() | RoleOf():
            return replace(node, of=change(node.of))
        case And() | Or() | Call() | Count():
            return replace(node, items=tuple(change(item) for item in node.items))
        case Compare() | In() | Arith():
            return replace(node, left=change(node.left), right=change(node.right))
        case IfElse():
            return replace(
                node, test=change(node.test), then=change(node.then), other=change(node.other)
            )


def _bind_spread(node: Spread, names: Binding) -> Node:
    if all(variable in names for variable in node.variables):
        name = node.name_at(names)
        if name is None:
            return Const(node.default, node.type, node.span)
        return Fact(name, node.type, node.can_drift, node.span)
    given = [names.get(variable) for variable in node.variables]
    table = {
        key: name
        for key, name in node.table.items()
        if all(
            value is None or part in (value, role_of(str(value), node.chorus))
            for part, value in zip(key, given, strict=True)
        )
    }
    return replace(node, table=table, is_total=False)
