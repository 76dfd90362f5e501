"""Never: what of a pack, beside its goals, no run ever comes to: laws, clocks, answers, scenes."""

from dataclasses import dataclass
from typing import Final

from dreamsync_server.story.reachable import Reachable
from dreamsync_server.story.ways import Trigger
from dreamsync_server.world.model import Place
from dreamsync_server.world.ranges import all_it_can_be

_KINDS: Final = frozenset(("law", "nudge", "clock", "choose", "default"))


@dataclass(frozen=True, slots=True)
class Never:
    """A part of a pack that never happens, in the pack's words (`law key_turns`), and why."""

    what: str
    place: Place
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}: never, because {self.reason}"


def never_of(reach: Reachable) -> tuple[Never, ...]:
    """Return what can never happen beside beats, endings and actions, in the pack's order."""
    by_name: dict[str, list[int]] = {}
    for number, trigger in enumerate(reach.ways.triggers):
        if trigger.kind in _KINDS:
            by_name.setdefault(_name_of(trigger), []).append(number)
    found = [
        Never(name, reach.ways.triggers[numbers[0]].place, _why(reach, numbers[0]))
        for name, numbers in by_name.items()
        if not any(reach.triggers[number] for number in numbers)
    ]
    return (*found, *_chapters(reach), *_scenes(reach))


def _name_of(trigger: Trigger) -> str:
    if trigger.kind in ("choose", "default"):
        option = dict(trigger.given).get("option")
        return f"answer {trigger.id}.{option}" if option else f"the default of {trigger.id}"
    return f"{trigger.kind} {trigger.id}"


def _why(reach: Reachable, number: int) -> str:
    trigger = reach.ways.triggers[number]
    guard, reason = reach.why_trigger_never(trigger)
    if guard is not None and trigger.id in guard.source.partition("!=")[0]:
        if trigger.kind == "clock":
            return "nothing ever starts it"
        if trigger.kind in ("choose", "default"):
            return "nothing ever offers it"
    return reason


def _chapters(reach: Reachable) -> list[Never]:
    known = reach.domain.get("chapter")
    if not isinstance(known, tuple):
        return []
    return [
        Never(f"chapter {chapter.id}", chapter.place, "nothing ever turns to it")
        for chapter in reach.pack.chapters.values()
        if chapter.id not in known
    ]


def _scenes(reach: Reachable) -> list[Never]:
    known: set[object] = set()
    for role in reach.pack.roles.values():
        known.add(role.scene)
        seat = f"{role.id}.1" if role.seats else role.id
        for number in reach.ways.of.get(f"{seat}.scene", ()):
            way = reach.ways.ways[number]
            if reach.happens[number] and way.value is not None:
                to = all_it_can_be(way.value, reach.domain)
                known.update(to if isinstance(to, frozenset) else reach.pack.scenes)
    return [
        Never(f"scene {scene.id}", scene.place, "nobody can ever come there")
        for scene in reach.pack.scenes.values()
        if scene.id not in known
    ]
