"""A population of trials, counted: what usually happens, to whom, when, and what never does."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dreamsync_server.story.fairness import jain
from dreamsync_server.story.trial import Trial
from dreamsync_server.world.model import Pack

MINUTES_MAX = 120


def summary_of(
    pack: Pack, trials: Sequence[Trial], missing: Sequence[Trial] = ()
) -> dict[str, Any]:
    """Return the distributions over runs as plain values; shares are 0..1, times world ms.

    The `missing` are runs in which some role was played by nobody; they count for `groups` alone.
    """
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
        "gaps": gaps_of(pack, trials),
        "stuck": dead_ends_of(pack, trials),
        "groups": groups_of(trials, missing),
        "minutes": minutes_of(trials),
        "tension_error": _mean(
            [abs(want - group) / 10 for t in trials for _, group, want in t.tension]
        ),
        "hints": hints_of(trials),
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


def minutes_of(trials: Sequence[Trial]) -> list[dict[str, float]]:
    """Return for each minute the tension 0..10: measured (mean, low and high decile) and wanted.

    `moments` are those of the story a run; `going` is the share of runs that still go.
    """
    found = []
    for minute in range(MINUTES_MAX):
        going = [trial for trial in trials if trial.ended_ms > minute * 60_000]
        if not going:
            break
        moments = sum(1 for trial in going for at_ms in trial.moments if at_ms // 60_000 == minute)
        samples = [one for trial in going for one in trial.tension if one[0] // 60 == minute]
        measured = sorted(group for _, group, _ in samples) or [0]
        wanted = [want for _, _, want in samples] or [0]
        found.append(
            {
                "moments": round(moments / len(going), 3),
                "tension": round(sum(measured) / len(measured) / 10, 2),
                "low": measured[len(measured) // 10] / 10,
                "high": measured[len(measured) * 9 // 10] / 10,
                "wanted": round(sum(wanted) / len(wanted) / 10, 2),
                "going": _share(len(going), len(trials)),
            }
        )
    return found


def hints_of(trials: Sequence[Trial]) -> dict[str, dict[str, int]]:
    """Return for each hint how often it was given in all runs, and how often it helped."""
    found: dict[str, list[int]] = {}
    for trial in trials:
        for name, (given, helped) in trial.hints.items():
            total = found.setdefault(name, [0, 0])
            total[0] += given
            total[1] += helped
    return {name: {"given": found[name][0], "helped": found[name][1]} for name in sorted(found)}


def gaps_of(pack: Pack, trials: Sequence[Trial]) -> list[dict[str, Any]]:
    """Return by chapter in how many runs the longest dull gap lay there, and how long it was."""
    by_chapter: dict[str, list[int]] = {}
    for trial in trials:
        by_chapter.setdefault(chapter_at(pack, trial, trial.gap_from_ms), []).append(trial.gap_ms)
    return [
        {"chapter": c, "runs": len(by_chapter[c]), "ms": _median(by_chapter[c])}
        for c in ("", *pack.chapters)
        if c in by_chapter
    ]


def dead_ends_of(pack: Pack, trials: Sequence[Trial]) -> list[dict[str, Any]]:
    """Return the runs that came to no ending: which, in which chapter, behind which beat."""
    return [
        {
            "trial": trial.number,
            "chapter": chapter_at(pack, trial, trial.ended_ms),
            "last_beat": max(trial.beats, key=trial.beats.__getitem__, default=""),
            "last_ms": max(trial.moments, default=0),
        }
        for trial in trials
        if not trial.ending
    ]


def groups_of(trials: Sequence[Trial], missing: Sequence[Trial]) -> list[dict[str, Any]]:
    """Return how runs came out where each role's player was late, and where nobody played it."""
    roles = dict.fromkeys(role for trial in trials for role in trial.spotlight)
    found = []
    for role in roles:
        late = [trial for trial in trials if role in trial.late]
        without = [trial for trial in missing if trial.absent == [role]]
        for how, runs in (("late", late), ("missing", without)):
            if runs:
                endings = Counter(trial.ending for trial in runs if trial.ending)
                found.append(
                    {
                        "role": role,
                        "how": how,
                        "runs": len(runs),
                        "endings": dict(sorted(endings.items())),
                        "dead_ends": len(runs) - endings.total(),
                        "gap_ms": _median([trial.gap_ms for trial in runs]),
                    }
                )
    return found


def chapter_at(pack: Pack, trial: Trial, at_ms: int) -> str:
    """Return the chapter that a run was in at a world time."""
    chapter, since_ms = next(iter(pack.chapters), ""), 0
    for name, begun_ms in trial.chapters.items():
        if since_ms <= begun_ms <= at_ms:
            chapter, since_ms = name, begun_ms
    return chapter


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
