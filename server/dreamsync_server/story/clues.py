"""Clues: whether what a beat or ending needs can come about in more than one way.

Source: the three-clue rule of tabletop play (J. Alexander, 2008): players miss one clue, overlook
the second and misread the third, so that whatever must become true should have three ways to.
"""

from dataclasses import dataclass
from typing import Final

from dreamsync_server.story.atlas import ALL, LEAF, Atlas
from dreamsync_server.world.expr import Node, reads_of
from dreamsync_server.world.model import Beat, Place
from dreamsync_server.world.state import Facts

CLUES_WANTED: Final = 3


@dataclass(frozen=True, slots=True)
class Advice:
    """A part of a beat's condition that few things can make true; `ways` says which."""

    beat: str
    leaf: str
    place: Place
    ways: tuple[str, ...]

    def __str__(self) -> str:
        ways = " and ".join(self.ways) or "nothing that is known"
        return f"{self.place}: {self.beat} needs `{self.leaf}`, which only {ways} can bring about"


def advice_of(atlas: Atlas, opening: Facts) -> tuple[Advice, ...]:
    """Return what has fewer than three ways to become true and is not true at the opening."""
    found = []
    for beat in atlas.pack.beats.values():
        if beat.when is None or beat.is_manual:
            continue
        for number in _needed(atlas, atlas.tree(beat.when.node, True)):
            node, wanted, run = atlas.leaf[number]
            if bool(run(opening, {})) is wanted or not _is_of_pack(atlas, node):
                continue
            ways = _ways(atlas, number)
            if len(ways) < CLUES_WANTED:
                names = tuple(dict.fromkeys(name for name, _ in ways))
                found.append(Advice(beat.id, _text(beat, node), beat.place, names))
    return tuple(found)


def _ways(atlas: Atlas, leaf: int) -> list[tuple[str, object]]:
    """Return what can bring a leaf about, each with what is given; whose seat it is counts not."""
    helping = frozenset(atlas.raised_by.get(leaf, ()))
    triggers = (
        atlas.ways.triggers[way.trigger] for node, way in atlas.way_nodes if node in helping
    )
    return list(dict.fromkeys((str(trigger), trigger.given) for trigger in triggers))


def _needed(atlas: Atlas, number: int) -> list[int]:
    """Return the leaves that a condition cannot do without."""
    if atlas.sorts[number] == LEAF:
        return [number]
    if atlas.sorts[number] != ALL:
        return []
    return [leaf for part in atlas.below[number] for leaf in _needed(atlas, part)]


def _is_of_pack(atlas: Atlas, node: Node) -> bool:
    """Return whether a leaf reads facts that the author declared and time alone does not move."""
    decls = [atlas.pack.facts[name].decl for name in sorted(reads_of(node))]
    return all(decl.place.file and not decl.can_drift for decl in decls)


def _text(beat: Beat, node: Node) -> str:
    assert beat.when is not None, "only conditions have leaves"
    return beat.when.source[slice(*node.span)]
