"""What names an expression may use, and what fact a dotted name with variables means."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import NamedTuple

from dreamsync_server.limits import EXPR_UNROLLED_MAX
from dreamsync_server.world.expr import ExprError, Fact, Span, Spread, UnknownNameError, zero_of
from dreamsync_server.world.model import FactDecl, Pack, Type


class Slot(NamedTuple):
    """What an expression must know of a fact."""

    type: Type
    can_drift: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that stand in one place of a pack.

    `facts` by full name, built-in ones too; `seats`: chorus role → fact of each of its seats;
    `aliases`: the other order of a symmetric pair → its name; `sets` → members, built-in ones
    too; `ids`: roles, scenes and things, for suggestions; `variables`: `me` and parameters. A
    variable that is an id has type choice; the value of one that may be a chorus role (its id
    among the choices) may also be a seat of it, `citizen.17`.
    """

    facts: Mapping[str, Slot]
    seats: Mapping[str, Mapping[str, Slot]] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    beats: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    variables: Mapping[str, Type] = field(default_factory=dict)

    def binding(self, variables: Mapping[str, Type]) -> "Scope":
        """Return this scope with more variables."""
        return replace(self, variables={**self.variables, **variables})


def scope_of(pack: Pack, variables: Mapping[str, Type] | None = None) -> Scope:
    """Return the scope of a checked pack, for a condition written outside it."""
    return Scope(
        facts={name: _slot(fact.decl) for name, fact in pack.facts.items()},
        seats={
            role: {name: _slot(decl) for name, decl in facts.items()}
            for role, facts in pack.seat_facts.items()
        },
        aliases=pack.aliases,
        sets=pack.sets,
        ids=(*pack.roles, *pack.scenes, *pack.things),
        beats=tuple(pack.beats),
        clocks=tuple(pack.clocks),
        variables=variables or {},
    )


def resolve(
    path: str, scope: Scope, span: Span, bound: Mapping[str, str] | None = None
) -> Fact | Spread:
    """Return the fact or facts that a dotted name means.

    `bound` gives loop variables a member of their set. Raises ExprError where a name that it
    may mean is no fact, or the facts are of different kinds.
    """
    bound = bound or {}
    parts: list[tuple[bool, str]] = []
    for segment in path.split("."):
        if segment in bound:
            parts.append((False, bound[segment]))
        else:
            type_ = scope.variables.get(segment)
            parts.append((type_ is not None and type_.kind == "choice", segment))
    variables = tuple(dict.fromkeys(text for is_variable, text in parts if is_variable))
    if variables:
        return _resolve_spread(path, tuple(parts), variables, scope, span)
    name = ".".join(text for _, text in parts)
    name = scope.aliases.get(name, name)
    slot = scope.facts.get(name)
    if slot is None:
        raise _unknown(path, name, {}, scope, span)
    return Fact(name, slot.type, slot.can_drift, span)


def closest(word: str, words: Iterable[str]) -> str:
    """Return the known word most like a wrong one, "" where none is."""
    near = difflib.get_close_matches(word, list(words), 1)
    return near[0] if near else ""


def merge_types(types: Iterable[Type]) -> Type | None:
    """Return the least type that holds all of them; None where their kinds differ."""
    merged: Type | None = None
    for type_ in types:
        merged = type_ if merged is None else _merge(merged, type_)
        if merged is None:
            return None
    return merged


def _merge(a: Type, b: Type) -> Type | None:
    size_max = max(a.size_max, b.size_max)
    if a.kind != b.kind:
        if {a.kind, b.kind} == {"choice", "text"}:
            return Type("text", size_max=size_max)
        return None
    if a == b:
        return a
    choices = tuple(dict.fromkeys((*a.choices, *b.choices)))
    item = a.item if b.item is None else b.item
    if a.item is not None and b.item is not None:
        item = _merge(a.item, b.item)
        if item is None:
            return None
    return Type(a.kind, min(a.low, b.low), max(a.high, b.high), choices, size_max, item)


def _resolve_spread(
    path: str,
    parts: tuple[tuple[bool, str], ...],
    variables: tuple[str, ...],
    scope: Scope,
    span: Span,
) -> Spread:
    domains = [scope.variables[variable].choices for variable in variables]
    combinations = 1
    for domain in domains:
        combinations *= len(domain)
    if combinations > EXPR_UNROLLED_MAX:
        raise ExprError(f"{path} may mean more than {EXPR_UNROLLED_MAX} facts", span[0])
    table: dict[tuple[str, ...], str] = {}
    slots: list[Slot] = []
    is_total = True
    for values in product(*domains):
        at = dict(zip(variables, values, strict=True))
        texts = [at[text] if is_variable else text for is_variable, text in parts]
        found = _look_up(texts, scope)
        if found is not None:
            table[values], slot = found
            slots.append(slot)
        elif len(set(texts)) == len(texts):
            raise _unknown(path, ".".join(texts), at, scope, span)
        # Else: somebody paired with itself, which is no fact and reads as nothing.
        if found is None or any(value in scope.seats for value in values):
            is_total = False
    type_ = merge_types(slot.type for slot in slots)
    if type_ is None:
        if not slots:
            raise UnknownNameError(f"{path} is never a fact", span[0])
        raise ExprError(f"{path} means facts of different kinds", span[0])
    can_drift = any(slot.can_drift for slot in slots)
    chorus = tuple(scope.seats)
    zero = zero_of(type_)
    return Spread(parts, variables, table, chorus, is_total, zero, type_, can_drift, span)


def _look_up(texts: list[str], scope: Scope) -> tuple[str, Slot] | None:
    name = ".".join(texts)
    name = scope.aliases.get(name, name)
    slot = scope.facts.get(name)
    if slot is not None:
        return name, slot
    of_seat = scope.seats.get(texts[0], {})
    rest = ".".join(texts[1:])
    if rest in of_seat:
        return f"{texts[0]}.*.{rest}", of_seat[rest]
    return None


def _unknown(path: str, name: str, at: Mapping[str, str], scope: Scope, span: Span) -> ExprError:
    first, _, rest = name.partition(".")
    if path == "me":
        return ExprError("nobody acts here, so `me` means nothing", span[0])
    if not at and rest in scope.seats.get(first, {}):
        return ExprError(f"{rest} is a fact of each seat of {first}, not of the role", span[0])
    if name in scope.ids or (not at and _is_choice(name, scope)):
        what = f"{name} is no fact; a word is written in quotes"
        return UnknownNameError(what, span[0], f'"{name}"')
    known = [*scope.facts, *(f"{first}.{fact}" for fact in scope.seats.get(first, {}))]
    if "." not in path:
        known += [*scope.variables, *scope.sets]
    # Facts of the same role first: a shared beginning makes every two names look alike.
    beside = [one.removeprefix(f"{first}.") for one in known if one.startswith(f"{first}.")]
    near = closest(rest, beside)
    suggestion = f"{first}.{near}" if near else "" if beside else closest(name, known)
    for variable, value in at.items():
        suggestion = suggestion.replace(value, variable, 1)
    where = "".join(f", where {variable} is {value}" for variable, value in at.items())
    return UnknownNameError(f"there is no fact {name}{where}", span[0], suggestion)


def _is_choice(word: str, scope: Scope) -> bool:
    return any(word in slot.type.choices for slot in scope.facts.values())


def _slot(decl: FactDecl) -> Slot:
    return Slot(decl.type, decl.can_drift)
