"""What authors assert of a story in their tests; an assertion that fails says how near it was."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from dreamsync_server.cli.check import folder_of
from dreamsync_server.cli.rehearse_kept import Kept, kept_in
from dreamsync_server.packs import load_folder
from dreamsync_server.packs.faults import alike
from dreamsync_server.story.atlas import Atlas, atlas_of
from dreamsync_server.story.goals import Goal, goal_named, goals_of, place_of, reached_by
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.story.proofs import proof_of
from dreamsync_server.story.rehearsing import rerun
from dreamsync_server.story.seeking import Found, Miss, found_in, seek
from dreamsync_server.story.trial import trial_run
from dreamsync_server.story.verdicts import Verdict
from dreamsync_server.world.audience import class_of, sees
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.opening import start_of
from dreamsync_server.world.rehearsal import Rehearsal
from dreamsync_server.world.state import Facts, State

ATTEMPTS = 6
TRIALS = 12


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
        wanted, absent = self._goal(goal), self._absent(without)
        for one in self.kept():
            if wanted in one.reaches and one.rehearsal.absent == absent:
                return found_in(self._played(one.rehearsal), absent, (wanted,))[0]
        self._assert_possible(wanted, absent)
        miss: Miss | None = None
        for attempt in range(attempts):
            sought = seek(
                self.atlas(absent), wanted, seed + attempt, attempt=attempt, absent=absent
            )
            if sought.found:
                return sought.found[0]
            if sought.miss is not None and (miss is None or sought.miss.cost < miss.cost):
                miss = sought.miss
        raise AssertionError(str(Verdict(wanted, "open", place_of(self.pack, wanted), miss=miss)))

    def never_reaches(self, goal: str, *, without: str | Sequence[str] = ()) -> None:
        """Assert that a goal is proved impossible: that no search finds it would prove nothing."""
        wanted, absent = self._goal(goal), self._absent(without)
        assert proof_of(self.atlas(absent).reach, wanted) is not None, (
            f"{wanted} is not proved impossible"
        )

    def never_sees(
        self, role: str, what: str, *, before: str = "", without: str | Sequence[str] = (),
        runs: int = TRIALS, seed: int = 1,
    ) -> None:  # fmt: skip
        """Assert that a role sees a fact changed, or a text, in no run before a goal.

        The runs are the pack's recorded rehearsals and so many trials: evidence, no proof.
        """
        absent = self._absent(without)
        until = self._goal(before) if before else None
        if role not in self.pack.roles:
            raise ValueError(f"{self.pack.id} has no role {role!r}")
        if what not in self.pack.facts and what not in self.pack.texts[self.pack.languages[0]]:
            raise ValueError(f"{self.pack.id} has no fact and no text {what!r}")
        for one in self.kept():
            if set(absent) <= set(one.rehearsal.absent) and not one.fault:
                self._watch(self._played(one.rehearsal), role, what, until, one.name)
        for number in range(runs):
            play = trial_run(self.pack, seed, number, absent=absent)[1]
            self._watch(play, role, what, until, f"trial {number} with seed {seed}")

    # --- how ------------------------------------------------------------------------------

    def _watch(
        self, play: Playthrough, role: str, what: str, until: Goal | None, name: str
    ) -> None:
        """Look at a run's log with a role's eyes, commit by commit."""
        state = State(self.pack, is_hashed=play.state.is_hashed)
        for commit in play.commits:
            evolve(state, commit)
            if self._is_seen(state.facts, commit, role, what):
                clock = f"{commit.world_ms // 60_000}:{commit.world_ms // 1000 % 60:02d}"
                raise AssertionError(f"{role} sees {what} at {clock} of {name}")
            if until is not None and until in reached_by(commit):
                return

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

    def _assert_possible(self, goal: Goal, absent: tuple[str, ...]) -> None:
        proof = proof_of(self.atlas(absent).reach, goal)
        assert proof is None, str(proof)

    def _atlas(self, absent: tuple[str, ...]) -> Atlas:
        return atlas_of(self.pack, absent)

    def _kept(self) -> tuple[Kept, ...]:
        return kept_in(self.folder, self.pack)

    def _goal(self, name: str) -> Goal:
        goal = goal_named(self.pack, name)
        if goal is None:
            near = alike(name, [one.id for one in goals_of(self.pack)])
            hint = f"; did you mean {near!r}?" if near else ""
            raise ValueError(f"{self.pack.id} has no ending, beat or action {name!r}{hint}")
        return goal

    def _absent(self, without: str | Sequence[str]) -> tuple[str, ...]:
        roles = (without,) if isinstance(without, str) else tuple(without)
        for role in roles:
            if role not in self.pack.roles:
                raise ValueError(f"{self.pack.id} has no role {role!r}")
        return roles
