"""Heeded: which of a run's hints did any good: somebody they were for did what they point to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dreamsync_server.world.commit import Commit
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import role_of

HEEDED_MS: Final = 120_000
"""World time within which a hint has to be followed to have helped."""


@dataclass(slots=True)
class _Hint:
    name: str
    roles: tuple[str, ...]  # none: anybody
    actions: tuple[str, ...]
    until_ms: int


def heeded_in(pack: Pack, commits: Sequence[Commit]) -> dict[str, list[int]]:
    """Return by hint how often it was given and how often it helped.

    A hint of the pack goes by its id, the engine's own by `action.<id>`. What points to no action
    is no hint here: it cannot be told whether it was followed.
    """
    found: dict[str, list[int]] = {}
    waiting: list[_Hint] = []
    for commit in commits:
        if commit.outcomes and commit.outcomes[0].code != "ok":
            continue
        given = dict(commit.cause.arguments)
        if commit.cause.kind == "nudge":
            hint = _hint_of(pack, given, commit.world_ms)
            if hint is not None:
                found.setdefault(hint.name, [0, 0])[0] += 1
                waiting.append(hint)
        elif commit.cause.kind == "act" and waiting:
            role = role_of(commit.cause.role or commit.cause.session.removeprefix("s_"))
            waiting = [hint for hint in waiting if hint.until_ms >= commit.world_ms]
            for hint in [one for one in waiting if _follows(one, role, str(given["action"]))]:
                found[hint.name][1] += 1
                waiting.remove(hint)
    return found


def _hint_of(pack: Pack, given: Mapping[str, object], at_ms: int) -> _Hint | None:
    target, action = str(given.get("target", "")), str(given.get("action", ""))
    nudge = pack.nudges.get(target)
    if nudge is not None and nudge.kind == "hint" and nudge.actions:
        return _Hint(nudge.id, nudge.roles, nudge.actions, at_ms + HEEDED_MS)
    if given.get("means") == "hint" and action in pack.actions:
        return _Hint(f"action.{action}", (target,), (action,), at_ms + HEEDED_MS)
    return None


def _follows(hint: _Hint, role: str, action: str) -> bool:
    return action in hint.actions and (not hint.roles or role in hint.roles)
