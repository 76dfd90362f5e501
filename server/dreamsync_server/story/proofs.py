"""Proofs: why a beat, ending or action can never happen, down to what would have to change."""

from dataclasses import dataclass

from dreamsync_server.story.goals import Goal, goals_of, place_of
from dreamsync_server.story.reachable import Reachable
from dreamsync_server.story.times import times_at_most
from dreamsync_server.story.ways import Guard, Trigger
from dreamsync_server.world.model import Place

_DEPTH_MAX = 3
_CHANGERS_MAX = 3
_LINES_MAX = 12


@dataclass(frozen=True, slots=True)
class Proof:
    """That a goal is impossible: where it stands, and the reason line by line, deeper ones later.

    Each line begins with two spaces for every level below the first.
    """

    goal: Goal
    place: Place
    reason: tuple[str, ...]

    def __str__(self) -> str:
        first, *others = self.reason
        return "\n".join((f"{self.place}: {self.goal} is impossible: {first}", *others))


def proofs_of(reach: Reachable) -> tuple[Proof, ...]:
    """Return the proof for every goal of the pack that nothing can ever reach."""
    return tuple(
        proof for goal in goals_of(reach.pack) if (proof := proof_of(reach, goal)) is not None
    )


def proof_of(reach: Reachable, goal: Goal) -> Proof | None:
    """Return why a goal is impossible; None where it may be possible."""
    triggers = reach.ways.triggers
    own = _triggers_of(reach, goal)
    if any(reach.triggers[number] for number in own):
        return None
    if goal.kind == "ending":
        for number in reach.ways.of.get("ending", ()):
            way = reach.ways.ways[number]
            if reach.happens[number] and _value_of(reach, number) == goal.id:
                return None
            if _value_of(reach, number) == goal.id and way.trigger not in own:
                own.append(way.trigger)
    lines: list[str] = []
    told = {str(triggers[number]) for number in own}
    if not own:
        lines.append("nobody is ever there to do it")
    for number in own[:_CHANGERS_MAX]:
        guard, reason = _first_failing(reach, number, goal)
        if guard is None:
            continue
        text = f"{reason} ({guard.place})" if guard.place.file else reason
        if text not in told:
            told.add(text)
            lines.append(text if not lines else f"nor by {triggers[number]}: {text}")
            lines.extend(_why_facts(reach, guard, reason, 1, told))
    return Proof(goal, place_of(reach.pack, goal), tuple(lines[:_LINES_MAX]))


def _triggers_of(reach: Reachable, goal: Goal) -> list[int]:
    kind = "act" if goal.kind == "action" else "cue"
    return [
        number
        for number, trigger in enumerate(reach.ways.triggers)
        if trigger.kind == kind and trigger.id == goal.id
    ]


def _value_of(reach: Reachable, way_number: int) -> object:
    return getattr(reach.ways.ways[way_number].value, "value", None)


def _first_failing(reach: Reachable, number: int, goal: Goal) -> tuple[Guard | None, str]:
    """Return what keeps a trigger, or the ending in it, from ever happening."""
    guard, reason = reach.why_trigger_never(reach.ways.triggers[number])
    if guard is not None or goal.kind != "ending":
        return guard, reason
    for way_number in reach.ways.by_trigger[number]:
        way = reach.ways.ways[way_number]
        if way.target == "ending" and _value_of(reach, way_number) == goal.id:
            guard, reason = reach.why_never(way.guards)
            if guard is not None:
                return guard, reason
    return None, ""


def _why_facts(
    reach: Reachable, guard: Guard, because: str, depth: int, told: set[str]
) -> list[str]:
    """Say of each fact that a condition reads what could change it and why that never happens."""
    if depth > _DEPTH_MAX:
        return []
    lines = []
    pad = "  " * depth
    for name in sorted(guard.reads):
        if name not in reach.domain or name in told:
            continue
        told.add(name)
        changers = reach.ways.of.get(name, ())
        if not changers and not name.endswith(".held"):
            lines.append(f"{pad}nothing ever changes {name}")
        never = _never_happening(reach, changers)
        if changers and not never and f" {name} is " in because:
            lines.extend(f"{pad}{line}" for line in _only_by(reach, name, changers))
        for trigger, why, reason in never[:_CHANGERS_MAX]:
            if str(trigger) in told:
                continue
            told.add(str(trigger))
            place = f" ({trigger.place})" if trigger.place.file else ""
            lines.append(f"{pad}{name} would be changed by {trigger}{place}, but {reason}")
            lines.extend(_why_facts(reach, why, reason, depth + 1, told))
    return lines


def _only_by(reach: Reachable, name: str, changers: tuple[int, ...]) -> list[str]:
    """Say what few things change a fact; nothing where there are many."""
    every = [reach.ways.triggers[reach.ways.ways[number].trigger] for number in changers]
    triggers = {str(trigger): trigger for trigger in every}
    if len(triggers) > _CHANGERS_MAX:
        return []
    told = []
    for text, trigger in triggers.items():
        times = times_at_most(reach.pack, reach.ways, trigger)
        often = "" if times is None else ", once" if times == 1 else f", {times} times at most"
        told.append(f"{text} ({trigger.place}{often})" if trigger.place.file else text)
    return [f"{name} is changed only by {' and '.join(told)}"]


def _never_happening(
    reach: Reachable, changers: tuple[int, ...]
) -> list[tuple[Trigger, Guard, str]]:
    """Return the triggers that would change a fact and never do, each once, with the reason."""
    ways, triggers = reach.ways.ways, reach.ways.triggers
    do = {str(triggers[ways[number].trigger]) for number in changers if reach.happens[number]}
    found: dict[str, tuple[Trigger, Guard, str]] = {}
    for number in changers:
        trigger = triggers[ways[number].trigger]
        if str(trigger) in do or str(trigger) in found:
            continue
        guard, reason = reach.why_trigger_never(trigger)
        if guard is None:
            guard, reason = reach.why_never(ways[number].guards)
        if guard is not None:
            found[str(trigger)] = (trigger, guard, reason)
    return list(found.values())
