"""Reachable: all that the facts of a pack can ever come to be, and what can therefore never happen.

From the start every fact is what it is at the opening. A trigger whose conditions can hold widens
what it changes, until nothing widens any more. What has not become possible by then is impossible
in every run: facts are widened one by one and ints at once to the end of their range, so that this
says too much is possible, never too little. A person at the desk who overrides a condition is not
counted, nor is time: what needs more of it than a chapter has is called possible here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dreamsync_server.story.ways import Guard, Trigger, Way, Ways, all_of
from dreamsync_server.world.expr import Node
from dreamsync_server.world.intervals import Interval
from dreamsync_server.world.model import Expr, Pack, Type
from dreamsync_server.world.ranges import Known, all_it_can_be, possible
from dreamsync_server.world.state import role_of
from dreamsync_server.world.values import Scalar

_BOOL = Type("bool")
_VALUES_MAX = 256

Known_ = Type | tuple[Scalar, ...]


@dataclass(slots=True)
class Reachable:
    """What can ever be: `domain` by fact (facts that are not in it may be all of their type).

    `triggers` and `ways` say of each, by index, whether it can ever happen.
    """

    pack: Pack
    ways: Ways
    domain: dict[str, Known_]
    triggers: list[bool]
    happens: list[bool]
    _verdicts: dict[tuple[Node, bool], tuple[bool, str]] = field(default_factory=dict)

    def why_never(self, guards: Sequence[Guard]) -> tuple[Guard | None, str]:
        """Return the first condition that can never hold and why; (None, "") where all can.

        Where each can but not all together, the reason says so, with the first of them.
        """
        for guard in guards:
            can, reason = self._can_hold(guard)
            if not can:
                return guard, reason
        wanted = tuple(guard for guard in guards if guard.wanted)
        if len(wanted) > 1:
            verdict = possible(_expr(all_of(wanted), wanted[0]), self.domain)
            if not verdict.can_be_true:
                texts = " and ".join(f"`{guard.source}`" for guard in wanted)
                return wanted[0], f"{texts} cannot hold together"
        return None, ""

    def _can_hold(self, guard: Guard) -> tuple[bool, str]:
        key = (guard.node, guard.wanted)
        found = self._verdicts.get(key)
        if found is None:
            verdict = possible(_expr(guard.node, guard), self.domain)
            can = verdict.can_be_true if guard.wanted else verdict.can_be_false
            found = self._verdicts[key] = (can, "" if can else verdict.reason)
        return found


def reachable(pack: Pack, ways: Ways, absent: Sequence[str] = ()) -> Reachable:
    """Return what can ever be, where nobody plays the `absent` roles."""
    count = len(ways.triggers)
    reach = Reachable(pack, ways, _at_start(pack, absent), [False] * count, [])
    reach.happens = [False] * len(ways.ways)
    waiting = list(range(count))
    readers = _readers(ways)
    while waiting:
        changed: dict[str, None] = {}
        reach._verdicts.clear()
        for number in waiting:
            _look_at(reach, number, changed)
        again = {number for name in changed for number in readers.get(name, ())}
        waiting = sorted(again)
    reach._verdicts.clear()
    return reach


def _look_at(reach: Reachable, number: int, changed: dict[str, None]) -> None:
    """Let a trigger widen what it can."""
    trigger = reach.ways.triggers[number]
    if not reach.triggers[number]:
        if reach.why_never(trigger.guards)[0] is not None:
            return
        reach.triggers[number] = True
    for way_number in reach.ways.by_trigger[number]:
        way = reach.ways.ways[way_number]
        if not reach.happens[way_number]:
            if reach.why_never(way.guards)[0] is not None:
                continue
            reach.happens[way_number] = True
        if _widen(reach, way):
            changed[way.target] = None


def _readers(ways: Ways) -> dict[str, list[int]]:
    """Return, by fact, the triggers to look at again when it is widened."""
    found: dict[str, dict[int, None]] = {}
    for number, trigger in enumerate(ways.triggers):
        for name in sorted(_reads(trigger, ways, number)):
            found.setdefault(name, {})[number] = None
    return {name: list(numbers) for name, numbers in found.items()}


def _reads(trigger: Trigger, ways: Ways, number: int) -> set[str]:
    reads = {name for guard in trigger.guards for name in guard.reads}
    for way_number in ways.by_trigger[number]:
        way = ways.ways[way_number]
        reads |= {name for guard in way.guards for name in guard.reads}
        if way.value is not None:
            reads |= Guard(way.value, True, "", way.place).reads
    return reads


# --- what a fact can be ------------------------------------------------------------------------


def _at_start(pack: Pack, absent: Sequence[str]) -> dict[str, Known_]:
    """Return what each fact is at the opening; those that the engine keeps may be anything."""
    domain: dict[str, Known_] = {"paused": (False, True)}
    for name, fact in pack.facts.items():
        type_, start = fact.decl.type, fact.start
        last = name.rpartition(".")[2]
        if name == "paused" or name.startswith("director.") or type_.kind == "text":
            continue  # kept by the engine, whatever the pack says
        if name == f"{'.'.join(fact.decl.of)}.{last}" and last == "held":
            domain[name] = _holders(pack, role_of(name), absent)
        elif type_.kind == "list":
            items = tuple(dict.fromkeys(start)) if isinstance(start, tuple) else ()
            domain[name] = _list_of(type_, items, len(items))
        elif type_.kind == "int" and isinstance(start, int):
            low, high = start, start
            if fact.decl.rate:
                low, high = _end(type_, start, start, fact.decl.rate)
            domain[name] = replace(type_, low=low, high=high)
        elif isinstance(start, bool | str):
            domain[name] = (start,)
    for clock in pack.clocks.values():
        if clock.starts_at_once:
            domain[f"clock.{clock.id}"] = pack.facts[f"clock.{clock.id}"].decl.type
    return domain


def _holders(pack: Pack, role: str, absent: Sequence[str]) -> tuple[Scalar, ...]:
    if role in absent:
        return ("nobody",)
    if pack.roles[role].is_open:
        return ("nobody", "player", "understudy")
    return ("understudy", "nobody")


def _list_of(type_: Type, items: tuple[Scalar, ...], size: int) -> Type:
    item = type_.item
    if item is None or item.kind != "choice":
        return replace(type_, size_max=max(size, type_.size_max if items else size))
    words = tuple(str(one) for one in items)
    return replace(type_, item=replace(item, choices=words), size_max=size)


def _end(type_: Type, low: int, high: int, sign: int) -> tuple[int, int]:
    """Return an interval widened to the end of the type's range, up or down."""
    return (low, max(high, type_.high)) if sign > 0 else (min(low, type_.low), high)


