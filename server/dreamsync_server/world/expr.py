"""The typed tree of an expression: small frozen nodes, and what can be read off them alone.

A tree is made by `parse.py` from an author's text. `any` and `all` are unrolled into `Or` and
`And`, `cued()`, `held()` and `running()` into comparisons, a conditional condition into `Or` of
`And`; what is left has few kinds of node, so that every reading of it stays short.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from dreamsync_server.errors import DreamsyncError
from dreamsync_server.world.model import Type
from dreamsync_server.world.values import Scalar

Span = tuple[int, int]
"""First character of a node in its source, and the one behind its last."""

CompareOp = Literal["==", "!=", "<", "<=", ">", ">="]
ArithOp = Literal["+", "-", "*", "//", "%"]
CallName = Literal["min", "max", "abs", "len"]

BOOL = Type("bool")
NEGATED: Mapping[CompareOp, CompareOp] = {
    "==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">",
}  # fmt: skip
MIRRORED: Mapping[CompareOp, CompareOp] = {
    "==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<=",
}  # fmt: skip


class ExprError(DreamsyncError):
    """An expression is at fault: its author must change it.

    `offset` counts characters from the start of the source; `suggestion` is text to write
    instead, "" where there is none.
    """

    def __init__(self, message: str, offset: int, suggestion: str = "") -> None:
        super().__init__(message, offset, suggestion)
        self.message = message
        self.offset = offset
        self.suggestion = suggestion

    def __str__(self) -> str:
        hint = f"; did you mean {self.suggestion}?" if self.suggestion else ""
        return f"{self.message}{hint}"


class UnknownNameError(ExprError):
    """It names what is not there, as far as everything that may be named is known."""


class UnknownWordError(ExprError):
    """A choice never is a word, as far as all that it may be is known: a scene, a thing."""


@dataclass(frozen=True, slots=True)
class Const:
    """A literal, or a loop variable at one member of its set; a tuple is a list."""

    value: Scalar | tuple[Scalar, ...]
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact by its full name."""

    name: str
    type: Type
    can_drift: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Spread:
    """A fact whose name holds variables: `who.scene`, `bond.me.who`.

    `table` gives the full name for the variables' values, in the order of `variables`, aliases
    resolved. A chorus role stands in it by its id: for the value `citizen.17` a fact of each
    seat is `citizen.*.mood` with the star filled, any other fact is read as written there.
    Where the table has no name (a pair of somebody with itself) the fact reads as `default`.
    """

    parts: tuple[tuple[bool, str], ...]  # (is it a variable, text)
    variables: tuple[str, ...]
    table: Mapping[tuple[str, ...], str] = field(compare=False)
    chorus: tuple[str, ...]
    is_total: bool  # the table has a name for every combination, and no chorus role
    default: Scalar | tuple[Scalar, ...]
    type: Type
    can_drift: bool
    span: Span

    def name_at(self, names: Mapping[str, Scalar]) -> str | None:
        """Return the fact's name under a binding of the variables; None where there is none."""
        return self.name_of(tuple(str(names[variable]) for variable in self.variables))

    def name_of(self, values: tuple[str, ...]) -> str | None:
        """Return the fact's name for values in the order of `variables`."""
        name = self.table.get(values)
        if name is None:
            name = self.table.get(tuple(role_of(value, self.chorus) for value in values))
        if name is not None and "*" in name:
            role, _, _ = name.partition(".")
            for value in values:
                if value.startswith(f"{role}."):
                    return name.replace("*", value[len(role) + 1 :], 1)
            return None
        return name


