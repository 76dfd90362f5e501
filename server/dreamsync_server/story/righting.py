"""Righting: what a law puts right the moment it becomes true, so that nobody ever finds it so.

Such a law sets, each time and whatever else holds, a fact that its own condition then denies. It is
armed again at once, so that its condition holds in no commit's state: what players and the
director decide by. Laws see it for a moment; so only what waits for a state at rest is judged.
"""

from dataclasses import dataclass
from typing import Final

from dreamsync_server.story.ways import Guard, TriggerKind, Ways
from dreamsync_server.world import effects as fx
from dreamsync_server.world.evaluate import constant_of
from dreamsync_server.world.expr import reads_of
from dreamsync_server.world.model import Law, Pack, Place
from dreamsync_server.world.ranges import possible
from dreamsync_server.world.values import Scalar

AT_REST: Final[frozenset[TriggerKind]] = frozenset(
    ("act", "go", "cue", "nudge", "choose", "default")
)
"""Triggers whose conditions are judged between commits, when all laws are quiet."""


@dataclass(frozen=True, slots=True)
class Righted:
    """What never lasts: the condition of a law that undoes it."""

    law: str
    place: Place
    guard: Guard  # wanted false

    def __str__(self) -> str:
        return f"law {self.law} ({self.place})"


def righted_in(pack: Pack, ways: Ways) -> tuple[Righted, ...]:
    """Return what the laws of a pack undo at once."""
    found = []
    for number, trigger in enumerate(ways.triggers):
        if trigger.kind == "law" and _rights(pack, ways, number):
            law = pack.laws[trigger.id]
            guard = Guard(law.when.node, False, law.when.source, law.when.place)
            found.append(Righted(law.id, law.place, guard))
    return tuple(found)


def _rights(pack: Pack, ways: Ways, number: int) -> bool:
    law = pack.laws[ways.triggers[number].id]
    reads = reads_of(law.when.node)
    if law.is_once or any(name in pack.facts and pack.facts[name].decl.can_drift for name in reads):
        return False
    targets = [ways.ways[way].target for way in ways.by_trigger[number]]
    if "ending" in targets:
        return False  # the rest of its effects may not come
    after = {name: (value,) for name, value in _sets(law) if targets.count(name) == 1}
    return bool(after) and not possible(law.when, after).can_be_true


def _sets(law: Law) -> list[tuple[str, Scalar]]:
    """Return the facts that a law sets each time, with what to."""
    found: list[tuple[str, Scalar]] = []
    for effect in law.effects:
        match effect:
            case fx.Set():
                value, name = constant_of(effect.value.node), effect.fact.name
            case fx.Move() | fx.Give():
                last = "scene" if isinstance(effect, fx.Move) else "holder"
                who = effect.who if isinstance(effect, fx.Move) else effect.thing
                named = constant_of(who.node)
                value = constant_of(effect.to.node)
                name = f"{named}.{last}" if isinstance(named, str) else None
            case fx.ToChapter():
                value, name = effect.chapter, "chapter"
            case _:
                continue
        if name is not None and isinstance(value, bool | int | str):
            found.append((name, value))
    return found
