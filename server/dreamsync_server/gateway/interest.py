"""Which members a commit may touch, so that the others cost it nothing."""

from collections.abc import Iterable, Iterator
from typing import Any

from dreamsync_server.gateway.cards import wire_value
from dreamsync_server.gateway.group import PRIVATE, Member
from dreamsync_server.gateway.rewind import Step
from dreamsync_server.gateway.views import hearers
from dreamsync_server.gateway.watches import Hit, as_pattern
from dreamsync_server.world.commit import Position
from dreamsync_server.world.model import Pack
from dreamsync_server.world.offers import OfferBook
from dreamsync_server.world.sessions import FIXED
from dreamsync_server.world.state import Facts, as_tuple, role_of
from dreamsync_server.world.values import Drift

_SESSION = "@session."
_SEAT = "@seat."
_SCENE = ".scene"
_N = 3  # where a session's highest number stands in what is kept of it


class Interest:
    """The members of a room by what concerns them."""

    def __init__(self, pack: Pack, book: OfferBook) -> None:
        self._pack = pack
        self._book = book
        self._by_atom: dict[str, dict[Member, None]] = {}  # private atoms
        self._by_read: dict[str, dict[Member, None]] = {}  # what their offers hang on
        self._reads: dict[str, frozenset[str]] = {}  # by seat
        self._of: dict[Member, tuple[list[str], frozenset[str]]] = {}
        self.watching: dict[Member, None] = {}

    def add(self, member: Member) -> None:
        """Note a member as it is now."""
        atoms = [atom for atom in member.viewer.eyes.atoms if atom.startswith(PRIVATE)]
        reads = self._reads_of(member.viewer.seat)
        self._of[member] = (atoms, reads)
        for atom in atoms:
            self._by_atom.setdefault(atom, {})[member] = None
        for name in reads:
            self._by_read.setdefault(name, {})[member] = None

    def discard(self, member: Member) -> None:
        """Forget a member, but not what it watches."""
        atoms, reads = self._of.pop(member, ([], frozenset()))
        for table, keys in ((self._by_atom, atoms), (self._by_read, reads)):
            for key in keys:
                members = table[key]
                del members[member]
                if not members:
                    del table[key]

    def sessions_touched(self, step: Step) -> dict[str, bool]:
        """Return the sessions that a commit touched, and of each whether its seat or its scene may
        be another: what it did is kept with it each time, and moves nobody."""
        found: dict[str, bool] = {}
        for name, old, new in step.system:
            if name.startswith(_SESSION):
                found[name[len(_SESSION) :]] = _who(as_tuple(old)) != _who(as_tuple(new))
            elif name.startswith(_SEAT):
                for value in (old, new):
                    holder = as_tuple(value)
                    if holder and holder[0]:
                        found[holder[0]] = True
        for shift in step.shifts:
            if shift.name.endswith(_SCENE):
                for member in self._by_atom.get(f"seat:{shift.name[: -len(_SCENE)]}", ()):
                    found[member.viewer.session] = True
        return found

    def private(self, step: Step) -> dict[Member, None]:
        """Return the members to whom a commit may be something beyond their group."""
        by_atom = self._by_atom
        found: dict[Member, None] = {}
        for shift in step.shifts:
            for audience in (shift.was, shift.now):
                for atom in audience or ():
                    if atom in by_atom:
                        found.update(by_atom[atom])
        for event in step.commit.events:
            for atom in hearers(event):
                if atom in by_atom:
                    found.update(by_atom[atom])
        return found

    def touched(self, step: Step) -> dict[Member, None]:
        """Return the members whose offers a commit may have changed."""
        by_read = self._by_read
        found: dict[Member, None] = {}
        for name in _changed(self._pack, step):
            if name in by_read:
                found.update(by_read[name])
        return found

    def touched_by_time(self, facts: Facts) -> list[Member]:
        """Return the members whose offers may be others by now; `facts.ms` is now.

        They hang on a fact that drifts, or an action's cooldown is over, behind which another
        reason to refuse it may stand.
        """
        found = {member: None for member in self._of if member.ready_ms < facts.ms}
        for name, members in self._by_read.items():
            value = facts.get(name)
            if type(value) is Drift and value.rate:
                found.update(members)
        return list(found)

    def watchers_take(self, step: Step, facts: Facts) -> None:
        """Send what a commit made of watched conditions."""
        if self.watching:
            changed = frozenset(_changed(self._pack, step))
            for member in tuple(self.watching):
                send_hits(
                    member, member.watches.turned(changed, facts), step.commit.position, facts
                )

    def watchers_beat(self, facts: Facts, position: Position) -> None:
        """Send what time alone made of watched conditions; `facts.ms` is now."""
        for member in tuple(self.watching):
            send_hits(member, member.watches.drifted(facts), position, facts)

    def _reads_of(self, seat: str) -> frozenset[str]:
        if not seat:
            return frozenset()
        reads = self._reads.get(seat)
        if reads is None:
            found = set(self._book.reads(seat))
            for choice in self._pack.choices.values():
                if choice.role != role_of(seat):
                    continue
                found.add(f"choice.{choice.id}")
                for option in choice.options.values():
                    if option.when is not None:
                        found |= option.when.reads
            reads = self._reads[seat] = frozenset(found)
        return reads


def send_hits(member: Member, hits: Iterable[Hit], position: Position, facts: Facts) -> None:
    """Tell a member of conditions that turned."""
    if member.behind_s is not None:
        return
    for hit in hits:
        shown: dict[str, Any] = {name: wire_value(facts[name], {}) for name in hit.reads}
        message = {"type": "hit", "id": hit.id, "pos": list(position), "holds": hit.holds,
                   "facts": shown}  # fmt: skip
        member.outlet.write(member.codec.frame(message))


def _who(kept: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what is kept of a session but for what it did."""
    return (*kept[:_N], *kept[_N + 1 : FIXED])


def _changed(pack: Pack, step: Step) -> Iterator[str]:
    """Yield the facts a commit changed, chorus seats' also as patterns."""
    for shift in step.shifts:
        yield shift.name
        pattern = as_pattern(pack, shift.name)
        if pattern != shift.name:
            yield pattern
    for name, _, _ in step.system:
        yield name
