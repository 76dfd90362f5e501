"""What every builder of a part of a pack works with: faults, ids, scope; and its expressions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product

from dreamsync_server.packs.faults import Faults, alike
from dreamsync_server.packs.names import Names
from dreamsync_server.packs.sections import UNREAD
from dreamsync_server.packs.shape import kind_of
from dreamsync_server.packs.yaml import Leaf, Node
from dreamsync_server.world import expr as tree
from dreamsync_server.world.effects import Ref
from dreamsync_server.world.expr import ExprError, Spread, UnknownNameError, UnknownWordError
from dreamsync_server.world.model import Expr, Place, Type
from dreamsync_server.world.parse import parse_condition, parse_ref, parse_value
from dreamsync_server.world.scope import Scope
from dreamsync_server.world.typing_rules import some_of

Pair = frozenset[str]
"""Two that are known to differ: variables as `$who`, ids as they are."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What is bound in one place: the scope with its variables, and what is known of them.

    `free` are parameters that hold text a person writes; `distinct` are pairs that conditions
    around this place keep apart; `is_ending` says that the world ends here anyway.
    """

    scope: Scope
    free: frozenset[str] = frozenset()
    distinct: frozenset[Pair] = frozenset()
    is_ending: bool = False

    @property
    def has_actor(self) -> bool:
        """Whether somebody acts here, so that `me` means somebody."""
        return "me" in self.scope.variables

    def binding(self, variables: Mapping[str, Type], free: frozenset[str] = frozenset()) -> "Bound":
        """Return this with more variables."""
        return replace(self, scope=self.scope.binding(variables), free=self.free | free)

    def where(self, when: Expr | None) -> "Bound":
        """Return this as it is under a condition."""
        if when is None:
            return self
        return replace(self, distinct=self.distinct | distinct_in(when.node))


@dataclass(frozen=True, slots=True)
class Said:
    """A text key that an effect uses at a place, and the placeholders that are filled there."""

    key: str
    place: Place
    names: frozenset[str]


@dataclass(slots=True)
class Context:
    """One pack being built."""

    faults: Faults
    names: Names
    scope: Scope
    segments: frozenset[str]  # every word of every fact's name
    built_in: Mapping[str, str]  # built-in fact (or seat pattern) -> the effect that changes it
    # What was met on the way, for the checks of the whole: text keys, conditions with their
    # scalars and what they belong to.
    said: list[Said] = field(default_factory=list)
    conditions: list[tuple[Expr, Leaf, str]] = field(default_factory=list)

    def bound(self, variables: Mapping[str, Type] | None = None) -> Bound:
        """Return what is bound where nothing but `variables` is."""
        return Bound(self.scope.binding(variables or {}))

    def actor(self, roles: tuple[str, ...]) -> Bound:
        """Return what is bound where one of some roles acts."""
        return self.bound({"me": Type("choice", choices=roles)})

    def condition(self, node: Node | None, bound: Bound, what: str) -> Expr | None:
        """Return a compiled condition; None where there is none, or behind a fault."""
        if node is None:
            return None
        leaf = self._leaf(node, f"the condition of {what}")
        if leaf is None:
            return None
        try:
            found = parse_condition(leaf.text, leaf.place, bound.scope)
        except ExprError as error:
            self.tell(leaf, error)
            return None
        self.conditions.append((found, leaf, what))
        return found

    def value(self, node: Node, type_: Type, bound: Bound, what: str) -> Expr | None:
        """Return a compiled value of a type; None behind a fault. An int constant is in range."""
        leaf = self._leaf(node, what)
        if leaf is None:
            return None
        try:
            found = parse_value(leaf.text, type_, leaf.place, bound.scope)
        except ExprError as error:
            self.tell(leaf, _as_word(error, leaf.text, type_))
            return None
        if type_.kind == "int" and not self._may_fit(found, type_, leaf, what):
            return None
        return found

    def person(self, node: Node, bound: Bound, what: str) -> Expr | None:
        """Return a compiled role or seat: somebody, not a whole chorus."""
        found = self.value(node, Type("choice", choices=self.names.roles), bound, what)
        if found is None:
            return None
        if isinstance(found.node, tree.Const) and found.node.value in self.names.chorus:
            said = f"{what}: '{found.node.value}' is a chorus role, and one person is wanted"
            self.faults.add("unknown_id", found.place, said)
            return None
        return found

    def me(self, bound: Bound, place: Place) -> Expr:
        """Return the actor as a compiled expression."""
        return parse_value("me", bound.scope.variables["me"], place, bound.scope)

    def role(self, one: str, leaf: Leaf) -> Expr:
        """Return an id as a compiled literal."""
        return parse_value(one, Type("choice", choices=(one,)), leaf.place, self.scope)

    def reference(self, leaf: Leaf, bound: Bound, what: str) -> tuple[Ref, Type] | None:
        """Return the fact that an effect changes, with its type; None behind a fault."""
        try:
            found = parse_ref(leaf.text, bound.scope)
        except ExprError as error:
            self.tell(leaf, error)
            return None
        if not isinstance(found, Spread):
            names: tuple[str, ...] = (found.name,)
            ref = Ref(((False, found.name),), found.name, names)
        else:
            names = tuple(dict.fromkeys(found.table.values()))
            ref = Ref(found.parts, None, names)
            if not self._is_always_there(found, leaf, bound):
                return None
        changed_by = next((self.built_in[name] for name in names if name in self.built_in), None)
        if changed_by is not None:
            self.faults.add("not_settable", leaf.place, f"{what}: {changed_by}")
            return None
        return ref, found.type

    def new_variable(self, leaf: Leaf, type_: Type, bound: Bound, what: str) -> bool:
        """Return whether a name may be bound here; a fault says why not."""
        name = leaf.text
        if name in bound.scope.variables or name in self.scope.ids or name in self.scope.sets:
            said = f"{what} '{name}': the name means something else already"
        elif type_.kind == "choice" and name in self.segments:
            said = f"{what} '{name}' is also a word in the name of a fact, which would be ambiguous"
        else:
            return True
        self.faults.add("reserved_id", leaf.place, said)
        return False

    def _leaf(self, node: Node, what: str) -> Leaf | None:
        if isinstance(node, Leaf) and node.value is not None:
            return node
        self.faults.add("wrong_kind", node.place, f"{what} is written as text, not {kind_of(node)}")
        return None

    def _may_fit(self, found: Expr, type_: Type, leaf: Leaf, what: str) -> bool:
        if found.type.high < type_.low or found.type.low > type_.high:
            said = f"{what} lies outside of {type_.low} to {type_.high}"
            self.faults.add("out_of_bounds", leaf.place, said)
            return False
        return True

    def _is_always_there(self, found: Spread, leaf: Leaf, bound: Bound) -> bool:
        """A pair of somebody with itself is no fact: a condition has to keep the two apart."""
        domains = [bound.scope.variables[name].choices for name in found.variables]
        for values in product(*domains):
            if values in found.table or self._is_apart(found, values, bound):
                continue
            at = dict(zip(found.variables, values, strict=True))
            told = " and ".join(f"{name} is {value}" for name, value in at.items())
            what = f"{leaf.text} is no fact where {told}: keep them apart with a condition"
            self.faults.add("not_apart", leaf.place, what, _apart_hint(found))
            return False
        return True

    def _is_apart(self, found: Spread, values: tuple[str, ...], bound: Bound) -> bool:
        at = dict(zip(found.variables, values, strict=True))
        marks = [(f"${text}", at[text]) if var else (text, text) for var, text in found.parts]
        return any(
            frozenset((a, b)) in bound.distinct
            for i, (a, first) in enumerate(marks)
            for b, second in marks[i + 1 :]
            if first == second
        )

    def tell(self, leaf: Leaf, error: ExprError) -> None:
        """Note what is wrong with an expression, at its place in the file."""
        # What a file declares that could not be read is not known: nothing is missed for it.
        is_open = isinstance(error, UnknownNameError | UnknownWordError) and self.faults.has(UNREAD)
        if not is_open and not self.faults.follows(leaf.text):
            place = leaf.place_at(error.offset)
            self.faults.add("expression", place, error.message, error.suggestion)


def distinct_in(node: tree.Node) -> frozenset[Pair]:
    """Return the pairs that differ wherever a condition holds: its conjuncts `a != b`."""
    match node:
        case tree.And():
            return frozenset().union(*(distinct_in(item) for item in node.items))
        case tree.Compare(op="!=") | tree.Not(of=tree.Compare(op="==")):
            compare = node.of if isinstance(node, tree.Not) else node
            assert isinstance(compare, tree.Compare)
            left, right = _mark(compare.left), _mark(compare.right)
            if left is None or right is None:
                return frozenset()
            return frozenset([frozenset((left, right))])
        case _:
            return frozenset()


def _is_path(text: str) -> bool:
    return text.replace("_", "").replace(".", "").isalnum()


def _as_word(error: ExprError, text: str, type_: Type) -> ExprError:
    """Say of a word that is neither one of the choices nor a fact which would have done."""
    is_missed = isinstance(error, UnknownNameError) and error.suggestion != f'"{text}"'
    if type_.kind != "choice" or error.offset or not is_missed or not _is_path(text):
        return error
    message = f"'{text}' is none of {some_of(type_.choices)}, and no fact"
    return UnknownNameError(message, 0, alike(text, type_.choices))


def _mark(node: tree.Node) -> str | None:
    match node:
        case tree.Variable():
            return f"${node.name}"
        case tree.Const(value=str()):
            return str(node.value)
        case tree.RoleOf():
            return _mark(node.of)
        case _:
            return None


def _apart_hint(found: Spread) -> str:
    marks = [text if is_variable else f'"{text}"' for is_variable, text in found.parts]
    named = [mark for (is_variable, _), mark in zip(found.parts, marks, strict=True) if is_variable]
    if len(named) > 1:
        return f"{named[1]} != {named[0]}"
    other = next((mark for mark in reversed(marks) if mark not in named), "")
    return f"{named[0]} != {other}" if named else ""
