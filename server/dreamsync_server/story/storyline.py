"""The storyline: how the beats of a pack lead to one another, as a graph to be drawn.

An edge goes from a beat to another where what the first does helps what the second needs, also
through the laws, clocks and choices between them. What players do between beats is not drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dreamsync_server.story.atlas import LEAF, Atlas
from dreamsync_server.story.ways import Way
from dreamsync_server.world.model import Pack

NodeKind = Literal["beat", "ending"]
_BETWEEN_MAX = 4


@dataclass(frozen=True, slots=True)
class StoryNode:
    """A beat or an ending, with the chapter it first belongs to ("" for none in particular)."""

    id: str
    kind: NodeKind
    chapter: str
    title: str
    is_manual: bool


@dataclass(frozen=True, slots=True)
class Storyline:
    """The graph; edges are (from, to) beat ids, chapters in their order with their titles."""

    chapters: tuple[str, ...]
    nodes: tuple[StoryNode, ...]
    edges: tuple[tuple[str, str], ...]
    titles: Mapping[str, str] = field(default_factory=dict)


def storyline_of(atlas: Atlas) -> Storyline:
    """Return the storyline of a pack."""
    pack = atlas.pack
    nodes = tuple(
        StoryNode(
            beat.id,
            "ending" if beat.is_ending else "beat",
            beat.chapters[0] if beat.chapters else "",
            _title(pack, beat.id),
            beat.is_manual,
        )
        for beat in pack.beats.values()
    )
    helped = _helped(atlas)
    edges = [(beat, to) for beat in pack.beats for to in _led_to(beat, helped) if to != beat]
    texts = pack.texts.get(pack.languages[0], {})
    titles = {chapter: texts.get(f"chapter.{chapter}.title", chapter) for chapter in pack.chapters}
    return Storyline(tuple(pack.chapters), nodes, tuple(edges), titles)


_Key = tuple[str, str]


def _helped(atlas: Atlas) -> dict[_Key, tuple[_Key, ...]]:
    """Return for each beat, law, clock and choice those whose conditions it helps."""
    found: dict[_Key, dict[_Key, None]] = {}
    for raised in atlas.raises.values():
        for leaf, way, how in raised:
            key = _key(atlas, way)
            if key is not None and how != "maybe":
                found.setdefault(key, {}).update(dict.fromkeys(_above(atlas, leaf)))
    for _, way in atlas.way_nodes:
        key = _key(atlas, way)
        if key is not None and way.target == "ending":
            found.setdefault(key, {})["cue", str(getattr(way.value, "value", ""))] = None
    return {key: tuple(helped) for key, helped in found.items()}


def _key(atlas: Atlas, way: Way) -> _Key | None:
    """Return what a way belongs to; None for what players do."""
    trigger = atlas.ways.triggers[way.trigger]
    if trigger.kind in ("act", "go", "start"):
        return None
    return _kind(trigger.kind), trigger.id


def _above(atlas: Atlas, leaf: int) -> list[_Key]:
    """Return what a leaf is a condition of."""
    found: dict[_Key, None] = {}
    waiting, seen = [leaf], {leaf}
    while waiting:
        number = waiting.pop()
        trigger = atlas.trigger_at.get(number)
        if trigger is not None:
            if trigger.kind not in ("act", "go", "start"):
                found[_kind(trigger.kind), trigger.id] = None
            continue
        for above in atlas.above[number]:
            if above not in seen and atlas.sorts[above] != LEAF:
                seen.add(above)
                waiting.append(above)
    return list(found)


def _led_to(beat: str, helped: dict[_Key, tuple[_Key, ...]]) -> list[str]:
    """Return the beats that a beat leads to, with no other beat between."""
    found: dict[str, None] = {}
    waiting: list[tuple[_Key, int]] = [(("cue", beat), 0)]
    seen = {("cue", beat)}
    while waiting:
        key, depth = waiting.pop(0)
        for one in helped.get(key, ()):
            if one in seen:
                continue
            seen.add(one)
            if one[0] == "cue":
                found[one[1]] = None
            elif depth < _BETWEEN_MAX:
                waiting.append((one, depth + 1))
    return list(found)


def _kind(kind: str) -> str:
    return "choose" if kind == "default" else kind


def _title(pack: Pack, beat_id: str) -> str:
    sort = "ending" if pack.beats[beat_id].is_ending else "beat"
    return pack.texts.get(pack.languages[0], {}).get(f"{sort}.{beat_id}.title", beat_id)
