"""Sessions of one room that see the same, and the frames built once for all of them.

A group's members share their public atoms (`all`, their scene, their role, the desk). What one
member sees beyond them (a chorus seat's own facts, what is for its session alone) and what became
of its own proposals comes to it in frames of its own. A member is *steady* while the group's
frames are all it needs, *odd* while it needs one of its own, *behind* while its line is too slow
to be sent anything: then it is in no group, and goes on from the log when the line has drained.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from dreamsync_server.gateway.frames import Codec, split_at_digest
from dreamsync_server.gateway.gate import Gate, Viewer
from dreamsync_server.gateway.views import Eyes, Turn, fold
from dreamsync_server.world.commit import Cause, Outcome, Position
from dreamsync_server.world.offers import Offer
from dreamsync_server.world.state import Facts
from dreamsync_server.world.values import DIGEST_MASK, add_hashes, digest_hex

PRIVATE = ("seat:", "session:")


class Outlet(Protocol):
    """The way to one client (`lines.Line` is one). Nothing here waits or raises."""

    def write(self, frame: bytes) -> None:
        """Queue one whole prepared websocket frame."""
        ...

    def buffered(self) -> int:
        """Return how many bytes are queued and not yet with the kernel."""
        ...


class Owner(Protocol):
    """Whose session a member is: the conversation on its socket."""

    def decided(self, outcome: Outcome, cause: Cause) -> None:
        """Know that a proposal of the session has its outcome; the client is told elsewhere."""
        ...

    def missed(self) -> None:
        """Know that the world counts the session as absent, though it is here."""
        ...

    def cut(self, name: str) -> None:
        """Say goodbye by a close code's name ("left" where all is well), then close."""
        ...


class Member:
    """One session in a room."""

    __slots__ = (
        "behind_s", "choices", "codec", "extra", "gate", "group", "is_odd", "needs_offers",
        "offered", "offers", "outlet", "owner", "private_digest", "ready_ms", "secret", "sent",
        "sent_s", "since", "viewer", "watches", "whole_why",
    )  # fmt: skip

    def __init__(
        self, viewer: Viewer, secret: str, gate: Gate, codec: Codec, outlet: Outlet, owner: Owner
    ) -> None:
        self.viewer = viewer
        self.secret = secret
        self.gate = gate
        self.codec = codec
        self.outlet = outlet
        self.owner = owner
        self.group: Group | None = None  # None while it is behind, and when it is gone
        self.is_odd = False
        self.extra: list[Turn] = []  # what it is told beyond its group's turns
        self.since = 0  # seq of the last of its group's turns that it was sent or has in `extra`
        self.private_digest = 0  # of the facts that it sees and its group does not
        self.sent = Position(0, 0)  # as of its last own frame; a steady one is where its group is
        self.sent_s = 0.0
        self.behind_s: float | None = None
        self.offers: dict[str, dict[str, Any]] = {}
        self.offered: Sequence[Offer] = ()  # what `offers` say in its language
        self.ready_ms = float("inf")  # when the first of their cooldowns is over, in world time
        self.choices: list[dict[str, Any]] = []
        self.needs_offers = False
        self.whole_why = ""  # why its next frame is to be a whole view
        self.watches: Any = None

    def is_waiting(self) -> bool:
        """Return whether there is something for it alone that it was not sent yet."""
        return bool(self.extra or self.needs_offers or self.whole_why)

    def turns(self) -> list[Turn]:
        """Return what it was not sent yet, in the order of the log."""
        assert self.group is not None, "who is behind is told from the log"
        turns = [turn for turn in self.group.turns if turn.position.seq > self.since]
        turns += self.extra
        turns.sort(key=_seq_of)
        return turns

    def digest(self) -> int:
        """Return the digest of its view as of the newest commit."""
        assert self.group is not None, "who is behind has no view"
        return add_hashes(self.group.digest, (self.private_digest,))


class Channel:
    """The steady members of a group with one language and one codec."""

    __slots__ = ("codec", "gate", "patched", "plain")

    def __init__(self, gate: Gate, codec: Codec) -> None:
        self.gate = gate
        self.codec = codec
        self.plain: dict[Member, Any] = {}  # member -> its outlet's write
        self.patched: dict[Member, Any] = {}  # those with facts of their own: another digest