@dataclass(frozen=True, slots=True)
class Variable:
    """`me` or a parameter: its value is in the names that an expression is run with."""

    name: str
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class RoleOf:
    """The role of a chorus seat (`citizen` of `citizen.17`); any other value as it is."""

    of: "Node"
    chorus: tuple[str, ...]
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Not:
    """True where its part is false. `is_written` tells an author's `not` from one made here."""

    of: "Node"
    span: Span
    is_written: bool = True
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class And:
    """True where all are; without any it is true."""

    items: tuple["Node", ...]
    span: Span
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Or:
    """True where one is; without any it is false."""

    items: tuple["Node", ...]
    span: Span
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values of one kind compared; `<` and its like are for ints alone."""

    op: CompareOp
    left: "Node"
    right: "Node"
    span: Span
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class In:
    """A value among the items of a list."""

    left: "Node"
    right: "Node"
    span: Span
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Arith:
    """Arithmetic on ints; `//` and `%` by zero give 0."""

    op: ArithOp
    left: "Node"
    right: "Node"
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Negate:
    """Unary minus."""

    of: "Node"
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """`min` and `max` of two or more ints, `abs` of one, `len` of a list."""

    name: CallName
    items: tuple["Node", ...]
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class IfElse:
    """One of two values, by a condition."""

    test: "Node"
    then: "Node"
    other: "Node"
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Count:
    """How many of its conditions hold."""

    items: tuple["Node", ...]
    type: Type
    span: Span


Node = (
    Const | Fact | Spread | Variable | RoleOf | Not | And | Or
    | Compare | In | Arith | Negate | Call | IfElse | Count
)  # fmt: skip


def children(node: Node) -> tuple[Node, ...]:
    """Return the parts of a node, in the order of the source."""
    match node:
        case Const() | Fact() | Spread() | Variable():
            return ()
        case Not() | Negate() | RoleOf():
            return (node.of,)
        case And() | Or() | Call() | Count():
            return node.items
        case Compare() | In() | Arith():
            return (node.left, node.right)
        case IfElse():
            return (node.test, node.then, node.other)


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, each before its parts, in the order of the source."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(reversed(children(one)))


def reads_of(node: Node, me: str = "") -> frozenset[str]:
    """Return the names of all facts that a tree may read; with `me`, that it may for this seat.

    Names with variables are spread over what the variables may be; a fact of a chorus seat
    stands as a pattern, `citizen.*.mood`, but for those of `me`.
    """
    found: set[str] = set()
    for one in walk(node):
        if isinstance(one, Fact):
            found.add(one.name)
        elif isinstance(one, Spread):
            is_bound = me and "me" in one.variables
            found.update(_reads_for(one, me) if is_bound else one.table.values())
    return frozenset(found)


def _reads_for(spread: Spread, me: str) -> Iterator[str]:
    """Yield the names of a spread's facts where `me` is this seat."""
    at = spread.variables.index("me")
    role = role_of(me, spread.chorus)
    for values, name in spread.table.items():
        if values[at] not in (me, role):
            continue
        is_other = any(value == role for i, value in enumerate(values) if i != at)
        if "*" in name and name.startswith(f"{role}.") and me != role and not is_other:
            yield name.replace("*", me[len(role) + 1 :], 1)
        else:
            yield name


def variables_of(node: Node) -> frozenset[str]:
    """Return the names of all variables that a tree needs bound."""
    found: set[str] = set()
    for one in walk(node):
        if isinstance(one, Variable):
            found.add(one.name)
        elif isinstance(one, Spread):
            found.update(one.variables)
    return frozenset(found)


def specificity_of(node: Node, wanted: bool = True) -> int:
    """Return how many leaves must hold in the weakest branch that makes a condition `wanted`.

    Source: findings.md, "Language and packs": `a or b` is less specific than `a and b`.
    """
    match node:
        case Not():
            return specificity_of(node.of, not wanted)
        case And() | Or() if node.items:
            leaves = [specificity_of(item, wanted) for item in node.items]
            return sum(leaves) if isinstance(node, And) is wanted else min(leaves)
        case And() | Or() | Const():
            return 0
        case _:
            return 1


def role_of(value: str, chorus: tuple[str, ...]) -> str:
    """Return the role of a seat of one of these chorus roles; any other value as it is."""
    role, dot, _ = value.partition(".")
    return role if dot and role in chorus else value


def zero_of(type_: Type) -> Scalar | tuple[Scalar, ...]:
    """Return what a fact of a type reads as where there is no such fact."""
    match type_.kind:
        case "int":
            return min(max(0, type_.low), type_.high)
        case "bool":
            return False
        case "choice":
            return type_.choices[0]
        case "text":
            return ""
        case "list":
            return ()
