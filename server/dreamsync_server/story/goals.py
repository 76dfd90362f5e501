"""Goals: what a rehearsal looks for. Every beat cued, every ending reached, every action done."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from dreamsync_server.world.commit import Commit
from dreamsync_server.world.model import Pack, Place

GoalKind = Literal["ending", "beat", "action"]


@dataclass(frozen=True, slots=True, order=True)
class Goal:
    """Something that a run can reach; written `ending.morning`, `beat.chime`, `action.hum`."""

    kind: GoalKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.id}"


def goals_of(pack: Pack) -> tuple[Goal, ...]:
    """Return all goals of a pack: endings, then beats, then actions, in the pack's order."""
    endings = [Goal("ending", beat.id) for beat in pack.beats.values() if beat.is_ending]
    beats = [Goal("beat", beat.id) for beat in pack.beats.values() if not beat.is_ending]
    actions = [Goal("action", action) for action in pack.actions]
    return (*endings, *beats, *actions)


def goal_named(pack: Pack, name: str) -> Goal | None:
    """Return the goal that is meant by `ending.morning`, `chime` or `action.hum`, if any."""
    kind, _, rest = name.partition(".")
    for goal in goals_of(pack):
        if name == goal.id or (kind == goal.kind and rest == goal.id):
            return goal
    return None


def place_of(pack: Pack, goal: Goal) -> Place:
    """Return where a goal is declared."""
    return pack.actions[goal.id].place if goal.kind == "action" else pack.beats[goal.id].place


def reached_by(commit: Commit) -> Iterator[Goal]:
    """Yield the goals that a commit reaches; an ending is reached however it came about."""
    cause = commit.cause
    is_ok = not commit.outcomes or commit.outcomes[0].code == "ok"
    if is_ok and cause.kind in ("cue", "act"):
        given = dict(cause.arguments)
        if cause.kind == "cue":
            yield Goal("beat", str(given.get("beat")))
        else:
            yield Goal("action", str(given.get("action")))
    for name, value in commit.changes:
        if name == "ending" and value:
            yield Goal("ending", str(value))


def reached_in(commits: Iterable[Commit]) -> dict[Goal, int]:
    """Return the goals that a run reaches, with the index of the commit that reaches each first."""
    found: dict[Goal, int] = {}
    for index, commit in enumerate(commits):
        for goal in reached_by(commit):
            found.setdefault(goal, index)
    return found
