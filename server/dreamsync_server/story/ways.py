"""Ways: everything that can change a fact of a pack, with what has to hold for it.

A *trigger* is what sets effects off: a seat's action with its parameters, a walk, a cue, a law, a
clock, an answer. A *way* is one change that a trigger makes, with the conditions it lies under.
Proofs that something is impossible and searches for a run that reaches it read the same ways.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from dreamsync_server.story.binding import Binding, bind
from dreamsync_server.world.expr import And, Compare, Const, Fact, In, Node, reads_of
from dreamsync_server.world.model import Place, Type
from dreamsync_server.world.values import Scalar

TriggerKind = Literal["start", "act", "go", "cue", "nudge", "law", "clock", "choose", "default"]
ChangeKind = Literal["set", "add", "append", "remove", "rate", "roll", "run", "open", "any"]

NOWHERE_SPAN = (0, 0)


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition, its variables bound, that has to be `wanted`; `source` is its author's text."""

    node: Node
    wanted: bool
    source: str
    place: Place

    @property
    def reads(self) -> frozenset[str]:
        """The facts it reads."""
        return reads_of(self.node)


@dataclass(frozen=True, slots=True)
class Trigger:
    """What sets effects off. `seat` acts with the parameters `given`; guards must all hold."""

    kind: TriggerKind
    id: str
    guards: tuple[Guard, ...]
    place: Place
    seat: str = ""
    given: tuple[tuple[str, Scalar], ...] = ()

    def __str__(self) -> str:
        match self.kind:
            case "act":
                return f"action {self.id}"
            case "choose" | "default":
                return f"choice {self.id}"
            case "cue":
                return f"beat {self.id}"
            case "go":
                return "walking there"
            case "start":
                return "the opening"
            case _:
                return f"{self.kind} {self.id}"


@dataclass(frozen=True, slots=True)
class Way:
    """One change of the fact `target` by a trigger (its index), under conditions of its own.

    `value` is what is set, added, appended, removed or the rate an hour, as a tree without
    variables where they were known; None for `run`, `open` and `any`. `after` are conditions
    without which the world has ended before this: a search heeds them, a proof does not.
    """

    trigger: int
    target: str
    kind: ChangeKind
    value: Node | None
    guards: tuple[Guard, ...]
    after: tuple[Guard, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Ways:
    """All triggers of a pack and all they change; `of` are the ways by the fact they change."""

    triggers: tuple[Trigger, ...]
    ways: tuple[Way, ...]
    of: Mapping[str, tuple[int, ...]]
    by_trigger: tuple[tuple[int, ...], ...]


def index_ways(triggers: list[Trigger], ways: list[Way]) -> Ways:
    """Return triggers and ways with their indexes."""
    of: dict[str, list[int]] = {}
    by_trigger: list[list[int]] = [[] for _ in triggers]
    for number, way in enumerate(ways):
        of.setdefault(way.target, []).append(number)
        by_trigger[way.trigger].append(number)
    return Ways(
        tuple(triggers),
        tuple(ways),
        {name: tuple(numbers) for name, numbers in of.items()},
        tuple(map(tuple, by_trigger)),
    )


# --- small conditions that the engine itself puts --------------------------------------------


def const(value: Scalar | tuple[Scalar, ...], type_: Type) -> Const:
    """Return a literal."""
    return Const(value, type_, NOWHERE_SPAN)


def fact(name: str, type_: Type) -> Fact:
    """Return a fact that does not drift."""
    return Fact(name, type_, False, NOWHERE_SPAN)


def is_one_of(name: str, type_: Type, values: tuple[str, ...], place: Place) -> Guard:
    """Return the condition that a fact is one of some values."""
    read = fact(name, type_)
    if len(values) == 1:
        source = f'{name} == "{values[0]}"'
        node: Node = Compare("==", read, const(values[0], type_), (0, len(source)))
        return Guard(node, True, source, place)
    source = f"{name} in {list(values)}"
    among = const(values, Type("list", item=type_, size_max=len(values)))
    return Guard(In(read, among, (0, len(source))), True, source, place)


def is_not(name: str, type_: Type, value: Scalar, place: Place) -> Guard:
    """Return the condition that a fact is not a value."""
    source = f"{name} != {value!r}"
    node = Compare("!=", fact(name, type_), const(value, type_), (0, len(source)))
    return Guard(node, True, source, place)


def all_of(guards: tuple[Guard, ...]) -> Node:
    """Return conditions as one; all of them must be wanted true."""
    return And(tuple(guard.node for guard in guards), NOWHERE_SPAN)


def guard_of(node: Node, source: str, place: Place, names: Binding, wanted: bool = True) -> Guard:
    """Return a condition with its variables bound."""
    return Guard(bind(node, names), wanted, source, place)


def combinations(
    choices: list[tuple[str, tuple[Scalar, ...]]], most: int
) -> Iterator[dict[str, Scalar]]:
    """Yield every binding of some variables, in order; variables beyond `most` stay free."""
    used: list[tuple[str, tuple[Scalar, ...]]] = []
    count = 1
    for name, values in choices:
        if values and count * len(values) <= most:
            used.append((name, values))
            count *= len(values)
    yield from _combined(used)


def _combined(choices: list[tuple[str, tuple[Scalar, ...]]]) -> Iterator[dict[str, Scalar]]:
    if not choices:
        yield {}
        return
    *firsts, (name, values) = choices
    for others in _combined(firsts):
        for value in values:
            yield {**others, name: value}
