"""Clues: whether what a beat or ending needs can come about in more than one way.

Source: the three-clue rule of tabletop play (J. Alexander, 2008): players miss one clue, overlook
the second and misread the third, so that whatever must become true should have three ways to.
"""

from dataclasses import dataclass
from typing import Final

from dreamsync_server.story.atlas import ALL, LEAF, Atlas
from dreamsync_server.story.proofs import proofs_of
from dreamsync_server.story.ways import Trigger
from dreamsync_server.world.expr import Fact, Node, reads_of
from dreamsync_server.world.model import Beat, Place
from dreamsync_server.world.state import Facts

CLUES_WANTED: Final = 3
_OF_PLAYERS: Final = ("act", "choose", "default")


@dataclass(frozen=True, slots=True)
class Advice:
    """A part of a beat's condition that few things can make true; `ways` names them.

    `count` is how many ways those are: the same action with another parameter is another one.
    """

    beat: str
    leaf: str
    place: Place
    ways: tuple[str, ...]
    count: int

    def __str__(self) -> str:
        by = f"only {' and '.join(self.ways)}" if self.ways else "nothing"
        count = f"{self.count} way{'' if self.count == 1 else 's'}, {CLUES_WANTED} wanted"
        return (
            f"{self.place}: {self.beat} needs `{self.leaf}`, which {by} can bring about ({count})"
        )


def advice_of(atlas: Atlas, opening: Facts) -> tuple[Advice, ...]:
    """Return what only players can make true, in fewer than three ways, and is not at the opening.

    The same action with other parameters is another way; done by another role it is the same. Of
    what is impossible a proof says more.
    """
    found = []
    impossible = {proof.goal.id for proof in proofs_of(atlas.reach) if proof.goal.kind != "action"}
    for beat in atlas.pack.beats.values():
        if beat.when is None or beat.is_manual or beat.id in impossible:
            continue
        for number in _needed(atlas, atlas.tree(beat.when.node, True)):
            node, wanted, run = atlas.leaf[number]
            if bool(run(opening, {})) is wanted or not _is_of_pack(atlas, node):
                continue
            triggers = _triggers(atlas, number)
            if any(trigger.kind not in _OF_PLAYERS for trigger in triggers):
                continue  # it comes by itself, or by the story
            ways = dict.fromkeys((str(trigger), trigger.given) for trigger in triggers)
            if len(ways) < CLUES_WANTED:
                names = tuple(dict.fromkeys(name for name, _ in ways))
                text = _text(beat, node, wanted)
                found.append(Advice(beat.id, text, beat.place, names, len(ways)))
    return tuple(found)


def _triggers(atlas: Atlas, leaf: int) -> list[Trigger]:
    """Return what can bring a leaf about."""
    return [
        atlas.ways.triggers[way.trigger]
        for helping in atlas.raised_by.get(leaf, ())
        for raised, way, _ in atlas.raises[helping]
        if raised == leaf
    ]


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


def _text(beat: Beat, node: Node, wanted: bool) -> str:
    assert beat.when is not None, "only conditions have leaves"
    text = beat.when.source[slice(*node.span)]
    return text if wanted else f"not {text}" if isinstance(node, Fact) else f"not ({text})"
