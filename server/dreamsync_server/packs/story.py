"""Laws, beats, endings and chapters."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from dreamsync_server.limits import BEATS_MAX
from dreamsync_server.packs.context import Context, Said
from dreamsync_server.packs.effects import read_effects
from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.sections import Entry, Sections
from dreamsync_server.packs.shape import Shape, kind_of, read_int
from dreamsync_server.packs.words import ALL, read_audience
from dreamsync_server.packs.yaml import Leaf, Node, Row
from dreamsync_server.world.effects import Tell
from dreamsync_server.world.model import Beat, Chapter, Law

_ABSENT = ("understudy", "go", "wait")
_TENSION_MAX = 10
_CHAPTER_S_MAX = 24 * 3600


def build_laws(context: Context, sections: Sections) -> Mapping[str, Law]:
    """Build every law; one whose condition has a fault is left out."""
    laws = {}
    bound = context.bound()
    for entry in sections.entries("laws"):
        shape = Shape(entry.node, f"law '{entry.id}'", context.faults)
        when = context.condition(shape.node("when", required=True), bound, shape.what)
        is_once = shape.flag("once", False)
        effects = read_effects(context, bound.where(when), shape.node("do", required=True))
        shape.close()
        if when is not None:
            laws[entry.id] = Law(entry.id, when, is_once, effects, entry.key.place)
    return laws


def build_beats(context: Context, sections: Sections) -> Mapping[str, Beat]:
    """Build every beat, then every ending."""
    beats: dict[str, Beat] = {}
    for section in ("beats", "endings"):
        for entry in sections.entries(section):
            if len(beats) >= BEATS_MAX:
                place = entry.key.place
                context.faults.add("too_many", place, f"more than {BEATS_MAX} beats")
                return beats
            beats[entry.id] = _build_beat(context, entry, section.removesuffix("s"))
    return beats


def _build_beat(context: Context, entry: Entry, kind: str) -> Beat:
    faults, names = context.faults, context.names
    shape = Shape(entry.node, f"{kind} '{entry.id}'", faults)
    bound = context.bound()
    when = context.condition(shape.node("when"), bound, shape.what)
    bound = replace(bound.where(when), is_ending=kind == "ending")
    chapters = names.find_all(
        shape.leaves("chapters", "chapters"), "chapters", f"'chapters' of {shape.what}", faults
    )
    leads = names.find_all(
        shape.leaves("leads", "roles"), "persons", f"'leads' of {shape.what}", faults
    )
    absent = _read_absent(shape, leads, faults)
    to = read_audience(context, bound, shape, has_speaker=False, default=ALL)
    key = f"{kind}.{entry.id}.text"
    context.said.append(Said(key, entry.key.place, frozenset()))
    told = Tell(key, to or ALL, (), entry.key.place)
    slope: Literal["up", "down", "hold"] = shape.word(  # type: ignore[assignment]
        "slope", "hold", ("up", "down", "hold")
    )
    beat = Beat(
        id=entry.id,
        when=when,
        chapters=chapters,
        times_max=shape.integer("times", 1, 0),
        every_ms=shape.duration_ms("every", 0),
        leads=leads,
        absent=absent,
        slope=slope,
        intrusion=shape.integer("intrusion", 0, 0, 10),
        weight=shape.integer("weight", 10, 0, 1_000),
        is_manual=shape.flag("manual", False),
        is_ending=kind == "ending",
        effects=(told, *read_effects(context, bound, shape.node("do"))),
        place=entry.key.place,
        tension=0,
    )
    tension = shape.integer("tension", tension_of(beat), -_TENSION_MAX, _TENSION_MAX)
    if not beat.is_ending and shape.has("undo"):
        beat = replace(beat, undo=read_effects(context, bound, shape.node("undo")))
    is_sought = beat.is_ending and shape.flag("sought", not beat.is_manual)
    beat = replace(beat, tension=tension, is_sought=is_sought)
    shape.close()
    return beat


def tension_of(beat: Beat) -> int:
    """Return what a beat does to tension where it does not say: by its slope and intrusion."""
    rise = {"up": 3, "hold": 0, "down": -3}[beat.slope]
    return rise + beat.intrusion // 2 if rise > 0 else rise


def build_chapters(sections: Sections, faults: Faults) -> Mapping[str, Chapter]:
    """Build every chapter; the world starts in the first."""
    chapters = {}
    for entry in sections.entries("chapters"):
        shape = Shape(entry.node, f"chapter '{entry.id}'", faults)
        points = [_read_point(node, shape) for node in shape.items("curve")]
        shape.close()
        curve = tuple(point for point in points if point is not None)
        for (before, _), (after, _), node in zip(
            curve, curve[1:], shape.items("curve")[1:], strict=False
        ):
            if after <= before:
                what = f"the curve of {shape.what} goes back in time"
                faults.add("out_of_bounds", node.place, what)
                break
        chapters[entry.id] = Chapter(entry.id, curve, entry.key.place)
    return chapters


def _read_absent(shape: Shape, leads: tuple[str, ...], faults: Faults) -> Mapping[str, str]:
    absent = {}
    for key, node in shape.table("absent"):
        if key.text not in leads:
            if key.text not in faults.broken:
                what = f"'absent' of {shape.what}: '{key.text}' is not among its leads"
                faults.add("unknown_id", key.place, what)
        elif not isinstance(node, Leaf) or node.text not in _ABSENT:
            what = f"who is absent: one of {', '.join(_ABSENT)}, not {kind_of(node)}"
            faults.add("unknown_word", node.place, what)
        else:
            absent[key.text] = node.text
    return absent


def _read_point(node: Node, shape: Shape) -> tuple[int, int] | None:
    what = f"a point of the curve of {shape.what}"
    if not isinstance(node, Row) or len(node.items) != 2:
        said = f"{what} is [seconds, tension 0 to {_TENSION_MAX}], not {kind_of(node)}"
        shape.faults.add("wrong_kind", node.place, said)
        return None
    at = read_int(node.items[0], f"the second of {what}", shape.faults, 0, _CHAPTER_S_MAX)
    tension = read_int(node.items[1], f"the tension of {what}", shape.faults, 0, _TENSION_MAX)
    return None if at is None or tension is None else (at, tension)
