"""Going back: what a viewer would have been sent after an old position, had it stayed.

The newest index is copied and its last commits are taken back; then they are applied again, and
every viewer's part comes out of the same code that makes live views.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from dreamsync_server.gateway.views import (
    ClassIndex,
    Eyes,
    Shift,
    Turn,
    crossing,
    events_for,
    glimpse,
)
from dreamsync_server.world.commit import Commit, Event
from dreamsync_server.world.state import Facts
from dreamsync_server.world.values import Value

Look = Callable[[Facts], Eyes]
"""The eyes of one viewer as the facts are: its seat and the scene it is in."""


class Step(NamedTuple):
    """A commit as a follower took it in: what it shifted, and world time before it."""

    commit: Commit
    shifts: tuple[Shift, ...]
    system: tuple[tuple[str, Value | None, Value | None], ...]  # system facts: name, old, new
    old_ms: int


def unwound(index: ClassIndex, steps: Sequence[Step]) -> ClassIndex:
    """Return a copy of `index` as it was before `steps`, the newest ones it took in."""
    past = index.copy()
    for step in reversed(steps):
        past.unwind(step.shifts)
        _put_system(past.facts, ((name, old) for name, old, _ in step.system))
        past.facts.ms = step.old_ms
    return past


def replay(past: ClassIndex, steps: Sequence[Step], look: Look, session: str) -> list[Turn]:
    """Apply `steps` to `past` and return what each was to one viewer, empty ones left out."""
    turns = []
    before = look(past.facts)
    for step in steps:
        commit = step.commit
        past.redo(step.shifts)
        _put_system(past.facts, ((name, new) for name, _, new in step.system))
        past.facts.ms = commit.world_ms
        after = look(past.facts)
        if after.atoms == before.atoms:
            seen = glimpse(step.shifts, after)
        else:
            seen = crossing(past, step.shifts, before, after)
        told = [o for o in commit.outcomes if o.session == session and o.code != "gap"]
        outcomes = tuple((outcome, commit.cause) for outcome in told)
        events = events_for(commit.events, after)
        turn = Turn(commit.position, commit.world_ms, seen, events, outcomes)
        if not turn.is_empty():
            turns.append(turn)
        before = after
    return turns


def recap(
    steps: Sequence[Step], seat: str, scene: str, eyes_in: Callable[[str], Eyes], most: int
) -> list[tuple[Commit, int, Event]]:
    """Return the newest events that a seat knows of, whoever held it; at most `most`, in order.

    `scene` is where it is now; going back, its own moves say where it was. `eyes_in` gives the
    role's eyes in a scene, without anything that is for one session.
    """
    found: list[tuple[Commit, int, Event]] = []
    name = f"{seat}.scene"
    for step in reversed(steps):
        eyes = eyes_in(scene)
        for i, event in reversed(events_for(step.commit.events, eyes)):
            found.append((step.commit, i, event))
        if len(found) >= most:
            break
        for shift in step.shifts:
            if shift.name == name and isinstance(shift.old, str):
                scene = shift.old
    return found[:most][::-1]


def _put_system(facts: Facts, values: Iterable[tuple[str, Value | None]]) -> None:
    for name, value in values:
        if value is None:
            facts.pop(name, None)
        else:
            facts[name] = value
