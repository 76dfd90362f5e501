"""What a rehearsal says: its outcome as plain values, as lines for a terminal, and as a gate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from dreamsync_server.cli.rehearse_kept import Kept
from dreamsync_server.cli.rehearse_rounds import Results
from dreamsync_server.cli.telling import clock_of
from dreamsync_server.story.clues import Advice
from dreamsync_server.story.never import Never
from dreamsync_server.story.population import summary_of
from dreamsync_server.story.verdicts import Verdict
from dreamsync_server.world.model import Pack

_BAR = 30
_LISTED = 12


@dataclass(frozen=True)
class Outcome:
    """All that came of a rehearsal. `files` are the rehearsals that it wrote.

    `without` names for each role the beats and endings that are impossible where nobody plays it.
    """

    pack: Pack
    verdicts: tuple[Verdict, ...]
    results: Results
    kept: tuple[Kept, ...]
    advice: tuple[Advice, ...]
    files: tuple[Path, ...] = ()
    never: tuple[Never, ...] = ()
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The distributions over all trials."""
        runs = self.results
        return summary_of(self.pack, list(runs.trials.values()), list(runs.missing.values()))

    def gate_faults(self) -> list[str]:
        """Return what a gate does not let pass: impossible beats and endings, lost witnesses."""
        faults = [
            f"{one.place}: {one}"
            for one in self.verdicts
            if one.kind == "impossible" and one.goal.kind != "action"
        ]
        faults += (f"rehearsals/{k.name}.yaml: {k.fault}" for k in self.kept if k.fault)
        return faults

    def as_plain(self) -> dict[str, Any]:
        """Return it as plain values, for `--json`."""
        faults = self.gate_faults()
        return {
            "ok": not faults,
            "pack": self.pack.id,
            "pack_hash": self.pack.hash,
            "seed": self.results.seed,
            "without": list(self.results.absent),
            "rounds": self.results.rounds,
            "searches": self.results.seeks,
            "turns": self.results.turns,
            "whole": self.results.is_whole,
            "verdicts": [verdict.as_plain() for verdict in self.verdicts],
            "faults": faults,
            "rehearsals": [
                {
                    "name": one.name,
                    "ends": one.rehearsal.ends or None,
                    "absent": list(one.rehearsal.absent),
                    "steps": len(one.rehearsal.steps),
                    "fault": one.fault,
                }
                for one in self.kept
            ],
            "written": [file.name for file in self.files],
            "never": [str(never) for never in self.never],
            "impossible_without": {role: list(goals) for role, goals in self.without.items()},
            "advice": [str(advice) for advice in self.advice],
            "population": self.summary if self.results.trials else None,
        }


def told(outcome: Outcome, *, is_gate: bool) -> str:
    """Return the outcome for a person."""
    lines: list[str] = []
    if is_gate:
        lines += outcome.gate_faults() or [f"{outcome.pack.id}: the gate holds"]
        good = sum(not one.fault for one in outcome.kept)
        lines.append(f"{good} of {len(outcome.kept)} recorded rehearsals come out as recorded")
        return "\n".join(lines)
    lines += _counts(outcome)
    for kind in ("ending", "beat", "action"):
        of_kind = [one for one in outcome.verdicts if one.goal.kind == kind]
        if of_kind:
            lines += _verdicts(kind, of_kind, outcome)
    lines += _population(outcome)
    lines += _missing(outcome)
    if outcome.never:
        lines += ["", "never, beside these:", *_some([f"  {one}" for one in outcome.never])]
    lines += (f"lost: rehearsals/{one.name}.yaml: {one.fault}" for one in outcome.kept if one.fault)
    if outcome.advice:
        count = len(outcome.advice)
        lines += ["", f"advice: what should have three ways to come about, and has not ({count}):"]
        lines += _some([f"  {advice}" for advice in outcome.advice])
    lines += (f"written: {file}" for file in outcome.files)
    return "\n".join(lines)


