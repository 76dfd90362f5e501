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
from dreamsync_server.world.state import Facts, as_tuple, role_of, seat_decl
from dreamsync_server.world.values import Drift

_SESSION = "@session."
_SEAT = "@seat."
_SCENE = ".scene"
_N = 3  # where a session's highest number stands in what is kept of it


class _Table:
    """Members by a name. Most names concern one member alone: then it stands there by itself."""

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: dict[str, Member | dict[Member, None]] = {}

    def add(self, name: str, member: Member) -> None:
        """Note that a name concerns a member."""
        known = self._found.get(name)
        if known is None:
            self._found[name] = member
        elif isinstance(known, dict):
            known[member] = None
        else:
            self._found[name] = {known: None, member: None}

    def discard(self, name: str, member: Member) -> None:
        """Note that it does so no more."""
        known = self._found[name]
        if isinstance(known, dict):
            del known[member]
        if known is member or not known:
            del self._found[name]

    def of(self, name: str) -> Iterable[Member]:
        """Return whom a name concerns."""
        known = self._found.get(name, ())
        return (known,) if isinstance(known, Member) else known

    def of_any(self, names: Iterable[str]) -> dict[Member, None]:
        """Return whom any of some names concerns; most concern nobody."""
        found: dict[Member, None] = {}
        for name in names:
            if name in self._found:
                found.update(dict.fromkeys(self.of(name)))
        return found

    def items(self) -> Iterator[tuple[str, Iterable[Member]]]:
        """Yield every name with whom it concerns."""
        return ((name, self.of(name)) for name in self._found)


class Interest:
    """The members of a room by what concerns them."""

    def __init__(self, pack: Pack, book: OfferBook) -> None:
        self._pack = pack
        self._book = book
        self._by_atom = _Table()  # private atoms
        self._by_read = _Table()  # what their offers hang on
        self._by_drift = _Table()  # what of that may drift
        self._reads: dict[str, frozenset[str]] = {}  # by seat
        self._of: dict[Member, tuple[list[str], frozenset[str]]] = {}
        self.watching: dict[Member, None] = {}

    def add(self, member: Member) -> None:
        """Note a member as it is now."""
        atoms = [atom for atom in member.viewer.eyes.atoms if atom.startswith(PRIVATE)]
        reads = self._reads_of(member.viewer.seat)
        self._of[member] = (atoms, reads)
        for atom in atoms:
            self._by_atom.add(atom, member)
        for name in reads:
            self._by_read.add(name, member)
            if self._may_drift(name):
                self._by_drift.add(name, member)

    def discard(self, member: Member) -> None:
        """Forget a member, but not what it watches."""
        atoms, reads = self._of.pop(member, ([], frozenset()))
        drifts = filter(self._may_drift, reads)
        tables = ((self._by_atom, atoms), (self._by_read, reads), (self._by_drift, drifts))
        for table, keys in tables:
            for key in keys:
                table.discard(key, member)

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
                for member in self._by_atom.of(f"seat:{shift.name[: -len(_SCENE)]}"):
                    found[member.viewer.session] = True
        return found

    def private(self, step: Step) -> dict[Member, None]:
        """Return the members to whom a commit may be something beyond their group."""
        return self._by_atom.of_any(_reached(step))

    def touched(self, step: Step) -> dict[Member, None]:
        """Return the members whose offers a commit may have changed."""
        return self._by_read.of_any(_changed(self._pack, step))

    def touched_by_time(self, facts: Facts) -> list[Member]:
        """Return the members whose offers may be others by now; `facts.ms` is now.

        They hang on a fact that drifts, or an action's cooldown is over, behind which another
        reason to refuse it may stand.
        """
        found = {member: None for member in self._of if member.ready_ms < facts.ms}
        for name, members in self._by_drift.items():
            value = facts.get(name)
            if type(value) is Drift and value.rate:
                found.update(dict.fromkeys(members))
        return list(found)

    def watchers_take(self, step: Step, facts: Facts) -> None:
        """Send what a commit made of watched conditions."""
        if self.watching:
            changed = frozenset(_changed(self._pack, step))
            for member in self._watchers():
                send_hits(
                    member, member.watches.turned(changed, facts), step.commit.position, facts
                )

    def watchers_beat(self, facts: Facts, position: Position) -> None:
        """Send what turned by time alone (`facts.ms` is now) or while a line could take no more."""
        for member in self._watchers():
            send_hits(member, member.watches.look(facts), position, facts)

    def _watchers(self) -> list[Member]:
        """Return those who watch something and can be told now."""
        return [member for member in self.watching if member.behind_s is None]

    def _may_drift(self, name: str) -> bool:
        fact = self._pack.facts.get(name)
        decl = seat_decl(self._pack, name) if fact is None else fact.decl
        return decl is not None and decl.can_drift

    def _reads_of(self, seat: str) -> frozenset[str]:
        if not seat:
            return frozenset()
        reads = self._reads.get(seat)
        if reads is None:
            found: set[str] = set()
            for choice in self._pack.choices.values():
                if choice.role != role_of(seat):
                    continue
                found.add(f"choice.{choice.id}")
                for option in choice.options.values():
                    if option.when is not None:
                        found |= option.when.reads
            # Whoever is asked nothing shares the book's set, which is the same in every room.
            offers = self._book.reads(seat)
            reads = self._reads[seat] = offers | found if found else offers
        return reads


def send_hits(member: Member, hits: Iterable[Hit], position: Position, facts: Facts) -> None:
    """Tell a member of conditions that turned."""
    for hit in hits:
        shown: dict[str, Any] = {name: wire_value(facts[name], {}) for name in hit.reads}
        message = {"type": "hit", "id": hit.id, "pos": list(position), "holds": hit.holds,
                   "facts": shown}  # fmt: skip
        member.outlet.write(member.codec.frame(message))


def _who(kept: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what is kept of a session but for what it did."""
    return (*kept[:_N], *kept[_N + 1 : FIXED])


def _reached(step: Step) -> Iterator[str]:
    """Yield the atoms of all that a commit changed or told."""
    for shift in step.shifts:
        if shift.was is not shift.now:
            yield from shift.was or ()
        yield from shift.now or ()
    for event in step.commit.events:
        yield from hearers(event)


def _changed(pack: Pack, step: Step) -> Iterator[str]:
    """Yield the facts a commit changed, chorus seats' also as patterns."""
    for shift in step.shifts:
        yield shift.name
        pattern = as_pattern(pack, shift.name)
        if pattern != shift.name:
            yield pattern
    for name, _, _ in step.system:
        yield name
