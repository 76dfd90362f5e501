"""Nudges: the director's other means, in the pack's own words and with its own effects."""

from collections.abc import Mapping

from dreamsync_server.packs.context import Context, Said
from dreamsync_server.packs.effects import read_effects
from dreamsync_server.packs.sections import Entry, Sections
from dreamsync_server.packs.shape import Shape
from dreamsync_server.world.memory import TENSION_MAX
from dreamsync_server.world.model import Nudge, NudgeKind

KINDS = ("hint", "cause", "deny", "bridge", "rescue", "elsewhere")
_LASTS_MS = 60_000


def build_nudges(context: Context, sections: Sections) -> Mapping[str, Nudge]:
    """Build every nudge."""
    return {entry.id: _build(context, entry) for entry in sections.entries("nudges")}


def _build(context: Context, entry: Entry) -> Nudge:
    faults, names = context.faults, context.names
    shape = Shape(entry.node, f"nudge '{entry.id}'", faults)
    bound = context.bound()
    kind: NudgeKind = shape.word("kind", "hint", KINDS, required=True)  # type: ignore[assignment]
    when = context.condition(shape.node("when"), bound, shape.what)
    bound = bound.where(when)

    def ids(key: str, sort: str, singular: str) -> tuple[str, ...]:
        leaves = shape.leaves(key, singular)
        return names.find_all(leaves, sort, f"'{key}' of {shape.what}", faults)

    actions = ids("actions", "actions", "actions")
    if kind == "deny" and not actions:
        what = f"{shape.what} denies nothing: it needs 'actions'"
        faults.add("missing_key", shape.place, what)
    endings = ids("endings", "endings", "endings")
    if endings and kind != "elsewhere":
        what = f"only what comes from elsewhere tells of endings: {shape.what} is a {kind}"
        faults.add("unknown_key", shape.key_place("endings"), what)
    nudge = Nudge(
        id=entry.id,
        kind=kind,
        when=when,
        chapters=ids("chapters", "chapters", "chapters"),
        roles=ids("for", "persons", "roles"),
        actions=actions,
        toward=ids("toward", "beats", "beats"),
        times_max=shape.integer("times", 1, 0),
        every_ms=shape.duration_ms("every", 0),
        lasts_ms=shape.duration_ms("lasts", _LASTS_MS),
        weight=shape.integer("weight", 10, 0, 1_000),
        tension=shape.integer("tension", 0, -TENSION_MAX, TENSION_MAX),
        effects=read_effects(context, bound, shape.node("do")),
        place=entry.key.place,
        undo=read_effects(context, bound, shape.node("undo")) if shape.has("undo") else None,
        endings=endings,
    )
    shape.close()
    filled = frozenset(("ending",) if kind == "elsewhere" else ())
    context.said.append(Said(f"nudge.{entry.id}.text", entry.key.place, filled))
    return nudge
