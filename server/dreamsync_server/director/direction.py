"""One world under direction: follows its log, and proposes cues and understudies' acts.

No I/O: what it proposes is handed to the shell, what was committed is handed in. It proposes
under a term (a fact of the world): once a newer director has taken its term, the world refuses
this one, and it stops. Proposals are numbered within the term; what is not answered in the log
is proposed again with the same number.
"""

from collections.abc import Sequence
from dataclasses import replace

from dreamsync_server.limits import DIRECTOR_RESEND_MS
from dreamsync_server.story.guide import guide_of
from dreamsync_server.story.understudy import proposal_of, understudied_seats, what_to_do
from dreamsync_server.world.commit import Commit, Proposal
from dreamsync_server.world.directing import DIRECTOR
from dreamsync_server.world.state import State, as_tuple, is_over


class Direction:
    """What the director knows and wants of one world. `state` is its own copy."""

    def __init__(self, state: State, now_ms: int) -> None:
        self.state = state
        self.term = 0  # 0: not asked for yet
        self.is_stale = False  # a newer director has taken over
        self.news: tuple[str, ...] = ()  # endings other worlds of the pack shared, newest first
        self._pack = state.pack
        self.guide = guide_of(state.pack)
        self._n = 0
        self._unanswered: dict[int, tuple[Proposal, int]] = {}  # n -> (proposal, sent ms)
        self._term_sent_ms = 0
        self._second = -1
        self._anchor = (state.world_ms, now_ms)

    def follow(self, commits: Sequence[Commit], now_ms: int) -> None:
        """Take in commits that `state` was just brought to; `now_ms` is the shell's clock."""
        for commit in commits:
            for outcome in commit.outcomes:
                if outcome.session == DIRECTOR and commit.cause.term == self.term:
                    self._unanswered.pop(outcome.n, None)
        if commits:
            self._anchor = (self.state.world_ms, now_ms)
        known = as_tuple(self.state.facts.get("@director"))
        if self.term and known and known[0] > self.term:
            self.is_stale = True

    def world_ms(self, now_ms: int) -> int:
        """Return world time as it is by now: the last commit's and what has passed since."""
        world_ms, anchor_ms = self._anchor
        if not self.state.is_running():
            return world_ms
        speed = int(as_tuple(self.state.facts["@world"])[2])
        return world_ms + max(0, now_ms - anchor_ms) * speed // 1000

    def next_second(self, now_ms: int) -> list[Proposal]:
        """Return what is to be proposed now; at most once a world second something new."""
        if self.is_stale or self.state.position.seq == 0 or is_over(self.state.facts):
            return []
        if not self._has_term():
            return self._ask_for_term(now_ms)
        resent = self._resend(now_ms)
        world_ms = self.world_ms(now_ms)
        second = world_ms // 1000
        if resent or self._unanswered or second == self._second or not self.state.is_running():
            return resent
        self._second = second
        with self.state.facts.seen_at(world_ms):
            return self._new_proposals(second, now_ms)

    def _has_term(self) -> bool:
        return self.term > 0 and as_tuple(self.state.facts.get("@director")) == (self.term,)

    def _ask_for_term(self, now_ms: int) -> list[Proposal]:
        if self.term and now_ms - self._term_sent_ms < DIRECTOR_RESEND_MS:
            return []
        known = as_tuple(self.state.facts.get("@director"))
        if not self.term:
            self.term = int(known[0]) + 1 if known else 1
        self._term_sent_ms = now_ms
        return [Proposal("term", "director", session=DIRECTOR, term=self.term)]

    def _resend(self, now_ms: int) -> list[Proposal]:
        late = []
        for n, (proposal, sent_ms) in self._unanswered.items():
            if now_ms - sent_ms >= DIRECTOR_RESEND_MS:
                late.append(proposal)
                self._unanswered[n] = (proposal, now_ms)
        return late

    def _new_proposals(self, second: int, now_ms: int) -> list[Proposal]:
        facts = self.state.facts
        found: list[Proposal] = []
        move = self.guide.next_move(self.state, second, self.news)
        if move is not None:
            found.append(replace(move, n=self._number(), term=self.term))
        for seat in understudied_seats(self._pack, facts):
            done = what_to_do(self._pack, self.guide.book, facts, seat.seat, second)
            if done is not None:
                found.append(proposal_of(done, seat, self.term, self._number()))
        for proposal in found:
            self._unanswered[proposal.n] = (proposal, now_ms)
        return found

    def _number(self) -> int:
        self._n += 1
        return self._n
