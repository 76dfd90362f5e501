"""The chain: how far a goal is from a state, back through all that could bring it about.

A leaf that is not as wanted costs the cheapest way that helps it, a way costs its trigger and all
its conditions, and so on back to what holds now. That is a distance to the goal that falls with
every preparation, not only with the last step; and its cheapest branch ends in what can be done
now. Source: the additive heuristic of planning (Bonet and Geffner 2001) over branch distance.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from dreamsync_server.limits import DRIFT_UNIT
from dreamsync_server.story.atlas import ALL, LEAF, Atlas
from dreamsync_server.story.bearing import Bearing
from dreamsync_server.story.ordering import in_order
from dreamsync_server.story.ways import Trigger, Way
from dreamsync_server.world.evaluate import evaluate
from dreamsync_server.world.expr import Compare, Const, variables_of
from dreamsync_server.world.state import Facts
from dreamsync_server.world.values import Drift

NEVER: Final = float("inf")
SHARED: Final = 0.3
"""What each but the dearest part of a junction counts: parts often share what they cost."""
_MINUTE_MS: Final = 60_000
_MAYBE: Final = 3.0  # what a change costs that may help or not
_AGAIN: Final = 2.0  # each further step by something that happens once

Noise = Callable[[Trigger], float]
"""A factor for what a trigger costs, so that searches differ; 1 is none."""


@dataclass(frozen=True, slots=True)
class Look:
    """How far a goal is, and what could be done for it now, what was wanted first coming first.

    `cost` is NEVER where nothing known leads there any more. `is_waiting` says that some of it
    comes by itself with time.
    """

    cost: float
    moves: tuple[Trigger, ...]
    is_waiting: bool


class Chain:
    """Measures the distance of states from one goal.

    `is_ordered` lets first steps wait that would spoil what is needed before them.
    """

    def __init__(
        self, atlas: Atlas, goal_node: int, *, has_desk: bool = False, is_ordered: bool = True
    ) -> None:
        self._atlas = atlas
        self._goal = goal_node
        self._has_desk = has_desk
        self._is_ordered = is_ordered

    def look(self, facts: Facts, noise: Noise) -> Look:
        """Look at a goal from a state."""
        search = _Search(self._atlas, facts, noise, self._has_desk)
        cost = search.cost_of(self._goal)
        if cost is NEVER:
            return Look(NEVER, (), False)
        moves, is_waiting = search.first_steps(self._goal, is_ordered=self._is_ordered)
        return Look(cost, moves, is_waiting)


class _Search:
    """One look: costs from what holds now up to the goal, over what bears on it alone."""

    def __init__(self, atlas: Atlas, facts: Facts, noise: Noise, has_desk: bool) -> None:
        self._atlas = atlas
        self._facts = facts
        self._noise = noise
        self._has_desk = has_desk
        self._cost: dict[int, float] = {}
        self._via: dict[int, int] = {}
        self._parts: dict[int, tuple[float, float]] = {}  # sum and most of a junction's parts

    def cost_of(self, goal: int) -> float:
        """Return the cost of a node; NEVER where nothing leads there."""
        raises, cost, via = self._atlas.raises, self._cost, self._via
        missing, free, heap = self._relevant(goal)
        while free or heap:
            if free:
                here, number, by = 0.0, free.pop(), -1
            else:
                here, number, by = heapq.heappop(heap)
            if number in cost:
                continue
            cost[number] = here
            via[number] = by
            if number == goal:
                return here
            self._rise(number, here, missing, heap)
            for leaf, way, how in raises.get(number, ()):
                if leaf in missing and leaf not in cost:
                    step = self._steps(leaf, way, how)
                    heapq.heappush(heap, (here + step, leaf, number))
        return NEVER

    def _rise(
        self, number: int, here: float, missing: dict[int, int], heap: list[tuple[float, int, int]]
    ) -> None:
        """Pass a node's cost on to what it is part of."""
        atlas, parts, cost = self._atlas, self._parts, self._cost
        for above in atlas.above[number]:
            left = missing.get(above, 0)
            if left == 0 or above in cost:
                continue
            if atlas.sorts[above] != ALL:
                heapq.heappush(heap, (here, above, number))
                continue
            if here:
                total, most = parts.get(above, (0.0, 0.0))
                parts[above] = (total + here, max(most, here))
            missing[above] = left - 1
            if left == 1:
                own = self._own_cost(above)
                if own is not NEVER:
                    total, most = parts.get(above, (0.0, 0.0))
                    whole = own + most + SHARED * (total - most)
                    heapq.heappush(heap, (whole, above, number))

    def first_steps(self, goal: int, *, is_ordered: bool) -> tuple[tuple[Trigger, ...], bool]:
        """Return the triggers on the cheapest branch whose conditions all hold now."""
        atlas = self._atlas
        steps: dict[int, int] = {}  # a trigger's node -> how many changes lie before it
        needed: dict[int, int] = {}  # leaves that hold and have to, in the same way
        is_waiting = False
        waiting, seen = [(goal, 0)], {goal}
        while waiting:
            number, depth = waiting.pop()
            trigger = atlas.trigger_at.get(number)
            if trigger is not None and all(self._cost[part] == 0 for part in atlas.below[number]):
                if trigger.kind in ("act", "go", "cue", "choose"):
                    steps[number] = depth
                else:
                    is_waiting = True
                continue
            if atlas.sorts[number] == ALL:
                parts = [part for part in atlas.below[number] if self._cost[part] > 0]
                self._keep(number, depth, needed)
            else:
                parts = [self._via[number]] if self._via[number] >= 0 else []
                depth += atlas.sorts[number] == LEAF
            for part in reversed(parts):
                if part not in seen:
                    seen.add(part)
                    waiting.append((part, depth))
        now = in_order(atlas, list(steps.items()), needed) if is_ordered else list(steps)
        return tuple(dict.fromkeys(atlas.trigger_at[number] for number in now)), is_waiting

    def _keep(self, number: int, depth: int, needed: dict[int, int]) -> None:
        """Note what a junction that is not complete yet has and must keep till then."""
        for part in self._atlas.below[number]:
            if self._cost[part] > 0:
                continue
            if self._atlas.sorts[part] == LEAF:
                needed[part] = max(depth, needed.get(part, 0))
            elif self._atlas.sorts[part] == ALL:
                self._keep(part, depth, needed)

    def _relevant(
        self, goal: int
    ) -> tuple[dict[int, int], list[int], list[tuple[float, int, int]]]:
        """Return what bears on the goal, with how many parts each still misses, and what holds.

        What holds comes as a list of what costs nothing and a heap of the rest.
        """
        atlas, facts = self._atlas, self._facts
        missing: dict[int, int] = {}
        free: list[int] = []
        heap: list[tuple[float, int, int]] = []
        waiting = [goal]
        while waiting:
            number = waiting.pop()
            if number in missing:
                continue
            if atlas.sorts[number] == LEAF:
                _, wanted, run = atlas.leaf[number]
                missing[number] = 1
                if bool(run(facts, {})) is wanted:
                    free.append(number)
                else:
                    self._drifts(number, heap)
                    waiting.extend(atlas.raised_by.get(number, ()))
                continue
            parts = atlas.below[number]
            missing[number] = len(parts)
            if not parts and atlas.sorts[number] == ALL:
                own = self._own_cost(number)
                if own is not NEVER:
                    heap.append((own, number, -1))
            waiting.extend(parts)
        heapq.heapify(heap)
        return missing, free, heap

    def _drifts(self, leaf: int, heap: list[tuple[float, int, int]]) -> None:
        """Note what time alone brings: a drifting fact that moves may come there."""
        for name in self._atlas.drifting.get(leaf, ()):
            value = self._facts.get(name)
            if type(value) is Drift and value.rate:
                unit_ms = DRIFT_UNIT // abs(value.rate)
                gap = self._gap(leaf)
                heap.append((max(1, gap) * unit_ms / _MINUTE_MS + _MAYBE, leaf, -1))

    # --- what things cost ------------------------------------------------------------------

    def _own_cost(self, number: int) -> float:
        trigger = self._atlas.trigger_at.get(number)
        if trigger is None:
            return 0.0
        cost = self._cost_of_trigger(trigger)
        return NEVER if cost is NEVER else cost * self._noise(trigger)

    def _cost_of_trigger(self, trigger: Trigger) -> float:
        pack, facts = self._atlas.pack, self._facts
        match trigger.kind:
            case "act":
                action = pack.actions[trigger.id]
                if action.times_max:
                    done = facts.get(f"@times.{trigger.seat}.{action.id}", 0)
                    if _int(done) >= action.times_max:
                        return NEVER
                free_ms = _int(facts.get(f"@cool.{trigger.seat}.{action.id}", 0))
                return 1 + max(0, free_ms - facts.ms) / _MINUTE_MS
            case "cue":
                beat = pack.beats[trigger.id]
                if beat.times_max and _int(facts[f"cued.{beat.id}"]) >= beat.times_max:
                    return NEVER
                if beat.is_manual and not self._has_desk:
                    return NEVER
                return 1.5 if beat.is_manual else 1.0
            case "law":
                law = pack.laws[trigger.id]
                if facts.get(f"@law.{law.id}"):
                    return NEVER if law.is_once else _AGAIN
                return 0.1
            case "clock":
                clock = pack.clocks[trigger.id]
                ends_ms = _int(facts[f"clock.{clock.id}"])
                left_ms = ends_ms - facts.ms if ends_ms else clock.length_ms
                return 0.2 + left_ms / _MINUTE_MS
            case "default":
                return 0.5 + pack.choices[trigger.id].within_ms / _MINUTE_MS
            case "start":
                return NEVER
            case _:
                return 0.5

    def _steps(self, leaf: int, way: Way, how: Bearing) -> float:
        """Return what it costs beyond the first time to bring a leaf about by a way."""
        if how == "once":
            return 0.0
        if how == "maybe":
            return _MAYBE
        by = abs(self._amount(way)) or 1
        times = -(-self._gap(leaf) // by)
        return (times - 1) * self._repeat_cost(way)

    def _repeat_cost(self, way: Way) -> float:
        trigger = self._atlas.ways.triggers[way.trigger]
        pack = self._atlas.pack
        if trigger.kind == "act":
            return 1 + pack.actions[trigger.id].cooldown_ms / _MINUTE_MS
        if trigger.kind == "clock" and pack.clocks[trigger.id].repeats:
            return pack.clocks[trigger.id].length_ms / _MINUTE_MS
        return _AGAIN

    def _amount(self, way: Way) -> int:
        value = way.value
        if way.kind != "add" or value is None:
            return 1
        if not isinstance(value, Const) and variables_of(value):
            return 1
        return int(evaluate(value, self._facts, {}))

    def _gap(self, leaf: int) -> int:
        node, _, _ = self._atlas.leaf[leaf]
        if not isinstance(node, Compare) or node.left.type.kind != "int":
            return 1
        if node.right.type.kind != "int":
            return 1
        a = evaluate(node.left, self._facts, {})
        b = evaluate(node.right, self._facts, {})
        return max(1, abs(int(a) - int(b)))


def _int(value: Any) -> int:
    return value if type(value) is int else 0
