"""The atlas: a pack's conditions and ways as one graph, made once and searched from any state.

Its nodes are leaves of conditions, junctions over them (all, or one of), triggers and ways. A
trigger and a way are junctions too: all their conditions must hold. From a way lead edges to the
leaves that it helps. What can never happen is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dreamsync_server.story.bearing import Bearing, bearing
from dreamsync_server.story.binding import put_for
from dreamsync_server.story.causes import causes_of
from dreamsync_server.story.goals import Goal
from dreamsync_server.story.reachable import Reachable, reachable
from dreamsync_server.story.ways import NOWHERE_SPAN, Guard, Trigger, Way, Ways, const, fact
from dreamsync_server.world.compile import Run, compile_node
from dreamsync_server.world.evaluate import constant_of
from dreamsync_server.world.expr import And, Compare, Const, Node, Not, Or, reads_of, variables_of
from dreamsync_server.world.model import Pack

CHORUS_SEATS = 3
"""Seats of each chorus that a search lets act."""

_COPIES_MAX = 2
"""How often over a fact may be set to others before it is not followed any further back."""

LEAF, ALL, ONE = 0, 1, 2
Key = tuple[Node, bool]


@dataclass(slots=True)
class Atlas:
    """The graph, by node number.

    `sorts` says LEAF, ALL or ONE; `below` are a junction's parts and `above` what a node is part
    of. A leaf has its tree, what is wanted of it and a compiled `run`. `raises` gives for a way's
    node (leaf, way, bearing) for each leaf that it helps; `trigger_at` says which trigger a node
    is.
    """

    pack: Pack
    ways: Ways
    reach: Reachable
    sorts: list[int] = field(default_factory=list)
    below: list[tuple[int, ...]] = field(default_factory=list)
    above: list[list[int]] = field(default_factory=list)
    leaf: dict[int, tuple[Node, bool, Run]] = field(default_factory=dict)
    raised_by: dict[int, list[int]] = field(default_factory=dict)
    raises: dict[int, list[tuple[int, Way, Bearing]]] = field(default_factory=dict)
    trigger_at: dict[int, Trigger] = field(default_factory=dict)
    number_at: dict[int, int] = field(default_factory=dict)  # that trigger's place in `ways`
    drifting: dict[int, tuple[str, ...]] = field(default_factory=dict)  # facts, by leaf
    way_nodes: list[tuple[int, Way]] = field(default_factory=list)
    _known: dict[Key, int] = field(default_factory=dict)

    def goal_node(self, goal: Goal) -> int:
        """Return the node that is true once a goal is reached."""
        if goal.kind == "ending":
            type_ = self.pack.facts["ending"].decl.type
            node = Compare("==", fact("ending", type_), const(goal.id, type_), NOWHERE_SPAN)
        else:
            name = f"{'did' if goal.kind == 'action' else 'cued'}.{goal.id}"
            type_ = self.pack.facts[name].decl.type
            node = Compare(">=", fact(name, type_), const(1, type_), NOWHERE_SPAN)
        known = (node, True) in self._known
        number = self.tree(node, True)
        if not known:
            _support(self, self.way_nodes, [number])
        return number

    def tree(self, node: Node, wanted: bool) -> int:
        """Return the number of a condition's node; the same condition is one node."""
        key = (node, wanted)
        number = self._known.get(key)
        if number is None:
            number = self._known[key] = self._planted(node, wanted)
        return number

    def _planted(self, node: Node, wanted: bool) -> int:
        match node:
            case Not():
                return self.tree(node.of, not wanted)
            case And() | Or():
                parts = [self.tree(item, wanted) for item in node.items]
                return self.junction(ALL if isinstance(node, And) is wanted else ONE, parts)
        if variables_of(node):
            return self.junction(ALL, [])  # what a free parameter decides is left to the doing
        if not reads_of(node):
            holds = bool(constant_of(node)) is wanted
            return self.junction(ALL if holds else ONE, [])
        number = self._add(LEAF, ())
        self.leaf[number] = (node, wanted, compile_node(node))
        drifting = [name for name in sorted(reads_of(node)) if self._can_drift(name)]
        if drifting:
            self.drifting[number] = tuple(drifting)
        return number

    def _can_drift(self, name: str) -> bool:
        found = self.pack.facts.get(name)
        return found is not None and found.decl.can_drift

    def junction(self, sort: int, parts: Sequence[int]) -> int:
        """Return a new node over others."""
        return self._add(sort, tuple(dict.fromkeys(parts)))

    def _add(self, sort: int, parts: tuple[int, ...]) -> int:
        number = len(self.sorts)
        self.sorts.append(sort)
        self.below.append(parts)
        self.above.append([])
        for part in parts:
            self.above[part].append(number)
        return number


def atlas_of(pack: Pack, absent: Sequence[str] = ()) -> Atlas:
    """Return the graph of a pack in which nobody plays the `absent` roles."""
    ways = causes_of(pack, chorus_seats=CHORUS_SEATS)
    reach = reachable(pack, ways, absent)
    atlas = Atlas(pack, ways, reach)
    triggers: dict[int, int] = {}
    for number, trigger in enumerate(ways.triggers):
        if reach.triggers[number]:
            triggers[number] = atlas.junction(ALL, _nodes(atlas, trigger.guards))
            atlas.trigger_at[triggers[number]] = trigger
            atlas.number_at[triggers[number]] = number
    for number, way in enumerate(ways.ways):
        if reach.happens[number]:
            parts = [triggers[way.trigger], *_nodes(atlas, (*way.guards, *way.after))]
            atlas.way_nodes.append((atlas.junction(ALL, parts), way))
    _support(atlas, atlas.way_nodes, sorted(atlas.leaf))
    return atlas


def _nodes(atlas: Atlas, guards: Sequence[Guard]) -> list[int]:
    return [atlas.tree(guard.node, guard.wanted) for guard in guards]


def _support(
    atlas: Atlas, ways: list[tuple[int, Way]], leaves: Sequence[int], depth: int = 0
) -> None:
    """Draw the edges from ways to the leaves that they help."""
    by_fact: dict[str, list[int]] = {}
    for number in leaves:
        for name in sorted(reads_of(atlas.leaf[number][0])):
            by_fact.setdefault(name, []).append(number)
    count = len(atlas.sorts)
    for way_node, way in ways:
        for number in by_fact.get(way.target, ()):
            node, wanted, _ = atlas.leaf[number]
            how = bearing(node, wanted, way)
            if how == "maybe" and depth < _COPIES_MAX and _is_copied(way):
                # Once the fact is set to another, the leaf says of that one what it said of it.
                assert way.value is not None, "what is set has a value"
                then = atlas.tree(put_for(node, way.target, way.value), wanted)
                helping, how = atlas.junction(ALL, [way_node, then]), "once"
            else:
                helping = way_node
            if how != "no":
                atlas.raises.setdefault(helping, []).append((number, way, how))
                atlas.raised_by.setdefault(number, []).append(helping)
    fresh = [number for number in range(count, len(atlas.sorts)) if number in atlas.leaf]
    if fresh:
        _support(atlas, ways, fresh, depth + 1)


def _is_copied(way: Way) -> bool:
    """Return whether a fact is set to what other facts say."""
    value = way.value
    if way.kind != "set" or value is None or isinstance(value, Const) or variables_of(value):
        return False
    return way.target not in reads_of(value)
