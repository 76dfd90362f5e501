"""Shrinking: from a found run to a short one that still reaches its goal, fit to be kept.

Steps are left out in halves, quarters and so on, down to single ones, as long as the goal is still
reached (Zeller and Hildebrandt's ddmin, 2002); steps that would be refused go with them.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dreamsync_server.story.goals import Goal, reached_in
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.story.rehearsing import begin, record, take_step
from dreamsync_server.story.seeking import Found
from dreamsync_server.world.model import Pack
from dreamsync_server.world.rehearsal import Rehearsal, Step
from dreamsync_server.world.state import is_over

TRIES: Final = 250
"""Runs that one shrinking plays, at most."""


def shrink(pack: Pack, found: Found, *, tries: int = TRIES) -> Found:
    """Return a run with as few steps as could be found that reaches the same goal by its time."""
    until_ms = _time_of_goal(pack, found)
    steps = _played(pack, found, found.steps, until_ms)
    if steps is None:
        return found
    shrinker = _Shrinker(pack, found, until_ms, tries)
    roles = dict.fromkeys(step.role for step in steps if step.by != "director")
    for role in roles:
        steps = shrinker.without(steps, tuple(s for s in steps if s.role != role))
    size = len(steps) // 2
    while size >= 1 and shrinker.tries > 0:
        at = len(steps)
        while at > 0 and shrinker.tries > 0:
            start = max(0, at - size)
            steps = shrinker.without(steps, (*steps[:start], *steps[at:]))
            at = min(start, len(steps))
        size //= 2
    return replace(found, run=steps, count=len(steps))


def rehearsal_of(pack: Pack, found: Found, about: str) -> Rehearsal:
    """Return a found run as a rehearsal that stops as soon as its goal is reached.

    Raises:
        ValueError: it does not come out again.
    """
    until_ms = _time_of_goal(pack, found)
    play = begin(pack, found.seed, found.absent)
    for step in found.steps:
        play.pass_to(step.at_ms)
        take_step(play, step)
    play.pass_to(max(until_ms, play.world_ms))
    return record(play, about, found.absent)


def play_again(pack: Pack, found: Found, *, slack_ms: int = 0) -> Playthrough:
    """Return the playthrough of a found run up to its goal, or as far as it comes."""
    until_ms = found.steps[-1].at_ms if found.steps else 0
    play = begin(pack, found.seed, found.absent, is_hashed=False)
    _play(play, found.steps, found.goal, until_ms + slack_ms)
    return play


_SEARCH_MS: Final = 2 * 3_600_000


def _time_of_goal(pack: Pack, found: Found) -> int:
    """Return the world time at which a run reaches its goal."""
    play = play_again(pack, found, slack_ms=_SEARCH_MS)
    index = reached_in(play.commits).get(found.goal)
    return play.world_ms if index is None else play.commits[index].world_ms


def _play(play: Playthrough, steps: Sequence[Step], goal: Goal, until_ms: int) -> list[Step]:
    """Play steps until a goal is reached; return those that were not refused."""
    taken: list[Step] = []
    for step in steps:
        play.pass_to(step.at_ms)
        if is_over(play.facts):
            return taken
        if take_step(play, step).code == "ok":
            taken.append(replace(step, expect="ok"))
    while play.world_ms < until_ms and not is_over(play.facts) and not _is_there(play, goal):
        due_ms = play.next_due_ms()
        play.pass_to(until_ms if due_ms is None else min(until_ms, due_ms))
    return taken


def _is_there(play: Playthrough, goal: Goal) -> bool:
    if goal.kind == "ending":
        return bool(play.facts["ending"] == goal.id)
    return bool(play.facts[f"{'did' if goal.kind == 'action' else 'cued'}.{goal.id}"])


def _played(
    pack: Pack, found: Found, steps: Sequence[Step], until_ms: int
) -> tuple[Step, ...] | None:
    """Return the steps that were not refused, where the goal is reached; else None."""
    play = begin(pack, found.seed, found.absent, is_hashed=False)
    taken = _play(play, steps, found.goal, until_ms)
    return tuple(taken) if _is_there(play, found.goal) else None


class _Shrinker:
    """Tries what can be left out, with so many tries left."""

    def __init__(self, pack: Pack, found: Found, until_ms: int, tries: int) -> None:
        self._pack = pack
        self._found = found
        self._until_ms = until_ms
        self.tries = tries

    def without(self, steps: tuple[Step, ...], fewer: tuple[Step, ...]) -> tuple[Step, ...]:
        """Return the fewer steps if they still reach the goal, else the steps."""
        if len(fewer) == len(steps) or self.tries <= 0:
            return steps
        self.tries -= 1
        taken = _played(self._pack, self._found, fewer, self._until_ms)
        return steps if taken is None else taken
