"""A moment of a world's past in a terminal: what a pair of eyes saw of it, in words."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dreamsync_server.cli.telling import clock_of
from dreamsync_server.world.model import Pack
from dreamsync_server.world.values import Drift

_HIDDEN: Final = ("cued.", "director.")  # counted for the story's sake


def told(moment: Mapping[str, Any], pack: Pack, lang: str) -> str:
    """Return a moment (see `gateway.lookback.drawn`) as lines for a person."""
    return "\n".join(_lines(moment, pack))


def _lines(moment: Mapping[str, Any], pack: Pack) -> Iterator[str]:
    seq = moment["position"][1]
    runs = "running" if moment["running"] else "standing still"
    yield f"{pack.id} at {clock_of(moment['ms'])} (seq {seq}, {runs}), seen by {moment['eyes']}"
    scenes = moment["cards"].get("scenes", {})
    for scene in scenes.values():
        yield f"\n  {scene['name']}: {scene.get('text', '')}".rstrip(": ")
    labels = moment["cards"].get("facts", {})
    shown = {name: value for name, value in moment["facts"].items() if _matters(name, value)}
    if shown:
        yield ""
    for name, value in shown.items():
        card = labels.get(name, {})
        yield f"  {name} = {_value(value, moment['ms'])}{_label(name, card)}"
    for choice in moment["choices"]:
        yield f"\n  to be chosen: {choice['ask']}"
    if moment["lines"]:
        yield "\n  What was last seen:"
    for line in moment["lines"]:
        who = f"{line['who_name']}: " if line.get("who_name") and line["kind"] == "said" else ""
        yield f"  {clock_of(line['ms']):>8}  {who}{line['text']}"


def _matters(name: str, value: Any) -> bool:
    if name.startswith("clock.") or name.endswith((".held", ".player")):
        return bool(value) and not name.endswith(".held")
    return not name.startswith(_HIDDEN)


def _label(name: str, card: Mapping[str, Any]) -> str:
    label = card.get("label", "")
    return f"  ({label})" if label and label != name else ""


def _value(value: Any, world_ms: int) -> str:
    if isinstance(value, Mapping) and "fine" in value:
        drift = Drift(value["fine"], value["rate"], value["since"], value["low"], value["high"])
        return str(drift.at(world_ms))
    if isinstance(value, Mapping):
        return repr(value["text"]) if value["text"] else "(nothing, or erased)"
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value) or '""'
