"""Reachable: all that the facts of a pack can ever come to be, and what can therefore never happen.

From the start every fact is what it is at the opening. A trigger whose conditions can hold widens
what it changes, until nothing widens any more. What has not become possible by then is impossible
in every run: facts are widened one by one and ints at once to the end of their range, so that this
says too much is possible, never too little. Heeded none the less is what can add to an int only so
often in a run, and what a law undoes at once. A person at the desk who overrides a condition is
not counted, nor is time: what needs more of it than a chapter has is called possible here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dreamsync_server.story.righting import AT_REST, Righted, righted_in
from dreamsync_server.story.times import sum_of
from dreamsync_server.story.ways import NOWHERE_SPAN, Guard, Trigger, Way, Ways, all_of
from dreamsync_server.world.expr import And, Node, Not
from dreamsync_server.world.intervals import Interval
from dreamsync_server.world.model import Expr, Pack, Type
from dreamsync_server.world.ranges import Known, all_it_can_be, possible
from dreamsync_server.world.state import role_of
from dreamsync_server.world.values import Scalar

_BOOL = Type("bool")
_VALUES_MAX = 256
_WIDENED_MAX = 12
"""How often an int is widened step by step before it is taken to go to the end of its range."""

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
    righted: tuple[Righted, ...] = ()
    _verdicts: dict[tuple[Node, bool], tuple[bool, str]] = field(default_factory=dict)
    _widened: dict[str, int] = field(default_factory=dict)

    def why_trigger_never(self, trigger: Trigger) -> tuple[Guard | None, str]:
        """Return the first condition of a trigger that can never hold and why."""
        guard, reason = self.why_never(trigger.guards)
        if guard is None and trigger.kind in AT_REST:
            return self._why_undone(trigger.guards)
        return guard, reason

    def _why_undone(self, guards: Sequence[Guard]) -> tuple[Guard | None, str]:
        """Return what a law undoes before anybody could find it so."""
        reads = {name for guard in guards for name in guard.reads}
        for one in self.righted:
            if not reads & one.guard.reads:
                continue
            denied = Not(one.guard.node, NOWHERE_SPAN, is_written=False)
            wanted = [guard for guard in guards if guard.reads & one.guard.reads]
            tree = And((*(guard.node for guard in wanted), denied), NOWHERE_SPAN)
            if not possible(_expr(tree, wanted[0]), self.domain).can_be_true:
                texts = " and ".join(f"`{guard.source}`" for guard in wanted)
                return wanted[0], f"{texts} never lasts: {one} undoes it at once"
        return None, ""

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
            found = self._verdicts[key] = (can, "" if can else _told(guard, verdict.reason))
        return found


def _told(guard: Guard, reason: str) -> str:
    """Return a reason, that nobody plays a role in plain words."""
    seat, _, rest = guard.source.partition(".held != ")
    return f"nobody plays {seat}" if rest == repr("nobody") else reason


def reachable(pack: Pack, ways: Ways, absent: Sequence[str] = ()) -> Reachable:
    """Return what can ever be, where nobody plays the `absent` roles."""
    count = len(ways.triggers)
    reach = Reachable(pack, ways, _at_start(pack, absent), [False] * count, [])
    reach.happens = [False] * len(ways.ways)
    reach.righted = righted_in(pack, ways)
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
        if reach.why_trigger_never(trigger)[0] is not None:
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
    if (before.low, before.high) == (type_.low, type_.high):
        return before
    after = _to_the_end(reach, way, before, type_)
    if way.kind in ("add", "set"):
        after = _as_far_as_it_adds_up(reach, way.target, before, after)
    times = reach._widened.get(way.target, 0) + (after != before)
    reach._widened[way.target] = times
    if times > _WIDENED_MAX:
        low = type_.low if after.low < before.low else after.low
        high = type_.high if after.high > before.high else after.high
        after = replace(before, low=low, high=high)
    return after


def _to_the_end(reach: Reachable, way: Way, before: Type, type_: Type) -> Type:
    """Return an int as a way leaves it, where what is added is added for ever."""
    low, high = before.low, before.high
    by = _by(reach, way)
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


def _as_far_as_it_adds_up(reach: Reachable, target: str, before: Type, after: Type) -> Type:
    """Return an int that is added to, no further than all that adds to it goes in a whole run."""
    fact, ways = reach.pack.facts[target], reach.ways
    happening = [ways.ways[n] for n in ways.of.get(target, ()) if reach.happens[n]]
    if fact.decl.can_drift or any(way.kind not in ("add", "set") for way in happening):
        return after
    added = sum_of(reach.pack, ways, target, reach.happens.__getitem__, lambda w: _by(reach, w))
    known = [_by(reach, way) for way in happening if way.kind == "set"]
    sets = [by for by in known if by is not None]
    if added is None or len(sets) < len(known) or type(fact.start) is not int:
        return after
    low = min((fact.start, *(by.low for by in sets))) + added.low
    high = max((fact.start, *(by.high for by in sets))) + added.high
    type_ = fact.decl.type
    return replace(
        before,
        low=min(before.low, max(type_.low, low)),
        high=max(before.high, min(type_.high, high)),
    )


def _by(reach: Reachable, way: Way) -> Interval | None:
    """Return all that a way can set or add, as far as is known now."""
    known: Known = None if way.value is None else all_it_can_be(way.value, reach.domain)
    return known if isinstance(known, Interval) else None


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
