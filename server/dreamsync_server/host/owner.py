"""One world owned here: its state, what waits to be decided, and the batch not yet confirmed.

Nothing in this file waits: a lane decides when to ask for the next batch and stores it. The
state is *speculative* while a batch is pending: it runs ahead of the log by that batch, and
nobody is shown anything of it until the store has confirmed it.
"""

import logging
import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from dreamsync_server.errors import DreamsyncError, WorldFaultError
from dreamsync_server.host.kept import Kept
from dreamsync_server.host.pace import Pace
from dreamsync_server.host.presence import Presence
from dreamsync_server.limits import (
    APPEND_RETRY_S,
    BATCH_COMMITS_MAX,
    INBOX_LENGTH_MAX,
    INBOX_PAGE,
    TAKEOVER_GRACE_MS,
)
from dreamsync_server.store.port import Batch, Entry, Ownership, WorldCard
from dreamsync_server.world.agenda import Agenda
from dreamsync_server.world.commit import Commit, Moment, Proposal
from dreamsync_server.world.decide import decide
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import State, as_tuple, is_asleep, is_over

RefusalCode = Literal["busy", "store_unavailable", "not_here", "stopped"]
_log = logging.getLogger(__name__)


class RefusedError(DreamsyncError):
    """A proposal was not taken, and so never decided.

    `busy`: too much waits. `store_unavailable`: the world holds until the store confirms again.
    `not_here`: another node may own the world: put it into the world's inbox. `stopped`: the
    world faulted and decides nothing more.
    """

    def __init__(self, code: RefusalCode) -> None:
        super().__init__(code)
        self.code = code


class Decide(Protocol):
    """The world's `decide`."""

    def __call__(
        self, pack: Pack, state: State, proposal: Proposal, moment: Moment, *, cursor: str = ""
    ) -> Commit: ...


