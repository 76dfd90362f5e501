"""The sessions of one world on this node, and what each commit is to them.

A commit is sorted once for each group (`group.py`), not for each member; when it is sent, and in
what frame, is the sender's (`sender.py`). Nothing here waits: a room is told of commits and of
time, and prepared frames are written.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from dreamsync_server.gateway.arrivals import Arrivals
from dreamsync_server.gateway.follower import Follower
from dreamsync_server.gateway.frames import Codec
from dreamsync_server.gateway.gate import JUDGE, Gate, Viewer
from dreamsync_server.gateway.group import Member, Outlet, Owner
from dreamsync_server.gateway.posing import Posing
from dreamsync_server.gateway.rewind import Step
from dreamsync_server.gateway.sender import CountReset, Sender, Wake
from dreamsync_server.gateway.session import error_map
from dreamsync_server.gateway.views import (
    NOTHING,
    Judge,
    Turn,
    crossing,
    events_for,
    glimpse,
    glimpse_aside,
    hearers,
)
from dreamsync_server.store.port import WorldCard
from dreamsync_server.story.guide import Guide, guide_of
from dreamsync_server.world.commit import Cause, Commit, Outcome
from dreamsync_server.world.sessions import GONE, session_of
from dreamsync_server.world.values import DIGEST_MASK, add_hashes

_AT_DESKS: Final = ("desk", "script")


class Room:
    """One world's sessions here. `judge` says who sees what; only tests give another."""

    def __init__(
        self,
        follower: Follower,
        card: WorldCard,
        now_s: Callable[[], float],
        wake: Wake,
        judge: Judge = JUDGE,
        *,
        node: str = "",
        say_poses: Callable[[bytes], None] = lambda said: None,
        pack_news: Mapping[str, dict[str, Any]] = MappingProxyType({}),
        count_reset: CountReset = lambda why: None,
    ) -> None:
        self.follower = follower
        self.card = card
        self._pack_news = pack_news  # by pack, what its desks were told last of its files
        self.members: dict[str, Member] = {}  # by session
        self.sender = Sender(follower, card, now_s, wake, judge, count_reset)
        self._voice = (node, say_poses)  # what of avatars here other nodes are told
        self.posing = Posing(self.sender, *self._voice)
        self._now_s = now_s
        self._wake = wake
        self._judge = judge
        self._count_reset = count_reset
        self._gates: dict[tuple[str, bool], Gate] = {}
        self._leavers: dict[Member, str] = {}  # member -> how it is closed
        self.arrivals = Arrivals(follower, node, self.members)
        follower.listener = self

    @property
    def guide(self) -> Guide:
        """The director's judgement on the pack, to explain it to a desk that asks why."""
        return guide_of(self.follower.pack)

    # --- coming and going --------------------------------------------------------------------

    def gate(self, lang: str, kind: str = "") -> Gate:
        """Return the gate that speaks a language to sessions of a kind."""
        names_whom = kind in _AT_DESKS
        gate = self._gates.get((lang, names_whom))
        if gate is None:
            gate = Gate(self.follower.pack, lang, self.follower.texts, names_whom=names_whom)
            gate = self._gates.setdefault((gate.words.lang, names_whom), gate)
            self._gates[lang, names_whom] = gate
        return gate

    def member(
        self, kind: str, session: str, secret: str, lang: str, codec: Codec, outlet: Outlet,
        owner: Owner,
    ) -> Member:  # fmt: skip
        """Return a member that is not in yet: `admit` lets it in with its whole view."""
        viewer = self.sender.viewer(kind, session)
        return Member(viewer, secret, self.gate(lang, kind), codec, outlet, owner)

    def admit(self, member: Member, whole: dict[str, Any], later: Iterable[dict[str, Any]]) -> None:
        """Send a member its whole view, and let it in. A session is in a room once only."""
        old = self.members.get(member.viewer.session)
        if old is not None and old is not member:
            self.discard(old)
            old.owner.cut("replaced")
        self.members[member.viewer.session] = member
        member.outlet.write(member.codec.frame(whole))
        for view in later:
            member.outlet.write(member.codec.frame(view))
        news = self._pack_news.get(self.card.pack_id)
        if news is not None and member.viewer.kind in _AT_DESKS:
            member.outlet.write(member.codec.frame(news))  # it was not there, or not on the line
        self.sender.join(member)
        self.pump_poses()

    def discard(self, member: Member) -> None:
        """Let a member go; nothing more is sent to it."""
        if self.members.get(member.viewer.session) is member:
            del self.members[member.viewer.session]
        self.posing.drop(member.viewer.seat)
        self.sender.part(member)
        self.sender.interest.watching.pop(member, None)
        self._leavers.pop(member, None)

    def speak(self, member: Member, lang: str) -> None:
        """Let a member be told everything in another language from now on, from the start."""
        sender = self.sender
        if member.behind_s is not None:
            member.gate, member.whole_why = self.gate(lang, member.viewer.kind), "language"
            return
        sender.make_odd(member)
        member.gate, member.whole_why = self.gate(lang, member.viewer.kind), "language"
        sender.urgent[member] = None
        sender.pump()

    def tell_desks(self, message: dict[str, Any]) -> None:
        """Send a message that holds nothing of the world's state to its desks and scripts."""
        for member in self.members.values():
            if member.viewer.kind in _AT_DESKS:
                member.outlet.write(member.codec.frame(message))

    def resync(self, member: Member) -> None:
        """Send a member its whole view, since it says that its own does not match."""
        member.whole_why = "resync"
        if member.behind_s is None:
            self.sender.urgent[member] = None
            self.sender.pump()

    def pressure(self, member: Member, is_full: bool) -> None:
        """Know that a member's line is full, or has drained."""
        if self.members.get(member.viewer.session) is member:
            self.sender.pressure(member, is_full)

    # --- what the follower tells ---------------------------------------------------------------

    def take(self, step: Step) -> None:
        """Sort a commit for everybody here."""
        sender, commit, shifts = self.sender, step.commit, step.shifts
        sender.taken_s = self._now_s()
        position, world_ms = commit.position, commit.world_ms
        movers = self._movers(step)
        said = [(i, event, hearers(event)) for i, event in enumerate(commit.events)]
        for group in sender.groups.values():
            sees = group.eyes.sees
            seen = glimpse(shifts, group.eyes) if shifts else NOTHING
            events = tuple([(i, event) for i, event, to in said if sees(to)]) if said else ()
            group.digest = (group.digest + seen.digest) & DIGEST_MASK
            if seen.changes or seen.gone or events:
                group.turns.append(Turn(position, world_ms, seen, events))
                group.is_due = True
        if (is_running := self.follower.state.is_running()) != sender.is_running:
            sender.is_running = is_running
            for group in sender.groups.values():
                group.is_due = group.has_running = True
        self.posing.take(step)
        self.arrivals.take(step)
        self._take_aside(step, movers)
        for member, viewer in movers.items():
            self._cross(member, viewer, step)
        for member in sender.interest.touched(step):
            member.needs_offers = True
            sender.make_odd(member)
        sender.interest.watchers_take(step, self.follower.state.facts)

    def taken(self) -> None:
        """Send what is due now that a batch of commits is in."""
        self.pump()

    def diverged(self) -> None:
        """Start everybody over: the state was loaded anew."""
        sender = self.sender
        self.posing.carrying.reload()
        self.arrivals.reload()
        known = tuple(self.members.values())
        for member in known:
            sender.part(member)
        sender.groups = {}
        for member in known:
            viewer = member.viewer
            entry = session_of(self.follower.state.facts, viewer.session)
            if entry is None and viewer.kind != "watch":
                self.discard(member)
                member.owner.cut("replaced")
                continue
            member.viewer = sender.viewer(viewer.kind, viewer.session)
            if member.behind_s is None:
                sender.start_over(member, "diverged", [], is_resumed=False)
                sender.join(member)
            else:
                member.whole_why = "diverged"

    def repacking(self) -> None:
        """Send everything that waits, as it was under the old pack."""
        self.sender.flush()

    def repacked(self, commit: Commit) -> None:
        """Start everybody over under the pack that the world plays from `commit` on."""
        known, old = tuple(self.members.values()), self.sender
        for member in known:
            old.part(member)
        self._gates.clear()
        self.sender = Sender(
            self.follower, self.card, self._now_s, self._wake, self._judge, self._count_reset
        )
        self.posing = Posing(self.sender, *self._voice)
        for member in known:
            viewer = member.viewer
            member.gate = self.gate(member.gate.words.lang, viewer.kind)
            member.viewer = self.sender.viewer(viewer.kind, viewer.session)
            if member.watches is not None:
                self._watch_on(member)
            events = events_for(commit.events, member.viewer.eyes)
            turn = Turn(commit.position, commit.world_ms, NOTHING, events)
            if member.behind_s is None:
                self.sender.start_over(member, "pack", [turn], is_resumed=True)
                self.sender.join(member)
            else:
                member.whole_why = "pack"

    def _watch_on(self, member: Member) -> None:
        """Let a member go on watching what can be watched under the new pack."""
        facts, pack = self.follower.state.facts, self.follower.pack
        member.watches, lost = member.watches.under(pack, member.viewer.eyes, facts)
        if len(member.watches):
            self.sender.interest.watching[member] = None
        for text in lost:
            member.outlet.write(member.codec.frame(error_map("bad_condition", text)))

    # --- time --------------------------------------------------------------------------------

    def pump(self) -> None:
        """Send everything that is due, and say goodbye to those who leave."""
        self.sender.pump()
        self.pump_poses()
        for member, name in tuple(self._leavers.items()):
            self.discard(member)
            member.owner.cut(name)

    def pose(self, member: Member, x: int, y: int, facing: int) -> None:
        """Take where a member's avatar stands; what cannot be is passed over."""
        if self.posing.put(member, x, y, facing):
            self.pump_poses()

    def hear_poses(self, said: bytes) -> None:
        """Take in where the avatars of another node's players stand."""
        self.posing.carrying.heard(said, self._now_s())
        self.pump_poses()

    def pump_poses(self) -> None:
        """Send where avatars stand, if that is due."""
        due_s, now_s = self.posing.due_s(), self._now_s()
        if due_s <= now_s:
            self.posing.send(now_s)
        elif due_s != float("inf"):
            self._wake(due_s)

    def beat(self) -> None:
        """Once a second: see to silence, slow lines and what drifts."""
        with self.sender.at_this_moment() as facts:
            self.sender.interest.watchers_beat(facts, self.follower.state.position)
        self.sender.beat()
        has_watchers = any(m.viewer.kind == "watch" for m in self.members.values())
        self.posing.carrying.beat(self._now_s(), has_watchers=has_watchers)
        for member in tuple(self.members.values()):
            if not self.sender.look_after(member):
                self.discard(member)
                member.owner.cut("too_slow")

    # --- one commit, inside ------------------------------------------------------------------

    def _movers(self, step: Step) -> dict[Member, Viewer]:
        """Return the members whose atoms a commit changed, with what they are behind it."""
        facts = self.follower.state.facts
        found: dict[Member, Viewer] = {}
        for session, is_moved in self.sender.interest.sessions_touched(step).items():
            member = self.members.get(session)
            if member is None:
                continue
            entry = session_of(facts, session)
            if entry is not None and not entry.is_present:
                member.owner.missed()
            if facts.get(f"@session.{session}") == GONE:
                is_left = step.commit.cause.kind == "leave"
                self._leavers[member] = "left" if is_left else "removed"
            if member.group is None or not is_moved:
                continue
            viewer = self.sender.viewer(member.viewer.kind, session)
            if viewer.eyes.atoms != member.viewer.eyes.atoms:
                found[member] = viewer
        if facts.get("@closed"):
            is_news = any(name == "@closed" for name, _, _ in step.system)
            for member in self.members.values():
                if is_news or member.viewer.kind != "desk":  # who came later looks at what was
                    self._leavers.setdefault(member, "world_closed")
        return found

    def _take_aside(self, step: Step, movers: dict[Member, Viewer]) -> None:
        """Note what a commit is to single members beyond their groups."""
        commit, sender = step.commit, self.sender
        outcomes = self._outcomes(step)
        for member in dict.fromkeys((*outcomes, *sender.interest.private(step))):
            group, told = member.group, tuple(outcomes.get(member, ()))
            if group is None or (member in movers and not told):
                continue
            if member in movers:  # the rest comes with its crossing
                turn = Turn(commit.position, commit.world_ms, NOTHING, (), told)
            else:
                turn = self._aside(member, step, told)
            if not turn.is_empty():
                group.unsteady(member)
                member.extra.append(turn)
            if told:
                sender.urgent[member] = None

    def _aside(self, member: Member, step: Step, told: tuple[tuple[Outcome, Cause], ...]) -> Turn:
        commit, eyes, group = step.commit, member.viewer.eyes, member.group
        assert group is not None, "who is behind is told from the log"
        seen = glimpse_aside(step.shifts, eyes, group.eyes)
        events = tuple(
            (i, event)
            for i, event in enumerate(commit.events)
            if eyes.sees(to := hearers(event)) and not group.eyes.sees(to)
        )
        if seen.digest:
            group.unsteady(member)  # it may be among those of another digest from now on
            member.private_digest = add_hashes(member.private_digest, (seen.digest,))
        return Turn(commit.position, commit.world_ms, seen, events, told)

    def _outcomes(self, step: Step) -> dict[Member, list[tuple[Outcome, Cause]]]:
        """Tell owners of their outcomes; return those that members are to be sent."""
        found: dict[Member, list[tuple[Outcome, Cause]]] = {}
        for outcome in step.commit.outcomes:
            self.arrivals.decided(outcome, step.commit.cause)
            member = self.members.get(outcome.session)
            if member is None:
                continue
            member.owner.decided(outcome, step.commit.cause)
            if outcome.n and outcome.code != "gap":  # that one is the gateway's own to put right
                found.setdefault(member, []).append((outcome, step.commit.cause))
        return found

    def _cross(self, member: Member, viewer: Viewer, step: Step) -> None:
        """Bring a member whose atoms changed into another group, with all that comes and goes."""
        sender, commit, old = self.sender, step.commit, member.viewer
        assert member.group is not None, "only who is in a group crosses"
        is_urgent = member in sender.urgent
        member.group.unsteady(member)
        seen = crossing(self.follower.index, step.shifts, old.eyes, viewer.eyes)
        events = events_for(commit.events, viewer.eyes)
        seq = commit.position.seq
        extra = [turn for turn in member.group.turns if member.since < turn.position.seq < seq]
        extra += [*member.extra, Turn(commit.position, commit.world_ms, seen, events)]
        extra.sort(key=lambda turn: turn.position.seq)
        sent, sent_s = member.sent, member.sent_s
        sender.part(member)
        member.viewer = viewer
        sender.join(member)
        sender.make_odd(member)
        member.extra, member.needs_offers = extra, True
        member.sent, member.sent_s, member.since = sent, sent_s, seq
        sender.crossed[member] = None
        if is_urgent:
            sender.urgent[member] = None
        if viewer.seat != old.seat:
            member.whole_why = "seat"
