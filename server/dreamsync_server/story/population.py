"""A population of trials, counted: what usually happens, to whom, when, and what never does."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from dreamsync_server.story.trial import Trial
from dreamsync_server.world.model import Chapter, Pack

MINUTES_MAX = 120


def summary_of(pack: Pack, trials: Sequence[Trial]) -> dict[str, Any]:
    """Return the distributions over runs as plain values; shares are 0..1, times world ms."""
    count = len(trials)
    ended = [trial for trial in trials if trial.ending]
    roles = [role.id for role in pack.roles.values() if role.is_open and not role.seats]
    endings = Counter(trial.ending for trial in ended)
    return {
        "runs": count,
        "turns": sum(trial.turns for trial in trials),
        "endings": {
            beat.id: {
                "share": _share(endings[beat.id], count),
                "ms": _median([t.ended_ms for t in ended if t.ending == beat.id]),
            }
            for beat in pack.beats.values()
            if beat.is_ending
        },
        "entropy_bits": entropy_bits({e: _share(n, count) for e, n in endings.items()}),
        "dead_ends": sum(1 for trial in trials if not trial.ending),
        "beats": {
            beat.id: {
                "share": _share(sum(1 for t in trials if beat.id in t.beats), count),
                "ms": _median([t.beats[beat.id] for t in trials if beat.id in t.beats]),
            }
            for beat in pack.beats.values()
            if not beat.is_ending
        },
        "spotlight": spotlight_of(trials),
        "fairness": _mean(
            [jain([trial.spotlight.get(role, 0) for role in roles]) for trial in trials]
        ),
        "gap_ms": {
            "p50": _quantile([trial.gap_ms for trial in trials], 50),
            "p95": _quantile([trial.gap_ms for trial in trials], 95),
        },
        "minutes": minutes_of(pack, trials),
        "actions": actions_of(pack, trials),
        "refused": _share(
            sum(trial.refused for trial in trials), sum(trial.turns for trial in trials)
        ),
    }


def actions_of(pack: Pack, trials: Sequence[Trial]) -> dict[str, list[str]]:
    """Return the actions that were never legal, legal but never done, and done without use."""
    offered = {action for trial in trials for action in trial.offered}
    done = {action for trial in trials for action in trial.done}
    useful = {action for trial in trials for action in trial.useful}
    return {
        "never_legal": [a for a in pack.actions if a not in offered and a not in done],
        "never_done": [a for a in pack.actions if a in offered and a not in done],
        "never_useful": [a for a in pack.actions if a in done and a not in useful],
    }


def spotlight_of(trials: Sequence[Trial]) -> dict[str, float]:
    """Return each role's share of all acts and leads."""
    total: Counter[str] = Counter()
    for trial in trials:
        total.update(trial.spotlight)
    whole = sum(total.values())
    return {role: _share(total[role], whole) for role in total}


def minutes_of(pack: Pack, trials: Sequence[Trial]) -> list[dict[str, float]]:
    """Return for each minute: moments of the story a run, wanted tension, runs still going."""
    found = []
    for minute in range(MINUTES_MAX):
        going = [trial for trial in trials if trial.ended_ms > minute * 60_000]
        if not going:
            break
        moments = sum(1 for trial in going for at_ms in trial.moments if at_ms // 60_000 == minute)
        wanted = [wanted_tension(pack, trial, minute * 60_000) for trial in going]
        found.append(
            {
                "moments": round(moments / len(going), 3),
                "wanted": round(sum(wanted) / len(wanted), 2),
                "going": _share(len(going), len(trials)),
            }
        )
    return found


def wanted_tension(pack: Pack, trial: Trial, at_ms: int) -> float:
    """Return the tension 0..10 that the chapter a run is in wants at a world time."""
    chapter, since_ms = next(iter(pack.chapters), ""), 0
    for name, begun_ms in trial.chapters.items():
        if since_ms <= begun_ms <= at_ms:
            chapter, since_ms = name, begun_ms
    found = pack.chapters.get(chapter)
    return 0.0 if found is None else tension_at(found, (at_ms - since_ms) / 1000)


def tension_at(chapter: Chapter, second: float) -> float:
    """Return a chapter's wanted tension, between its points in a straight line."""
    points = chapter.curve
    if not points or second <= points[0][0]:
        return float(points[0][1]) if points else 0.0
    for (from_s, low), (to_s, high) in pairwise(points):
        if second <= to_s:
            return low + (high - low) * (second - from_s) / (to_s - from_s)
    return float(points[-1][1])


def jain(shares: Sequence[int]) -> float:
    """Return Jain's fairness index: 1 where all have the same, 1/n where one has all."""
    squares = sum(share * share for share in shares)
    return 1.0 if not squares else sum(shares) ** 2 / (len(shares) * squares)


def entropy_bits(shares: Mapping[str, float]) -> float:
    """Return how many bits of surprise a distribution has."""
    return 0.0 - sum(share * math.log2(share) for share in shares.values() if share > 0)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def _median(values: Sequence[int]) -> int | None:
    return _quantile(values, 50)


def _quantile(values: Sequence[int], percent: int) -> int | None:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else None