class Timers(Protocol):
    """The world's `Agenda`."""

    def follow(self, commit: Commit) -> None: ...

    def next_due(self) -> tuple[int, str] | None: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of worlds, handed in so that a test can break one of them."""

    decide: Decide = decide
    evolve: Callable[[State, Commit], Any] = evolve
    agenda: Callable[[Pack, State], Timers] = Agenda


class Owner:
    """A world that this node may write: it decides, a lane appends.

    Order of deciding: the owner's own first (`open`, `begin`, `sleep`, `wake`), then timers that
    are due, each at its own time, then the inbox, then what was handed in directly.
    """

    def __init__(
        self,
        card: WorldCard,
        state: State,
        ownership: Ownership,
        mono_s: float,
        rules: Rules,
        world_ms: int,
    ) -> None:
        self.world = card.world
        self.card = card
        self.state = state
        self.ownership = ownership
        is_new = state.position.seq == 0
        # Before its first commit a world has no facts, and so nothing that could fall due.
        self.agenda = None if is_new else rules.agenda(state.pack, state)
        self.presence = Presence(state, mono_s)
        known = as_tuple(state.facts.get("@world"))
        speed = int(known[2]) if len(known) > 2 else card.speed
        self.pace = Pace(world_ms, mono_s, speed, not is_new and state.is_running())
        self.own: deque[Proposal] = deque()
        self.entries: deque[Entry] = deque()
        self.queue: deque[Proposal] = deque()
        self.read_through = str(state.facts.get("@inbox", ""))
        self.has_unread = False  # the inbox holds more than was read
        self.consumed = self.read_through  # confirmed: may be trimmed
        self.count_untrimmed = 0
        self.next_pack: Pack | None = None  # to go on under, as soon as it is its turn
        self.pending: Batch | None = None
        self.retry_s = math.inf  # when to send the pending batch again
        self.held_since_s: float | None = None  # since when the store confirms nothing
        self.fault = ""
        self.is_closing = False
        self.heir = ""  # the node that it is handed to, "" where it is just given up
        self.scheduled_s = math.inf  # the lane's: when it will look here by itself
        self.snapshot_seq = 0  # the newest one written or tried
        self._rules = rules
        self._kept = Kept()
        self._lost: list[Commit] = []  # of what was confirmed: being written again
        self._mends = 0
        self._deferred: Batch | None = None  # the batch that waits until that is done
        self._in_flight: list[Proposal] = []  # handed in directly, decided, not confirmed

    # --- what comes in -----------------------------------------------------------------------

    def submit(self, proposal: Proposal) -> None:
        """Take a proposal from this process.

        Raises:
            RefusedError: it was not taken.
        """
        if self.fault:
            raise RefusedError("stopped")
        # While it is closed, what comes goes behind what will be put back into the inbox.
        if self.held_since_s is not None and not self.is_closing:
            raise RefusedError("store_unavailable")
        if len(self.queue) >= INBOX_LENGTH_MAX:
            raise RefusedError("busy")
        self.queue.append(proposal)

    def take(self, entries: Sequence[Entry], has_unread: bool) -> None:
        """Take what was read of the inbox behind `read_through`."""
        self.entries.extend(entries)
        if entries:
            self.read_through = entries[-1].cursor
        self.has_unread = has_unread

    def repack(self, pack: Pack) -> bool:
        """Go on under a newer state of the world's pack as the next thing; False where it is over,
        plays another pack, or this very one."""
        state = self.state
        if self.fault or pack.id != state.pack.id or pack.hash == state.pack.hash:
            return False
        if state.position.seq == 0 or is_over(state.facts):
            return False
        if self.next_pack is None:
            self.own.append(Proposal("repack", "owner"))
        self.next_pack = pack
        return True

    def has_room(self) -> bool:
        """Return whether another page of the inbox may be read."""
        return len(self.entries) < INBOX_PAGE

    def has_work(self, mono_s: float) -> bool:
        """Return whether there is something to decide now."""
        if self.pending is not None or self.fault:
            return False
        if self.own or ((self.entries or self.queue) and not self.is_closing):
            return True
        return not self.is_closing and self._due_s() <= mono_s

    def wakes_at_s(self) -> float:
        """Return when it has something to do by itself: a timer, or a batch to send again."""
        if self.pending is not None:
            return self.retry_s
        if self.fault or self.is_closing:
            return math.inf
        return self._due_s()

    # --- deciding ----------------------------------------------------------------------------

    def decide_batch(
        self, mono_s: float, now_ms: int, commits_max: int = BATCH_COMMITS_MAX
    ) -> Batch | None:
        """Decide what waits and return it as one batch to append, None where there is nothing.

        A rule that breaks ends the batch before it and sets `fault`.
        """
        assert self.pending is None, "at most one batch is in flight"
        commits: list[Commit] = []
        self._in_flight = []
        while len(commits) < min(commits_max, BATCH_COMMITS_MAX):
            chosen = self._next(mono_s, now_ms)
            if chosen is None:
                break
            commit = self._decide(*chosen, mono_s)
            if commit is None:
                break
            commits.append(commit)
        if not commits:
            return None
        first = commits[0].position
        self.pending = Batch(self.ownership, f"{first.epoch}-{first.seq}", tuple(commits))
        return self.pending

    def _next(self, mono_s: float, now_ms: int) -> tuple[Proposal, Moment, str] | None:
        live_ms = max(self.state.world_ms, self.pace.at(mono_s))
        due = self._next_due()
        due_ms = max(due[0], self.state.world_ms) if due is not None else live_ms + 1
        if self.own:
            return self.own.popleft(), self._moment(min(live_ms, due_ms), mono_s, now_ms), ""
        if self.is_closing:
            return None
        if due is not None and due_ms <= live_ms:
            proposal = Proposal("due", "owner", arguments={"timer": due[1]})
            return proposal, self._moment(due_ms, mono_s, now_ms), ""
        moment = self._moment(live_ms, mono_s, now_ms)
        if self.entries:
            entry = self.entries.popleft()
            return entry.proposal, moment, entry.cursor
        if self.queue:
            proposal = self.queue.popleft()
            self._in_flight.append(proposal)
            return proposal, moment, ""
        return None

    def _moment(self, world_ms: int, mono_s: float, now_ms: int) -> Moment:
        """Return the moment of `world_ms`: a timer that fires late was due at an earlier time."""
        at_ms = now_ms - self.pace.lateness_ms(world_ms, mono_s)
        return Moment(world_ms, max(at_ms, self.state.at_ms))

    def _decide(
        self, proposal: Proposal, moment: Moment, cursor: str, mono_s: float
    ) -> Commit | None:
        state = self.state
        if proposal.kind == "repack":
            return self._repack(moment, mono_s)
        try:
            commit = self._rules.decide(state.pack, state, proposal, moment, cursor=cursor)
            self._rules.evolve(state, commit)
            self._follow(commit)
            self.pace.follow(commit.world_ms, mono_s, state.is_running())
        except Exception as error:  # noqa: BLE001 - the one net: this world stops, the rest run on
            self.fault = f"{proposal.kind} by {proposal.by}: {type(error).__name__}: {error}"
            _log.error("world %s stopped: %s", self.world, self.fault, exc_info=error)
            return None
        return commit

    def _repack(self, moment: Moment, mono_s: float) -> Commit | None:
        """Change the pack; where the facts cannot be fitted to it, the world goes on as it is."""
        pack, self.next_pack, state = self.next_pack, None, self.state
        assert pack is not None, "a change of pack has a pack"
        proposal = Proposal("repack", "owner", arguments={"pack": pack.hash})
        try:
            commit = self._rules.decide(pack, state, proposal, moment)
        except WorldFaultError as error:
            _log.error("world %s keeps its pack: %s", self.world, error)
            return None
        try:
            self._rules.evolve(state, commit)
            state.adopt(pack)
            self.agenda = self._rules.agenda(pack, state)
            self.pace.follow(commit.world_ms, mono_s, state.is_running())
        except Exception as error:  # noqa: BLE001 - as in `_decide`
            self.fault = f"repack: {type(error).__name__}: {error}"
            _log.error("world %s stopped: %s", self.world, self.fault, exc_info=error)
            return None
        return commit

    def _follow(self, commit: Commit) -> None:
        if self.agenda is None:
            self.agenda = self._rules.agenda(self.state.pack, self.state)
            return
        before = self.agenda.next_due() if commit.cause.kind == "due" else None
        self.agenda.follow(commit)
        if before is not None and before == self.agenda.next_due():
            raise WorldFaultError(f"timer {before[1]} falls due again and again")

    def _next_due(self) -> tuple[int, str] | None:
        if self.agenda is None or not self.pace.is_running:
            return None
        return self.agenda.next_due()

    def _due_s(self) -> float:
        due = self._next_due()
        return math.inf if due is None else self.pace.mono_of(due[0])

    # --- what the store answered -------------------------------------------------------------

    def confirm(self, mono_s: float) -> Sequence[Commit]:
        """Take the pending batch as written: return its commits, which may be shown now."""
        assert self.pending is not None, "nothing is in flight"
        commits = self.pending.commits
        if self._lost:
            self._mended(len(commits))
            return ()
        self.pending = None
        self._kept.add(commits, mono_s)
        self.retry_s = math.inf
        self._in_flight = []
        self.ownership = self.ownership._replace(tail=commits[-1].position.seq)
        self.presence.follow(commits)
        for commit in commits:
            if commit.cursor:
                self.consumed = commit.cursor
                self.count_untrimmed += 1
        if self.held_since_s is not None:
            self.leave_out(mono_s - self.held_since_s)
            self.held_since_s = None
        return commits

    def mend(self, tail: int) -> bool:
        """Write again what was confirmed behind seq `tail`, where the store's log ends now.

        False where it is not all known here any more: then it is lost. What is pending waits.
        """
        lost = self._kept.after(tail, self.ownership.epoch)
        if not lost:
            return False
        if not self._lost:
            self._deferred = self.pending
        self._lost = list(lost)
        self._mends += 1
        self._mend_next()
        return True

    def _mend_next(self) -> None:
        some = tuple(self._lost[:BATCH_COMMITS_MAX])
        first = some[0].position
        owner = self.ownership._replace(tail=first.seq - 1)
        self.pending = Batch(owner, f"{first.epoch}-{first.seq} mend {self._mends}", some)

    def _mended(self, count: int) -> None:
        """Go on with the rest of what was lost, then with what waited."""
        del self._lost[:count]
        if self._lost:
            self._mend_next()
            return
        self.pending, self._deferred = self._deferred, None
        if self.pending is None:
            self.held_since_s = None
            self.retry_s = math.inf

    def hold(self, mono_s: float) -> None:
        """Take the pending batch's outcome as unknown: decide nothing, send it again soon."""
        if self.held_since_s is None:
            self.held_since_s = mono_s
        self.retry_s = mono_s + APPEND_RETRY_S

    def leave_out(self, outage_s: float) -> None:
        """Let an outage count in world time up to the grace, and no further."""
        self.pace.skip(outage_s - TAKEOVER_GRACE_MS / 1000)

    def is_asleep(self) -> bool:
        """Return whether the last commit put the world to sleep."""
        return is_asleep(self.state.facts)

    def leftovers(self) -> list[Proposal]:
        """Return what was handed in directly and is not known to be decided, in order.

        For the world's next owner. One that may have been decided is given again only where its
        number lets the world tell.
        """
        return [*(p for p in self._in_flight if p.n > 0), *self.queue]
