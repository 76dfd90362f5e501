"""`dreamsync rehearse`: what a pack can do and cannot, found out before anybody plays it.

First what can be proved without playing, then rounds of trials and searches until the budget is
spent; then the verdicts, and what was wished for: rehearsals to keep, a report, JSON, a gate.
"""

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from dreamsync_server.cli.check import folder_of, report
from dreamsync_server.cli.rehearse_kept import FOLDER, Kept, keep, kept_in, name_of, witnesses
from dreamsync_server.cli.rehearse_page import page_of
from dreamsync_server.cli.rehearse_rounds import (
    TRIALS_MAX,
    Plan,
    Results,
    load_results,
    rehearse_rounds,
    save_results,
)
from dreamsync_server.cli.rehearse_told import Outcome, told
from dreamsync_server.cli.rehearse_work import (
    Crew,
    Part,
    SeekPart,
    ShrinkPart,
    atlas_at,
    forget,
    pack_at,
)
from dreamsync_server.cli.telling import FAILED, print_json
from dreamsync_server.clock import SystemClock
from dreamsync_server.errors import OperatorError
from dreamsync_server.packs import check_folder
from dreamsync_server.packs.faults import alike
from dreamsync_server.story.atlas import Atlas
from dreamsync_server.story.clues import advice_of
from dreamsync_server.story.goals import Goal, goal_named, goals_of
from dreamsync_server.story.never import never_of
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.story.proofs import proofs_of
from dreamsync_server.story.reachable import reachable
from dreamsync_server.story.seeking import Found
from dreamsync_server.story.storyline import storyline_of
from dreamsync_server.story.verdicts import verdicts_of
from dreamsync_server.world.model import Pack

_TIME: Final = re.compile(r"(\d+(?:\.\d+)?)([smh]?)")
_SAVE_EVERY_S: Final = 5.0
_SHORTEN_TRIES: Final = 700
_SHORTEN_SEEKS: Final = 3
_SHORTEN_S: Final = 300.0  # for finding short runs to keep, beyond the budget


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line."""

    pack: str
    seed: int = 1
    budget_s: float = 60.0
    jobs: int = 1
    trials: int = TRIALS_MAX
    is_json: bool = False
    report: Path | None = None
    is_gate: bool = False
    without: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    resume: Path | None = None
    is_recorded: bool = False
    run: int | None = None  # a trial to show in the report


def rehearse(wish: Wish) -> int:
    """Rehearse a pack and say what was found; return 0, or 1 where a gate does not hold.

    Raises:
        OperatorError: there is no such pack, role or goal, or it cannot be played.
    """
    forget()
    folder = folder_of(wish.pack).resolve()
    checked = check_folder(folder)
    if checked.pack is None:
        print(report(checked, folder), file=sys.stderr)
        if wish.is_json:
            lines = [str(fault) for fault in checked.faults if fault.severity == "error"]
            print_json({"ok": False, "pack": folder.name, "verdicts": [], "faults": lines})
        return FAILED
    _check_places(wish, folder)
    pack = pack_at(folder)
    absent, asked = _absent(pack, wish), _goals(pack, wish)
    atlas = atlas_at(folder, absent)
    proofs = proofs_of(atlas.reach)
    kept = kept_in(folder, pack)
    recorded = witnesses(kept, absent)
    impossible = {proof.goal for proof in proofs}
    known = impossible if wish.is_recorded else impossible | recorded.keys()
    goals = tuple(goal for goal in asked if goal not in known)
    plan = Plan(folder, pack, goals, trials_max=wish.trials)
    results = _begun(wish, pack, absent)
    if not wish.is_gate:
        _play(wish, plan, results)
    verdicts = verdicts_of(pack, proofs, results.found, recorded, results.misses)
    outcome = Outcome(
        pack=pack,
        verdicts=tuple(verdict for verdict in verdicts if verdict.goal in asked),
        results=results,
        kept=kept,
        advice=advice_of(atlas, Playthrough(pack, wish.seed, is_hashed=False).facts),
        files=_record(wish, plan, results, kept) if wish.is_recorded else (),
        never=never_of(atlas.reach),
        without={} if absent or wish.is_gate else _without_each(atlas),
    )
    if wish.report is not None:
        wish.report.write_text(page_of(outcome, storyline_of(atlas), wish.run), "utf-8")
        if wish.run is not None and wish.run not in {**results.trials, **results.missing}:
            count = len(results.trials) + len(results.missing)
            print(f"run {wish.run} is not among the {count} that were made", file=sys.stderr)
    if wish.is_json:
        print_json(outcome.as_plain())
    else:
        print(told(outcome, is_gate=wish.is_gate))
        if wish.report is not None:
            print(f"\nthe report: {wish.report}")
    return FAILED if wish.is_gate and outcome.gate_faults() else 0


def seconds_of(text: str) -> float:
    """Return the seconds of a time such as `60s` or `5m`.

    Raises:
        OperatorError: it is none.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        raise OperatorError(f"{text!r} is not a time such as 60s or 5m")
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]]


def _absent(pack: Pack, wish: Wish) -> tuple[str, ...]:
    for role in wish.without:
        if role not in pack.roles:
            near = alike(role, pack.roles)
            hint = f"; did you mean {near!r}?" if near else ""
            raise OperatorError(f"{pack.id} has no role {role!r}{hint}")
    return tuple(role for role in pack.roles if role in wish.without)


def _goals(pack: Pack, wish: Wish) -> tuple[Goal, ...]:
    if not wish.goals:
        return goals_of(pack)
    found = []
    for name in wish.goals:
        goal = goal_named(pack, name)
        if goal is None:
            near = alike(name, [one.id for one in goals_of(pack)])
            hint = f"; did you mean {near!r}?" if near else ""
            raise OperatorError(f"{pack.id} has no ending, beat or action {name!r}{hint}")
        found.append(goal)
    return tuple(found)