def _counts(outcome: Outcome) -> list[str]:
    results = outcome.results
    how = "nothing was left to do" if results.is_whole else "the budget was spent"
    without = f", without {' and '.join(results.absent)}" if results.absent else ""
    trials = len(results.trials) + len(results.missing)
    counts = (
        f"{_many(results.rounds, 'round')}, {_many(trials, 'trial')},"
        f" {_many(results.seeks, 'search', 'searches')}, {results.turns} turns"
    )
    return [f"{outcome.pack.id}, seed {results.seed}{without}: {counts}; {how}"]


def _verdicts(kind: str, verdicts: Sequence[Verdict], outcome: Outcome) -> list[str]:
    seen = sum(one.kind == "witnessed" for one in verdicts)
    lines = ["", f"{kind}s: {seen} of {len(verdicts)} witnessed"]
    for one in verdicts:
        if one.kind == "impossible":
            lines.append(f"  ✗ {one.place}: {one}")
            lines += (f"      {line}" for line in one.reason[1:])
        elif one.kind == "open":
            lines.append(f"  ? {one}")
        elif kind == "ending":
            share = ""
            if outcome.results.trials:
                found = outcome.summary["endings"][one.goal.id]
                share = f"{found['share']:6.1%} of trials  "
            lines.append(f"  ✓ {share}{one}")
    return lines


def _population(outcome: Outcome) -> list[str]:
    if not outcome.results.trials:
        return []
    summary = outcome.summary
    gaps, actions = summary["gap_ms"], summary["actions"]
    lines = ["", f"{summary['runs']} trials by all sorts of players under the director:"]
    lines.append(
        f"  dead ends: {summary['dead_ends']}; longest stretch in which nothing of the story"
        f" happens: {clock_of(gaps['p50'])} in the median, {clock_of(gaps['p95'])} at the 95th"
        f" percentile; fairness of the spotlight {summary['fairness']:.2f}; tension"
        f" {summary['tension_error']:.1f} of 10 off what is wanted"
    )
    most = max(summary["spotlight"].values(), default=1) or 1
    for role, share in summary["spotlight"].items():
        lines.append(f"  {role:<12} {share:6.1%} {'█' * round(_BAR * share / most)}")
    for name, words in (
        ("never_legal", "never legal in a trial"),
        ("never_done", "legal, and never done in a trial"),
        ("never_useful", "done, and never to any effect"),
    ):
        if actions[name]:
            lines.append(f"  actions {words}: {', '.join(actions[name])}")
    idle = [name for name, one in summary["hints"].items() if not one["helped"]]
    if idle:
        lines.append(f"  hints given and never followed: {', '.join(idle)}")
    rare = [b for b, one in summary["beats"].items() if one["share"] == 0]
    if rare:
        lines.append(f"  beats in no trial: {', '.join(rare)}")
    return lines


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count} {one if count == 1 else more or one + 's'}"


def _missing(outcome: Outcome) -> list[str]:
    lines = []
    for one in outcome.summary["groups"] if outcome.results.trials else ():
        endings = ", ".join(f"{name} {count}" for name, count in one["endings"].items())
        how = "comes late" if one["how"] == "late" else "is missing"
        dead = f"; dead ends {one['dead_ends']}" if one["dead_ends"] else ""
        lines.append(
            f"  {one['role']} {how} in {_many(one['runs'], 'run')}: {endings or 'no ending'}{dead}"
        )
    lines += (
        f"  without {role} impossible: {', '.join(goals)}"
        for role, goals in outcome.without.items()
        if goals
    )
    return ["", "with somebody late, and with somebody missing:", *lines] if lines else []


def _some(lines: list[str]) -> list[str]:
    more = len(lines) - _LISTED
    return [*lines[:_LISTED], f"  … and {more} more (--json lists all)"] if more > 0 else lines
