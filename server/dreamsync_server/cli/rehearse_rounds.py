"""The rounds of a rehearsal: in each some trials and one seek for every goal still open.

One more trial of each round leaves a role to nobody, each in its turn; it is counted by itself.

What a round does follows from the rounds before it, so that the same seed gives the same results
whatever the number of jobs; the budget only decides how far it goes. Wherever it is cut short, it
goes on with the next part when it is resumed, and comes to what it would have come to at once.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from dreamsync_server.cli.rehearse_work import Crew, Done, Part, SeekPart, TrialPart
from dreamsync_server.errors import OperatorError
from dreamsync_server.story.goals import Goal, goal_named
from dreamsync_server.story.seeking import Found, Miss
from dreamsync_server.story.trial import Trial
from dreamsync_server.world.model import Pack
from dreamsync_server.world.rehearsal import Step

TRIALS_A_ROUND: Final = 8
TRIALS_MAX: Final = 200
ATTEMPTS_MAX: Final = 16
_MISSING_FROM: Final = 1_000_000
"""Numbers of trials from here on are of those in which nobody plays some role."""
_FORMAT: Final = 2


@dataclass(slots=True)
class Results:
    """All that a rehearsal has found so far."""

    seed: int
    absent: tuple[str, ...]
    rounds: int = 0
    parts: int = 0  # done of the round that is under way
    wanted: tuple[Goal, ...] = ()  # open when that round began
    trials: dict[int, Trial] = field(default_factory=dict)
    missing: dict[int, Trial] = field(default_factory=dict)  # trials without some role
    found: dict[Goal, Found] = field(default_factory=dict)
    misses: dict[Goal, Miss] = field(default_factory=dict)
    seeks: int = 0
    turns: int = 0
    is_whole: bool = False  # nothing was left to do

    def take(self, done: Done) -> None:
        """Keep what a part found; the first run found for a goal is the one that stays."""
        for one in done.found:
            self.found.setdefault(one.goal, one)
        if done.trial is not None:
            is_missing = done.trial.number >= _MISSING_FROM
            (self.missing if is_missing else self.trials)[done.trial.number] = done.trial
            self.turns += done.trial.turns
        if done.sought is not None and isinstance(done.part, SeekPart):
            self.seeks += 1
            self.turns += done.sought.turns
            miss, before = done.sought.miss, self.misses.get(done.part.goal)
            if miss is not None and (before is None or miss.cost < before.cost):
                self.misses[done.part.goal] = miss


@dataclass(frozen=True, slots=True)
class Plan:
    """What a rehearsal is to do: goals that are open to a search, all others proved or kept."""

    folder: Path
    pack: Pack
    goals: tuple[Goal, ...]
    trials_max: int = TRIALS_MAX
    attempts_max: int = ATTEMPTS_MAX

    def round(self, results: Results) -> list[Part]:
        """Return the parts of the next round; none where nothing is left to do."""
        number = results.rounds
        wanted = frozenset(results.wanted if results.parts else self.open(results))
        first = number * TRIALS_A_ROUND
        parts: list[Part] = []
        attempt = number - 1 if self.trials_max else number  # first what comes by itself
        if 0 <= attempt < self.attempts_max:
            absent = self._absent(results, attempt)
            parts += (
                SeekPart(self.folder, results.seed, goal, attempt, absent, wanted)
                for goal in self.goals
                if goal in wanted
            )
        parts += (
            TrialPart(self.folder, results.seed, trial, results.absent, wanted)
            for trial in range(first, min(first + TRIALS_A_ROUND, self.trials_max))
        )
        roles = self._roles()
        if first < self.trials_max and not results.absent and roles:
            absent, trial = (roles[number % len(roles)],), _MISSING_FROM + number
            parts.append(TrialPart(self.folder, results.seed, trial, absent, frozenset()))
        return parts

    def open(self, results: Results) -> tuple[Goal, ...]:
        """Return the goals that nothing reached so far."""
        return tuple(goal for goal in self.goals if goal not in results.found)

    def _roles(self) -> list[str]:
        return [role.id for role in self.pack.roles.values() if role.is_open and not role.seats]

    def _absent(self, results: Results, attempt: int) -> tuple[str, ...]:
        """Every third attempt leaves a role out: some things happen only where somebody lacks."""
        roles = self._roles()
        if results.absent or attempt % 3 != 2 or not roles:
            return results.absent
        return (roles[attempt // 3 % len(roles)],)


def rehearse_rounds(
    plan: Plan,
    results: Results,
    crew: Crew,
    tell: Callable[[Results, int, int], None],
    save: Callable[[Results], None],
) -> None:
    """Do rounds until nothing is left to do or the budget is spent.

    `tell` and `save` are called after each part; `tell` with how many the round has and has done.
    """
    while True:
        parts = plan.round(results)
        if not parts:
            results.is_whole = True
            return
        if not results.parts:
            results.wanted = plan.open(results)
        for done in crew.do(parts[results.parts :]):
            results.take(done)
            results.parts += 1
            tell(results, results.parts, len(parts))
            if results.parts < len(parts):
                save(results)
        if results.parts < len(parts):
            return
        results.parts, results.rounds = 0, results.rounds + 1
        save(results)


# --- the state file -------------------------------------------------------------------------


def as_plain(pack: Pack, results: Results) -> dict[str, Any]:
    """Return results as plain values, to go on from another time."""
    by_id = {id(found.run): found.run for found in results.found.values()}  # shared, so by identity
    runs = list(by_id.values())
    numbers = {key: number for number, key in enumerate(by_id)}
    return {
        "format": _FORMAT,
        "pack": pack.id,
        "pack_hash": pack.hash,
        "seed": results.seed,
        "absent": list(results.absent),
        "rounds": results.rounds,
        "parts": results.parts,
        "wanted": [str(goal) for goal in results.wanted],
        "seeks": results.seeks,
        "turns": results.turns,
        "trials": [trial.as_plain() for _, trial in sorted(results.trials.items())],
        "missing": [trial.as_plain() for _, trial in sorted(results.missing.items())],
        "runs": [[asdict(step) for step in run] for run in runs],
        "found": [
            {
                "goal": str(goal),
                "seed": found.seed,
                "absent": list(found.absent),
                "run": numbers[id(found.run)],
                "count": found.count,
            }
            for goal, found in results.found.items()
        ],
        "misses": {str(goal): asdict(miss) for goal, miss in results.misses.items()},
    }


def load_results(file: Path, pack: Pack, seed: int, absent: tuple[str, ...]) -> Results:
    """Return the results that a state file holds.

    Raises:
        OperatorError: it is of another pack, seed or cast, or no such file at all.
    """
    try:
        plain = json.loads(file.read_text("utf-8"))
        known = (plain["format"], plain["pack_hash"], plain["seed"], tuple(plain["absent"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise OperatorError(f"{file} holds no rehearsal that could be resumed") from None
    if known != (_FORMAT, pack.hash, seed, absent):
        raise OperatorError(
            f"{file} is of another rehearsal: of {plain['pack']} as it was then, with seed"
            f" {plain['seed']}; name another file or delete it"
        )
    open_then = tuple(g for name in plain["wanted"] if (g := goal_named(pack, name)) is not None)
    results = Results(seed, absent, plain["rounds"], plain["parts"], open_then)
    results.seeks, results.turns = plain["seeks"], plain["turns"]
    for trials, name in ((results.trials, "trials"), (results.missing, "missing")):
        trials.update({trial["number"]: Trial(**trial) for trial in plain[name]})
    runs = [tuple(Step(**step) for step in run) for run in plain["runs"]]
    for one in plain["found"]:
        goal = goal_named(pack, one["goal"])
        if goal is not None:
            run, absent = runs[one["run"]], tuple(one["absent"])
            results.found[goal] = Found(goal, one["seed"], absent, run, one["count"])
    for name, miss in plain["misses"].items():
        goal = goal_named(pack, name)
        if goal is not None:
            leaves = tuple(miss["leaves"])
            results.misses[goal] = Miss(miss["cost"], miss["world_ms"], leaves)
    return results


def save_results(file: Path, pack: Pack, results: Results) -> None:
    """Write the state file, whole or not at all."""
    beside = file.with_suffix(file.suffix + ".new")
    beside.write_text(json.dumps(as_plain(pack, results)), "utf-8")
    beside.replace(file)
