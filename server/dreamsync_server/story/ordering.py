"""Ordering: which first steps have to wait, since they would spoil what is needed before them.

A goal may want a lamp dark in the end and lit on the way there. What looks back from the goal finds
both steps at once; whoever takes them as they come lights and snuffs until the oil is out. A step
waits while it makes false what a deeper part of the chain, one to be done earlier, still needs.
"""

from collections.abc import Mapping, Sequence

from dreamsync_server.story.atlas import Atlas
from dreamsync_server.story.bearing import bearing
from dreamsync_server.world.expr import reads_of


def in_order(
    atlas: Atlas, steps: Sequence[tuple[int, int]], needed: Mapping[int, int]
) -> list[int]:
    """Return the steps that may be taken now; all of them where each would spoil something.

    `steps` are (node of a trigger, depth); `needed` are leaves that hold and have to, with the
    depth down to which they do.
    """
    by_fact: dict[str, list[int]] = {}
    for leaf in needed:
        for name in reads_of(atlas.leaf[leaf][0]):
            by_fact.setdefault(name, []).append(leaf)
    good = [
        number
        for number, depth in steps
        if not any(needed[leaf] >= depth for leaf in _spoiled(atlas, number, by_fact))
    ]
    return good or [number for number, _ in steps]


def _spoiled(atlas: Atlas, number: int, by_fact: Mapping[str, Sequence[int]]) -> list[int]:
    """Return the leaves that a trigger makes false at one stroke."""
    found = []
    for way_number in atlas.ways.by_trigger[atlas.number_at[number]]:
        way = atlas.ways.ways[way_number]
        for leaf in by_fact.get(way.target, ()):
            node, wanted, _ = atlas.leaf[leaf]
            if bearing(node, not wanted, way) == "once":
                found.append(leaf)
    return found
