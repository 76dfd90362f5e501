"""When what goes to whom: the groups of a room, their frames, and lines that are too slow.

Views go out at most each `VIEW_INTERVAL_S`; one's own outcome goes at once; what holds nothing for
a group is told as `quiet` on the fixed one-second beat, so that the moment of a secret act does
not show. A member whose line is full is let go of and goes on from the log when it has drained.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dreamsync_server.gateway.delivery import (
    bare_view,
    offers_changed,
    own_view,
    quiet_of,
    recap_for,
    tail_views,
    whole_view,
)
from dreamsync_server.gateway.follower import Follower
from dreamsync_server.gateway.gate import Viewer, atoms_of
from dreamsync_server.gateway.group import PRIVATE, Group, Member
from dreamsync_server.gateway.interest import Interest
from dreamsync_server.gateway.rewind import Look, replay, unwound
from dreamsync_server.gateway.views import Eyes, Judge, Turn
from dreamsync_server.limits import (
    BUFFER_HARD_BYTES,
    BUFFER_SOFT_BYTES,
    BUFFER_STALLED_S,
    IDLE_PING_S,
    VIEW_EARLY_S,
    VIEW_INTERVAL_S,
)
from dreamsync_server.store.port import WorldCard
from dreamsync_server.world.offers import book_of
from dreamsync_server.world.seats import seat_of
from dreamsync_server.world.state import Facts, as_tuple
from dreamsync_server.world.values import add_hashes

Wake = Callable[[float], None]
"""Ask to be pumped at a time of the monotonic clock, in seconds."""

CountReset = Callable[[str], None]
"""Know that a client's mirror is replaced whole, and why."""