def _widen(reach: Reachable, way: Way) -> bool:
    """Let a fact be what a way makes of it; return whether that is new."""
    before = reach.domain.get(way.target)
    fact = reach.pack.facts.get(way.target)
    if before is None or fact is None:
        return False
    type_ = fact.decl.type
    match before:
        case tuple():
            after: Known_ | None = _more_values(reach, way, before, type_)
        case Type(kind="int"):
            after = _more_ints(reach, way, before, type_)
        case _:
            after = _more_items(reach, way, before, type_)
    if after == before:
        return False
    if after is None:
        del reach.domain[way.target]
    else:
        reach.domain[way.target] = after
    return True


def _more_values(
    reach: Reachable, way: Way, before: tuple[Scalar, ...], type_: Type
) -> Known_ | None:
    known = None if way.value is None else all_it_can_be(way.value, reach.domain)
    if not isinstance(known, frozenset):
        return None
    after = tuple(dict.fromkeys((*before, *sorted(known, key=str))))
    return after if len(after) <= _VALUES_MAX else None


def _more_ints(reach: Reachable, way: Way, before: Type, type_: Type) -> Type:
    low, high = before.low, before.high
    known: Known = None if way.value is None else all_it_can_be(way.value, reach.domain)
    by = known if isinstance(known, Interval) else None
    match way.kind:
        case "set" if by is not None:
            low = min(low, max(by.low, type_.low))
            high = max(high, min(by.high, type_.high))
        case "roll":
            low, high = min(low, max(1, type_.low)), type_.high
            if by is not None:
                high = max(before.high, min(by.high, type_.high))
        case "add" | "rate" if by is not None:
            if by.high > 0:
                low, high = _end(type_, low, high, 1)
            if by.low < 0:
                low, high = _end(type_, low, high, -1)
        case _:
            low, high = type_.low, type_.high
    return replace(before, low=low, high=high)


def _more_items(reach: Reachable, way: Way, before: Type, type_: Type) -> Known_ | None:
    if way.kind == "remove":
        return before
    known = None if way.value is None else all_it_can_be(way.value, reach.domain)
    if way.kind != "append" or not isinstance(known, frozenset) or before.item is None:
        return None
    items = tuple(dict.fromkeys((*before.item.choices, *sorted(known, key=str))))
    return _list_of(type_, items, type_.size_max)


def _expr(node: Node, guard: Guard) -> Expr:
    """Return a tree as what the range analysis takes; it is never run."""
    return Expr(guard.source, guard.place, _BOOL, guard.reads, 0, _never_run, node)


def _never_run(facts: object, names: object) -> bool:
    raise AssertionError("only its tree is looked at")
