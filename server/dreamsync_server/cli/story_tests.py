"""What authors assert of a story in their tests; an assertion that fails says how near it was."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from dreamsync_server.cli.check import folder_of
from dreamsync_server.cli.rehearse_kept import Kept, kept_in
from dreamsync_server.packs import load_folder
from dreamsync_server.packs.effect_tree import all_effects, walk_effects
from dreamsync_server.packs.faults import alike
from dreamsync_server.story.atlas import Atlas, atlas_of
from dreamsync_server.story.goals import Goal, goal_named, goals_of, place_of, reached_by
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.story.proofs import proof_of
from dreamsync_server.story.rehearsing import rerun, step_of
from dreamsync_server.story.seeking import Found, Miss, found_in, seek
from dreamsync_server.story.touching import parts_of
from dreamsync_server.story.trial import trial_run
from dreamsync_server.story.verdicts import Verdict
from dreamsync_server.world import effects as fx
from dreamsync_server.world.audience import class_of, sees
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.model import Pack
from dreamsync_server.world.opening import start_of
from dreamsync_server.world.rehearsal import Rehearsal, Step
from dreamsync_server.world.state import Facts, State

ATTEMPTS = 6
TRIALS = 12
_STEPS_TOLD = 5


class Story:
    """A pack, as tests ask about it. Roles `without` are played by nobody."""

    def __init__(self, pack: str) -> None:
        self.folder: Path = folder_of(pack)
        self.pack = load_folder(self.folder)
        self.atlas = cache(self._atlas)
        self.kept = cache(self._kept)

    def reaches(
        self, goal: str, *, without: str | Sequence[str] = (), seed: int = 1,
        attempts: int = ATTEMPTS,
    ) -> Found:  # fmt: skip
        """Assert that some run reaches an ending, beat or action; return it.

        A recorded rehearsal that still comes out counts; else it is searched for.
        """
        __tracebackhide__ = True
        wanted, absent = self._goal(goal), self._absent(without)
        for one in self.kept():
            if wanted in one.reaches and one.rehearsal.absent == absent:
                return found_in(self._played(one.rehearsal), absent, (wanted,))[0]
        proof = proof_of(self.atlas(absent).reach, wanted)
        if proof is not None:
            raise AssertionError(str(proof))
        found, miss = self._sought(wanted, absent, seed, attempts)
        if found is not None:
            return found
        place = place_of(self.pack, wanted)
        verdict = Verdict(wanted, "open", place, miss=miss)
        raise AssertionError(
            f"{place}: {verdict}{_without(absent)}\n{attempts} searches from seed {seed} did not"
            " find a run, which proves nothing: give it more `attempts`, or look with\n"
            f"  dreamsync rehearse {self.pack.id} --goal {wanted}"
            f"{''.join(f' --without {role}' for role in absent)}"
        )

    def never_reaches(self, goal: str, *, without: str | Sequence[str] = ()) -> None:
        """Assert that a goal is proved impossible: that no search finds it would prove nothing."""
        __tracebackhide__ = True
        wanted, absent = self._goal(goal), self._absent(without)
        if proof_of(self.atlas(absent).reach, wanted) is not None:
            return
        head = f"{place_of(self.pack, wanted)}: {wanted} is not proved impossible"
        for one in self.kept():
            if wanted in one.reaches and set(absent) <= set(one.rehearsal.absent):
                raise AssertionError(f"{head}: rehearsals/{one.name}.yaml reaches it")
        found, _ = self._sought(wanted, absent, 1, 1)
        if found is None:
            raise AssertionError(f"{head}{_without(absent)}, though one search did not reach it")
        raise AssertionError(
            f"{head}: a run of {len(found.steps)} steps from seed {found.seed}"
            f"{_without(found.absent)} reaches it; its last are\n{_last(found.steps)}"
        )

    def never_sees(
        self, role: str, what: str = "", *, before: str = "", without: str | Sequence[str] = (),
        runs: int = TRIALS, seed: int = 1,
    ) -> None:  # fmt: skip
        """Assert that a role sees a fact changed, or a text, in no run before a goal.

        Without `what`: any of what the goal brings, its texts and the facts it changes. What the
        goal itself shows, it shows in time.
        The runs are the pack's recorded rehearsals and so many trials: evidence, no proof.
        """
        __tracebackhide__ = True
        (_,), absent = self._absent(role), self._absent(without)
        until = self._goal(before) if before else None
        if what:
            secrets: tuple[str, ...] = (self._known(what),)
        elif until is not None:
            secrets = brought_by(self.pack, until)
        else:
            raise ValueError("say what is not to be seen, or before which beat, ending or action")
        for one in self.kept():
            if set(absent) <= set(one.rehearsal.absent) and not one.fault:
                name = f"rehearsals/{one.name}.yaml"
                self._watch(self._played(one.rehearsal), role, secrets, until, name)
        for number in range(runs):
            play = trial_run(self.pack, seed, number, absent=absent)[1]
            self._watch(play, role, secrets, until, f"trial {number} with seed {seed}")

    # --- how ------------------------------------------------------------------------------

    def _watch(
        self, play: Playthrough, role: str, secrets: Sequence[str], until: Goal | None, name: str
    ) -> None:
        """Look at a run's log with a role's eyes, commit by commit."""
        __tracebackhide__ = True
        state = State(self.pack, is_hashed=play.state.is_hashed)
        steps: list[Step] = []
        for commit in play.commits:
            evolve(state, commit)
            step = step_of(self.pack, commit)
            steps += [] if step is None else [step]
            if until is not None and until in reached_by(commit):
                return
            for what in secrets:
                if not self._is_seen(state.facts, commit, role, what):
                    continue
                is_fact = what in self.pack.facts
                value = f" to be {_value(state.facts[what])}" if is_fact else ""
                early = f", before {until}" if until is not None else ""
                raise AssertionError(
                    f"{role} sees {what}{value} at {_clock(commit.world_ms)} of {name}{early};"
                    f" up to then, last\n{_last(steps)}"
                )

    def _is_seen(self, facts: Facts, commit: Commit, role: str, what: str) -> bool:
        atoms = frozenset(
            ("all", f"role:{role}", f"seat:{role}", f"scene:{facts[f'{role}.scene']}")
        )
        if what in self.pack.facts:
            is_new = facts[what] != start_of(self.pack.facts[what], 0)
            return is_new and sees(atoms, class_of(self.pack, facts, what))
        return any(event.key == what and sees(atoms, event.to) for event in commit.events)

    def _played(self, rehearsal: Rehearsal) -> Playthrough:
        return rerun(self.pack, rehearsal).play

    def _sought(
        self, goal: Goal, absent: tuple[str, ...], seed: int, attempts: int
    ) -> tuple[Found | None, Miss | None]:
        """Search for a run that reaches a goal; return it, else how near it came."""
        miss: Miss | None = None
        for attempt in range(attempts):
            sought = seek(self.atlas(absent), goal, seed + attempt, attempt=attempt, absent=absent)
            if sought.found:
                return sought.found[0], None
            if sought.miss is not None and (miss is None or sought.miss.cost < miss.cost):
                miss = sought.miss
        return None, miss

    def _atlas(self, absent: tuple[str, ...]) -> Atlas:
        return atlas_of(self.pack, absent)

    def _kept(self) -> tuple[Kept, ...]:
        return kept_in(self.folder, self.pack)

    def _known(self, what: str) -> str:
        __tracebackhide__ = True
        known = (*self.pack.facts, *self.pack.texts[self.pack.languages[0]])
        if what not in known:
            raise ValueError(f"{self.pack.id} has no fact and no text {what!r}{_near(what, known)}")
        return what

    def _goal(self, name: str) -> Goal:
        __tracebackhide__ = True
        goal = goal_named(self.pack, name)
        if goal is None:
            hint = _near(name.rpartition(".")[2], [one.id for one in goals_of(self.pack)])
            raise ValueError(f"{self.pack.id} has no ending, beat or action {name!r}{hint}")
        return goal

    def _absent(self, without: str | Sequence[str]) -> tuple[str, ...]:
        __tracebackhide__ = True
        roles = (without,) if isinstance(without, str) else tuple(without)
        for role in roles:
            if role not in self.pack.roles:
                hint = _near(role, tuple(self.pack.roles))
                raise ValueError(f"{self.pack.id} has no role {role!r}{hint}")
        return roles


def brought_by(pack: Pack, goal: Goal) -> tuple[str, ...]:
    """Return the texts and the facts that a goal tells and changes and nothing else does."""
    kind = "action" if goal.kind == "action" else "beat"
    source = pack.actions[goal.id] if kind == "action" else pack.beats[goal.id]
    told, everywhere = _told(walk_effects(source.effects)), _told(all_effects(pack))
    texts = [key for key in dict.fromkeys(told) if everywhere.count(key) == told.count(key)]
    parts = parts_of(pack)
    [part] = [one for one in parts if (one.kind, one.id) == (kind, goal.id)]
    others = {name for one in parts if one is not part for name in one.changes}
    facts = sorted(name for name in part.changes - others if name in pack.facts)
    return (f"{goal.kind}.{goal.id}.text", *texts, *facts)


def _told(effects: Iterable[fx.Effect]) -> list[str]:
    return [one.text for one in effects if isinstance(one, fx.Say | fx.Tell)]


def _near(name: str, known: Sequence[str]) -> str:
    near = alike(name, known)
    return f"; did you mean {near!r}?" if near else ""


def _without(absent: Sequence[str]) -> str:
    return f" (without {' and '.join(absent)})" if absent else ""


def _last(steps: Sequence[Step]) -> str:
    """Return the last steps of a run, a line each."""
    told = []
    for step in steps[-_STEPS_TOLD:]:
        given = ", ".join(f"{name}={value}" for name, value in step.given.items())
        who = step.role or step.by
        told.append(f"  {_clock(step.at_ms)} {who}: {step.kind} {step.do}({given}) → {step.expect}")
    return "\n".join(told) or "  nothing was done"


def _clock(ms: int) -> str:
    return f"{ms // 60_000}:{ms // 1000 % 60:02d}"


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