class Sender:
    """Sends to the members of one room."""

    def __init__(
        self,
        follower: Follower,
        card: WorldCard,
        now_s: Callable[[], float],
        wake: Wake,
        judge: Judge,
        count_reset: CountReset,
    ) -> None:
        self.follower = follower
        self.card = card
        self.book = book_of(follower.pack)
        self.interest = Interest(follower.pack, self.book)
        self.groups: dict[frozenset[str], Group] = {}
        self.urgent: dict[Member, None] = {}  # to be sent a frame of its own at once
        self.crossed: dict[Member, None] = {}  # came to another scene since its last frame
        self.newcomers: dict[Member, None] = {}  # they do not know yet where people stand
        self.is_running = False
        self.taken_s = now_s()  # when the newest commit was taken in
        self._pumped = follower.state.position  # the newest commit when it was pumped last
        self._now_s = now_s
        self._wake = wake
        self._judge = judge
        self._count_reset = count_reset

    # --- coming and going --------------------------------------------------------------------

    def viewer(self, kind: str, session: str) -> Viewer:
        """Return who looks, as of the newest commit."""
        pack, facts = self.follower.pack, self.follower.state.facts
        seat = seat_of(facts, session) if kind == "player" else ""
        eyes = Eyes(atoms_of(pack, facts, kind, session), self._judge)
        return Viewer(kind, session, seat, eyes)

    def look_of(self, kind: str, session: str) -> Look:
        """Return what makes a session's eyes as facts are, to replay the log for it."""
        pack, judge = self.follower.pack, self._judge
        known: dict[frozenset[str], Eyes] = {}

        def look(facts: Facts) -> Eyes:
            atoms = atoms_of(pack, facts, kind, session)
            return known.setdefault(atoms, Eyes(atoms, judge))

        return look

    def join(self, member: Member) -> None:
        """Put a member into its group; it was sent everything up to the newest commit."""
        state, index = self.follower.state, self.follower.index
        atoms = member.viewer.eyes.atoms
        public = frozenset(atom for atom in atoms if not atom.startswith(PRIVATE))
        if not self.groups:
            self.is_running = state.is_running()
        group = self.groups.get(public)
        if group is None:
            eyes = Eyes(public, self._judge)
            group = self.groups[public] = Group(eyes, index.digest(eyes), state.position)
        member.extra = []
        member.private_digest = add_hashes(index.digest(member.viewer.eyes), (), (group.digest,))
        member.viewer.eyes.forget()
        group.add(member, state.position)
        member.sent_s = self._now_s()
        self.interest.add(member)
        self.newcomers[member] = None

    def part(self, member: Member) -> None:
        """Take a member out of its group; `member.sent` says what it was sent."""
        self.interest.discard(member)
        self.urgent.pop(member, None)
        self.crossed.pop(member, None)
        self.newcomers.pop(member, None)
        group = member.group
        if group is None:
            return
        group.discard(member)
        if group.is_empty():
            self.groups = {key: other for key, other in self.groups.items() if other is not group}

    def make_odd(self, member: Member) -> None:
        """Let a member have its next frame for itself."""
        if member.group is not None:
            member.group.unsteady(member)

    def whole(self, member: Member, turns: list[Turn]) -> dict[str, Any]:
        """Return all a member sees now, and what happened in `turns`."""
        return whole_view(member, self.follower, self.book, self.card, turns)

    def recap(self, member: Member) -> list[str]:
        """Return the lines that say what a member's role knows."""
        return recap_for(member, self.follower, self._judge)

    @contextmanager
    def at_this_moment(self) -> Iterator[Facts]:
        """Give the facts as they read now, and not as of the newest commit."""
        state = self.follower.state
        facts, at_ms = state.facts, state.facts.ms
        if self.is_running:
            world = as_tuple(facts.get("@world"))
            speed = int(world[2]) if world else self.follower.pack.speed
            facts.ms = at_ms + int((self._now_s() - self.taken_s) * speed)
        try:
            yield facts
        finally:
            facts.ms = at_ms

    # --- time --------------------------------------------------------------------------------

    def pump(self) -> None:
        """Send everything that is due, and ask to be called again for what is due later.

        Whoever the newest commit holds something for may be told VIEW_EARLY_S before its time when
        that has just come in, so that what happens twenty times a second is sent as it happens, and
        not each time by a timer a little later. Nothing else may hasten a view: when it goes would
        then tell of what it does not hold.
        """
        now_s, newest = self._now_s(), self.follower.state.position
        has_news, self._pumped = newest != self._pumped, newest
        for member in tuple(self.urgent):
            self._send_own(member, now_s)
        self.urgent.clear()
        next_s = float("inf")
        for group in tuple(self.groups.values()):
            due_s = group.sent_s + VIEW_INTERVAL_S
            if group.is_due:
                is_told = has_news and bool(group.turns) and group.turns[-1].position == newest
                if due_s <= now_s + is_told * VIEW_EARLY_S:
                    self._flush(group, max(now_s, due_s))  # one that is early is sent when due
                else:
                    next_s = min(next_s, due_s)
            for member in tuple(group.odd):
                if not (member.extra or member.needs_offers):
                    continue
                due_s = member.sent_s + VIEW_INTERVAL_S
                if due_s <= now_s:
                    self._send_own(member, now_s)
                else:
                    next_s = min(next_s, due_s)
        if next_s != float("inf"):
            self._wake(next_s)

    def flush(self) -> None:
        """Send everything that waits, however short ago the last frame was."""
        now_s = self._now_s()
        for member in tuple(self.urgent):
            self._send_own(member, now_s)
        self.urgent.clear()
        for group in tuple(self.groups.values()):
            if group.is_due:
                self._flush(group, now_s)
            for member in tuple(group.odd):
                if member.extra or member.needs_offers:
                    self._send_own(member, now_s)

    def beat(self) -> None:
        """Once a second: tell everybody to whom nothing was told how far the log is."""
        with self.at_this_moment() as facts:
            for member in self.interest.touched_by_time(facts):
                member.needs_offers = True
                self.make_odd(member)
        self.pump()
        now_s, state = self._now_s(), self.follower.state
        for group in tuple(self.groups.values()):
            is_silent = now_s - group.sent_s >= IDLE_PING_S
            if group.is_due or not (group.sent != state.position or is_silent):
                continue
            group.send_quiet(state.facts.ms, state.position)
            for member in tuple(group.odd):
                if member.extra or member.needs_offers:
                    continue
                if member.sent != state.position or is_silent:
                    self._write(member, quiet_of(state))
                group.steady(member)
            group.sent_all(state.position, now_s)

    def look_after(self, member: Member) -> bool:
        """Look at a member's line; False where it is too slow and must be cut."""
        buffered = member.outlet.buffered()
        now_s = self._now_s()
        is_stalled = member.behind_s is not None and now_s - member.behind_s >= BUFFER_STALLED_S
        if buffered > BUFFER_HARD_BYTES or is_stalled:
            return False
        if buffered > BUFFER_SOFT_BYTES:
            self.pressure(member, True)
        elif buffered < BUFFER_SOFT_BYTES // 2:
            self.pressure(member, False)
        return True

    def pressure(self, member: Member, is_full: bool) -> None:
        """Know that a member's line is full (over the soft bound) or has drained."""
        if is_full and member.behind_s is None:
            self.part(member)
            member.behind_s = self._now_s()
        elif not is_full and member.behind_s is not None:
            member.behind_s = None
            self._catch_up(member)

    def start_over(self, member: Member, why: str, turns: list[Turn], *, is_resumed: bool) -> None:
        """Send a member its whole view because of `why`."""
        reset = {"type": "reset", "why": why, **self.whole(member, turns), "resumed": is_resumed}
        if why == "seat" or not is_resumed:
            reset["recap"] = self.recap(member)
        self._count_reset(why)
        self._write(member, reset)
        for view in tail_views(member, self.follower, turns):
            self._write(member, view)

    # --- inside ------------------------------------------------------------------------------

    def _flush(self, group: Group, now_s: float) -> None:
        """Send a group what its turns brought: one frame for all, own ones for the odd."""
        state = self.follower.state
        group.send_view(state.facts, state.position, self.is_running)
        last_seq = group.turns[-1].position.seq if group.turns else 0
        for member in tuple(group.odd):
            if member.since < last_seq or group.has_running or member.is_waiting():
                self._send_own(member, now_s)
        group.sent_all(state.position, now_s)
        for member in tuple(group.odd):
            group.steady(member)

    def _send_own(self, member: Member, now_s: float) -> None:
        """Send a member a frame of its own with everything it was not sent yet."""
        group = member.group
        if group is None:
            return
        group.unsteady(member)
        state = self.follower.state
        turns = member.turns()
        if member.whole_why:
            why, member.whole_why = member.whole_why, ""
            self.start_over(member, why, turns, is_resumed=True)
        else:
            has_crossed = member in self.crossed
            view = own_view(member, self.follower, turns, has_crossed=has_crossed)
            if member.needs_offers:
                with self.at_this_moment():
                    changed = offers_changed(member, self.follower, self.book)
                if changed:
                    view = {**(view or bare_view(member, state)), **changed}
            if view is None and group.has_running:
                view = bare_view(member, state)
            if view is not None:
                view["running"] = self.is_running
                self._write(member, view)
                member.sent = state.position
        self.crossed.pop(member, None)
        member.extra.clear()
        member.since, member.sent_s = state.position.seq, now_s
        if not group.turns and not group.has_running:
            group.steady(member)

    def _write(self, member: Member, message: dict[str, Any]) -> None:
        member.outlet.write(member.codec.frame(message))

    def _catch_up(self, member: Member) -> None:
        """Send a member that was behind all it missed, and let it go on."""
        kind, session = member.viewer.kind, member.viewer.session
        steps = self.follower.steps_after(member.sent.seq)
        turns: list[Turn] | None = None
        if steps is not None and self.follower.is_on_history(member.sent):
            past = unwound(self.follower.index, steps)
            turns = replay(past, steps, self.look_of(kind, session), session)
        member.viewer = self.viewer(kind, session)
        why, member.whole_why = member.whole_why or "slow", ""
        self.start_over(member, why, turns or [], is_resumed=turns is not None)
        self.join(member)