class Group:
    """Members with the same public atoms; `turns` are those since its last frame."""

    __slots__ = (
        "channels", "digest", "eyes", "has_running", "is_due", "odd", "sent", "sent_s", "turns",
    )  # fmt: skip

    def __init__(self, eyes: Eyes, digest: int, sent: Position) -> None:
        self.eyes = eyes
        self.digest = digest
        self.sent = sent
        self.sent_s = float("-inf")
        self.turns: list[Turn] = []
        self.is_due = False
        self.has_running = False  # whether world time runs has changed
        self.channels: dict[tuple[str, str], Channel] = {}
        self.odd: dict[Member, None] = {}

    def is_empty(self) -> bool:
        """Return whether nobody is in it."""
        return not self.odd and all(not c.plain and not c.patched for c in self.channels.values())

    def members(self) -> list[Member]:
        """Return all its members."""
        found = list(self.odd)
        for channel in self.channels.values():
            found += (*channel.plain, *channel.patched)
        return found

    def add(self, member: Member, position: Position) -> None:
        """Take in a member that was sent everything up to `position`."""
        member.group = self
        member.sent, member.since = position, position.seq
        member.is_odd = True
        self.odd[member] = None
        if not self.turns:
            self.steady(member)

    def discard(self, member: Member) -> None:
        """Let a member go; `member.sent` is then where it is."""
        if member.is_odd:
            del self.odd[member]
            member.is_odd = False
        else:
            member.sent = self._sent_to(member)
            self._out(member)
        member.group = None

    def unsteady(self, member: Member) -> None:
        """Let a member have its next frame for itself."""
        if not member.is_odd:
            self._out(member)
            member.sent, member.since = self._sent_to(member), self.sent.seq
            member.is_odd = True
            self.odd[member] = None

    def steady(self, member: Member) -> None:
        """Let a member share the group's frames, which it must have been sent all so far."""
        if member.is_odd:
            del self.odd[member]
            member.is_odd = False
        key = (member.gate.words.lang, member.codec.name)
        channel = self.channels.get(key)
        if channel is None:
            channel = self.channels[key] = Channel(member.gate, member.codec)
        alike = channel.patched if member.private_digest else channel.plain
        alike[member] = member.outlet.write

    def send_view(self, facts: Facts, position: Position, is_running: bool) -> None:
        """Send what the turns since the last frame brought to all steady members, one frame a
        channel; odd ones are left to the room."""
        if all(not channel.plain and not channel.patched for channel in self.channels.values()):
            return
        folded = fold(self.turns)
        digest = digest_hex(self.digest)
        views: dict[str, dict[str, Any]] = {}
        for (lang, _), channel in self.channels.items():
            if not channel.plain and not channel.patched:
                continue
            view = views.get(lang)
            if view is None:
                view = views[lang] = channel.gate.view(folded, position, facts)
                if self.has_running:
                    view["running"] = is_running
                view["digest"] = digest
            prepared = channel.codec.frame(view)
            for write in channel.plain.values():
                write(prepared)
            if channel.patched:
                self._send_patched(channel, prepared, digest)

    def send_quiet(self, world_ms: int, position: Position) -> None:
        """Tell all steady members how far the log is, though it held nothing for them."""
        quiet = {"type": "quiet", "pos": list(position), "ms": world_ms}
        for channel in self.channels.values():
            if channel.plain or channel.patched:
                send_all(channel.codec.frame(quiet), (*channel.plain, *channel.patched))

    def sent_all(self, position: Position, now_s: float) -> None:
        """Know that everybody here was sent everything up to `position`."""
        self.turns.clear()
        self.sent, self.sent_s = position, now_s
        self.is_due = self.has_running = False

    def _send_patched(self, channel: Channel, prepared: bytes, digest: str) -> None:
        before, behind = split_at_digest(prepared, digest)
        shared = self.digest
        for member, write in channel.patched.items():
            own = (shared + member.private_digest) & DIGEST_MASK
            write(b"".join((before, b"%016x" % own, behind)))

    def _sent_to(self, member: Member) -> Position:
        """Return where a steady member is: it may have had a frame of its own since."""
        return self.sent if self.sent.seq >= member.sent.seq else member.sent

    def _out(self, member: Member) -> None:
        channel = self.channels[member.gate.words.lang, member.codec.name]
        channel.plain.pop(member, None)
        channel.patched.pop(member, None)


def send_all(prepared: bytes, members: Iterable[Member]) -> None:
    """Send one frame to several members."""
    for member in members:
        member.outlet.write(prepared)


def _seq_of(turn: Turn) -> int:
    return turn.position.seq