def _check_places(wish: Wish, folder: Path) -> None:
    """Make sure that what will be written can be: before the work, not after it."""
    if wish.run is not None and wish.report is None:
        raise OperatorError("--run names a run to be shown in a report: give --report, too")
    for file, what in ((wish.report, "the report"), (wish.resume, "the state")):
        if file is not None:
            _check_writable(file, what)
    if wish.is_recorded:
        place = folder / FOLDER
        _check_writable(place / "x.yaml" if place.is_dir() else place, "the rehearsals")


def _check_writable(file: Path, what: str) -> None:
    beside = file.absolute().parent
    if not beside.is_dir():
        raise OperatorError(f"{what} cannot be written: there is no folder {beside}")
    if file.is_dir() or not os.access(file if file.exists() else beside, os.W_OK):
        raise OperatorError(f"{what} cannot be written: no write access to {file}")


def _without_each(atlas: Atlas) -> dict[str, tuple[str, ...]]:
    """Return for each role the beats and endings that only its absence makes impossible."""
    anyway = {proof.goal for proof in proofs_of(atlas.reach)}
    found = {}
    for role in atlas.pack.roles.values():
        if role.is_open and not role.seats:
            reach = reachable(atlas.pack, atlas.ways, (role.id,))
            goals = [proof.goal for proof in proofs_of(reach) if proof.goal.kind != "action"]
            found[role.id] = tuple(str(goal) for goal in goals if goal not in anyway)
    return found


def _begun(wish: Wish, pack: Pack, absent: tuple[str, ...]) -> Results:
    if wish.resume is not None and wish.resume.exists():
        return load_results(wish.resume, pack, wish.seed, absent)
    return Results(wish.seed, absent)


def _play(wish: Wish, plan: Plan, results: Results) -> None:
    """Play rounds until the budget is spent, with a line that tells how far it is."""
    clock = SystemClock()
    end_s = clock.mono_s() + wish.budget_s
    crew = Crew(wish.jobs, lambda: end_s - clock.mono_s())

    saved_s = -_SAVE_EVERY_S  # the first part is kept at once

    def save(now: Results) -> None:
        nonlocal saved_s
        if wish.resume is not None and clock.mono_s() - saved_s >= _SAVE_EVERY_S:
            save_results(wish.resume, plan.pack, now)
            saved_s = clock.mono_s()

    with _progress(is_quiet=wish.is_json) as progress:
        task = progress.add_task("", total=wish.budget_s)

        def tell(now: Results, count: int, of: int) -> None:
            still = sum(goal not in now.found for goal in plan.goals)
            trials = len(now.trials) + len(now.missing)
            text = (
                f"round {now.rounds + 1}: {count} of {of}; {trials} trials, {now.seeks} searches,"
                f" {still} goals open"
            )
            spent_s = wish.budget_s - (end_s - clock.mono_s())
            progress.update(task, completed=min(spent_s, wish.budget_s), description=text)

        try:
            rehearse_rounds(plan, results, crew, tell, save)
        except KeyboardInterrupt:
            if wish.resume is not None:
                print(f"\nstopped; --resume {wish.resume} goes on from here", file=sys.stderr)
            raise
        finally:
            crew.close()
            if wish.resume is not None:
                save_results(wish.resume, plan.pack, results)


def _progress(*, is_quiet: bool) -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=is_quiet or not console.is_terminal,
    )


def _record(wish: Wish, plan: Plan, results: Results, kept: Sequence[Kept]) -> tuple[Path, ...]:
    """Keep a short run of every ending, and of every beat that none of the kept ones shows."""
    clock = SystemClock()
    end_s = clock.mono_s() + _SHORTEN_S
    crew = Crew(wish.jobs, lambda: end_s - clock.mono_s())
    good = {one.name for one in kept if not one.fault}
    shown = witnesses([one for one in kept if not one.fault], results.absent)
    files: list[Path] = []
    try:
        for kind in ("ending", "beat"):
            goals = [
                goal
                for goal in plan.goals
                if goal.kind == kind
                and goal in results.found
                and name_of(goal, results.found[goal].absent) not in good
                and (kind == "ending" or goal not in shown)
            ]
            short = _short(plan, results, goals, crew)
            files.extend(keep(plan.folder, plan.pack, found) for found in short)
            shown = witnesses(kept_in(plan.folder, plan.pack), results.absent)
    finally:
        crew.close()
    return tuple(files)


def _short(plan: Plan, results: Results, goals: Sequence[Goal], crew: Crew) -> list[Found]:
    """Return the shortest run that could be made for each goal: searched ones are shorter."""
    seeks: list[Part] = []
    for goal in goals:
        absent = results.found[goal].absent
        seeks += (
            SeekPart(plan.folder, results.seed, goal, attempt, absent, frozenset((goal,)))
            for attempt in range(_SHORTEN_SEEKS)
        )
    runs: dict[Goal, list[Found]] = {goal: [results.found[goal]] for goal in goals}
    for done in crew.do(seeks):
        for found in done.found:
            runs[found.goal].append(found)
    shortest = [min(runs[goal], key=lambda found: found.count) for goal in goals]
    shrinks = [ShrinkPart(plan.folder, found, _SHORTEN_TRIES) for found in shortest]
    best = {found.goal: found for found in shortest}
    for done in crew.do(shrinks):
        for found in done.found:
            best[found.goal] = found
    return [best[goal] for goal in goals]
