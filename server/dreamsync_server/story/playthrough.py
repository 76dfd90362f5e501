"""A world played without sockets, store or clock: the same decide, time moved by hand.

Rehearsals, searches and tests play on it. Its commits are what an owner would have written.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from typing import Any

from dreamsync_server.story.guide import Guide
from dreamsync_server.story.triggers import triggered
from dreamsync_server.story.understudy import proposal_of, understudied_seats, what_to_do
from dreamsync_server.world.agenda import Agenda
from dreamsync_server.world.commit import ActKind, Commit, Moment, Outcome, Proposal, ProposerKind
from dreamsync_server.world.decide import decide
from dreamsync_server.world.directing import DIRECTOR
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import State, is_over

FIRST_EPOCH = 1
TERM = 1


class Playthrough:
    """One world from its opening on, at its own time. `commits` is its whole log."""

    def __init__(
        self,
        pack: Pack,
        seed: int,
        *,
        has_understudies: bool = True,
        is_hashed: bool = True,
    ) -> None:
        """Open the world; one that is not hashed plays faster, and its commits have no digest."""
        self.pack = pack
        self.seed = seed
        self.state = State(pack, is_hashed=is_hashed)
        self.commits: list[Commit] = []
        self._numbers: dict[str, int] = {}
        self._has_term = False
        given = {"seed": seed, "understudies": has_understudies, "epoch": FIRST_EPOCH}
        self._agenda: Agenda | None = None
        self.propose(Proposal("open", "owner", arguments=given))
        self._agenda = Agenda(pack, self.state)
        self._guide = Guide(pack)
        self._book = self._guide.book

    def fork(self) -> "Playthrough":
        """Return a copy that goes its own way from here; costs some 20 µs."""
        assert self._agenda is not None, "a world opens before it forks"
        other = copy(self)
        other.state = self.state.fork()
        other.commits = list(self.commits)
        other._numbers = dict(self._numbers)
        other._agenda = self._agenda.fork(other.state)
        return other

    @property
    def facts(self) -> Any:
        """The facts as they are now; `facts.whole(name)` reads a drifting one."""
        return self.state.facts

    @property
    def world_ms(self) -> int:
        """World time now."""
        return self.state.world_ms

    @property
    def ending(self) -> str:
        """The ending reached, "" for none yet."""
        return str(self.state.facts["ending"])

    def propose(self, proposal: Proposal) -> Commit:
        """Decide a proposal now; return its commit."""
        moment = Moment(self.state.world_ms, self.state.world_ms)
        commit = decide(self.pack, self.state, proposal, moment)
        self._apply(commit)
        return commit

    def pass_to(self, world_ms: int) -> list[Commit]:
        """Let world time pass, with what falls due on the way, each at its own time."""
        assert self._agenda is not None, "a world opens before its time passes"
        found: list[Commit] = []
        while self.state.is_running():
            due = self._agenda.next_due()
            if due is None or due[0] > world_ms:
                self._rest(max(world_ms, self.state.world_ms))
                break
            self._rest(max(due[0], self.state.world_ms))
            found.append(self.propose(Proposal("due", "owner", arguments={"timer": due[1]})))
        return found

    def pass_ms(self, ms: int) -> list[Commit]:
        """Let some world time pass."""
        return self.pass_to(self.state.world_ms + ms)

    def next_due_ms(self) -> int | None:
        """Return the world time of what falls due next; None where nothing will."""
        assert self._agenda is not None, "a world opens before its time passes"
        due = self._agenda.next_due()
        return None if due is None else due[0]

    # --- people -----------------------------------------------------------------------------

    def join(self, session: str, role: str = "", kind: ProposerKind = "player") -> Outcome:
        """Let a session in, with a role where one is named."""
        texts = {"name": ("salt", session)}
        given = {"role": role, "secret": "", "kind": kind}
        return self._answer(Proposal("join", kind, session, 0, given, texts))

    def act(self, session: str, action: str, **params: Any) -> Outcome:
        """Do an action for a session's seat; a str that the action takes as free text is one."""
        free = self._free_texts(action)
        texts = {k: ("salt", str(v)) for k, v in params.items() if k in free}
        plain = {k: v for k, v in params.items() if k not in free}
        given = {"action": action, "params": plain}
        return self.ask("act", "player", session, given, texts)

    def choose(self, session: str, choice: str, option: str) -> Outcome:
        """Answer a choice."""
        return self.ask("choose", "player", session, {"choice": choice, "option": option})

    def ask(
        self,
        kind: ActKind,
        by: ProposerKind,
        session: str,
        given: Mapping[str, Any] | None = None,
        texts: Mapping[str, tuple[str, str]] | None = None,
    ) -> Outcome:
        """Propose with the session's next number; return the outcome."""
        n = self._numbers.get(session, 0) + 1
        self._numbers[session] = n
        return self._answer(Proposal(kind, by, session, n, given or {}, texts or {}))

    # --- the director and the understudies ---------------------------------------------------

    def direct_second(self, *, by_triggers: bool = False) -> list[Commit]:
        """Do what the director and its understudies do in this world second.

        `by_triggers` has the plain trigger list in the director's place.
        """
        if is_over(self.state.facts) or not self.state.is_running():
            return []
        found: list[Commit] = []
        second = self.state.world_ms // 1000
        move = self._triggered(second) if by_triggers else self._guide.next_move(self.state, second)
        if move is not None:
            found.append(self.direct(move))
        for seat in understudied_seats(self.pack, self.state.facts):
            done = what_to_do(self.pack, self._book, self.state.facts, seat.seat, second)
            if done is not None and not is_over(self.state.facts):
                found.append(self.direct(proposal_of(done, seat, TERM, 0)))
        return found

    def _triggered(self, second: int) -> Proposal | None:
        ranked = triggered(self.pack, self.state.facts, second)
        if not ranked:
            return None
        given = {"beat": ranked[0].beat, "occurrence": ranked[0].occurrence}
        return Proposal("cue", "director", DIRECTOR, 0, given)

    def direct(self, proposal: Proposal) -> Commit:
        """Propose something of the director's or an understudy's, with its next number."""
        if not self._has_term:
            self._has_term = True
            self.propose(Proposal("term", "director", DIRECTOR, term=TERM))
        n = self._numbers.get(DIRECTOR, 0) + 1
        self._numbers[DIRECTOR] = n
        return self.propose(replace(proposal, session=DIRECTOR, n=n, term=TERM))

    def _answer(self, proposal: Proposal) -> Outcome:
        outcomes = self.propose(proposal).outcomes
        assert len(outcomes) == 1, "one proposal has one outcome"
        return outcomes[0]

    def _free_texts(self, action: str) -> frozenset[str]:
        found = self.pack.actions.get(action)
        return frozenset(p.name for p in found.params if p.is_free_text) if found else frozenset()

    def _rest(self, world_ms: int) -> None:
        """Move time on: nothing is decided, drifting facts read on."""
        self.state.facts.ms = world_ms

    def _apply(self, commit: Commit) -> None:
        evolve(self.state, commit)
        if self._agenda is not None:
            self._agenda.follow(commit)
        self.commits.append(commit)
