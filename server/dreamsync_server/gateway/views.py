"""What a viewer sees of a world: facts sorted into audience classes, and what a commit changes.

A fact's class says who sees it (`world/audience.py`). The index keeps fact -> class, class ->
facts and class -> digest while commits are applied, and each commit leaves `Shift`s: which facts
got another value or another class. From those every viewer's part follows: a fact that comes into
its sight is a change, one that leaves it is gone. A view's digest is the sum of the digests of
the classes it sees. Live views, resumed tails and snapshots all go through here.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from dreamsync_server.world.audience import Atoms, AudienceClass, Dependents, class_of, is_system
from dreamsync_server.world.commit import Cause, Event, Outcome, Position
from dreamsync_server.world.evolve import Undo
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import Facts, State
from dreamsync_server.world.values import DIGEST_MASK, Value, add_hashes, hash_fact

Judge = Callable[[Atoms, AudienceClass], bool]
"""Who sees what: `world.audience.sees`. It is handed down from the gate, the only place."""

_KNOWN_MAX = 8_192  # classes a pair of eyes remembers; a chorus has one for each seat


class Shift(NamedTuple):
    """One fact that a commit gave another value or another class; None where it is not there."""

    name: str
    old: Value | None
    new: Value | None
    was: AudienceClass | None
    now: AudienceClass | None
    old_hash: int
    new_hash: int


class Glimpse(NamedTuple):
    """What a commit's shifts are to one pair of eyes.

    `changes` are values that changed in sight or came into it (those are also in `revealed`);
    `digest` is what the view's digest gains.
    """

    changes: dict[str, Value]
    revealed: tuple[str, ...]
    gone: tuple[str, ...]
    digest: int


NOTHING = Glimpse({}, (), (), 0)


class Turn(NamedTuple):
    """What one commit is to one viewer. `events` come with their index in the commit."""

    position: Position
    world_ms: int
    glimpse: Glimpse
    events: tuple[tuple[int, Event], ...] = ()
    outcomes: tuple[tuple[Outcome, Cause], ...] = ()

    def is_empty(self) -> bool:
        """Return whether the commit holds nothing for the viewer."""
        return not (self.glimpse.changes or self.glimpse.gone or self.events or self.outcomes)


class Fold(NamedTuple):
    """Several turns as one: the last value of each fact, all events and outcomes in order."""

    changes: dict[str, Value]
    revealed: dict[str, None]
    gone: list[str]
    events: list[tuple[Position, int, int, Event]]  # position, world_ms, index, event
    outcomes: list[tuple[Position, Outcome, Cause]]


class Eyes:
    """A viewer's atoms with what was judged of each class so far."""

    __slots__ = ("_judge", "_known", "atoms")

    def __init__(self, atoms: Atoms, judge: Judge) -> None:
        self.atoms = atoms
        self._judge = judge
        self._known: dict[AudienceClass, bool] = {}

    def sees(self, audience: AudienceClass | None) -> bool:
        """Return whether the viewer sees a class; None is what nobody can, a fact not there."""
        if audience is None:
            return False
        known = self._known.get(audience)
        if known is None:
            if len(self._known) >= _KNOWN_MAX:
                self._known.clear()
            known = self._known[audience] = self._judge(self.atoms, audience)
        return known

    def forget(self) -> None:
        """Let go of what was judged: a whole view looks at every class, later ones at few."""
        self._known = {}


class ClassIndex:
    """The facts of one state by audience class, kept while commits are applied to it."""

    __slots__ = ("_dependents", "_hashes", "_pack", "classes", "digests", "facts", "names")

    def __init__(self, pack: Pack, facts: Facts, dependents: Dependents | None = None) -> None:
        self._pack = pack
        self._dependents = dependents or Dependents(pack)
        self.facts = facts
        self.classes: dict[str, AudienceClass] = {}
        self.names: dict[AudienceClass, dict[str, None]] = {}
        self.digests: dict[AudienceClass, int] = {}
        self._hashes: dict[str, int] = {}
        for name, value in facts.items():
            if not is_system(name):
                self._put(name, class_of(pack, facts, name), hash_fact(name, value))

    def follow(self, state: State, undo: Undo) -> tuple[Shift, ...]:
        """Take in a commit that `evolve` has just applied to the facts; return what shifted."""
        facts = self.facts
        shifts: list[Shift] = []
        touched = {name: old for name, old in undo if not is_system(name)}
        # A class that is known stays, but where the commit touched what it hangs on.
        unsure = dict.fromkeys(other for name in touched for other in self._dependents.of(name))
        for name, old in touched.items():
            new = facts.get(name)
            was, old_hash = self.classes.get(name), self._hashes.get(name, 0)
            if new is None:
                now, new_hash = None, 0
            else:
                is_sure = was is not None and name not in unsure
                now = was if is_sure else class_of(self._pack, facts, name)
                new_hash = state.hashes[name]
            shifts.append(Shift(name, old, new, was, now, old_hash, new_hash))
        for other in unsure:
            if other in touched or other not in facts:
                continue
            was, now = self.classes[other], class_of(self._pack, facts, other)
            if was != now:
                value, known = facts[other], self._hashes[other]
                shifts.append(Shift(other, value, value, was, now, known, known))
        for shift in shifts:
            self._move(shift.name, shift.now, shift.new_hash)
        return tuple(shifts)

    def redo(self, shifts: Sequence[Shift]) -> None:
        """Apply shifts again to an index that was unwound, its facts too."""
        for shift in shifts:
            if shift.new is None:
                self.facts.pop(shift.name, None)
            else:
                self.facts[shift.name] = shift.new
            self._move(shift.name, shift.now, shift.new_hash)

    def unwind(self, shifts: Sequence[Shift]) -> None:
        """Take the last commit's shifts back, in its facts too."""
        for shift in reversed(shifts):
            if shift.old is None:
                self.facts.pop(shift.name, None)
            else:
                self.facts[shift.name] = shift.old
            self._move(shift.name, shift.was, shift.old_hash)

    def copy(self) -> "ClassIndex":
        """Return an index over a copy of the facts, to be unwound at will."""
        twin = ClassIndex.__new__(ClassIndex)
        twin._pack = self._pack
        twin._dependents = self._dependents
        twin.facts = Facts(self._pack, self.facts.items())
        twin.facts.ms = self.facts.ms
        twin.classes = dict(self.classes)
        twin.names = {audience: dict(names) for audience, names in self.names.items()}
        twin.digests = dict(self.digests)
        twin._hashes = dict(self._hashes)
        return twin

    def digest(self, eyes: Eyes) -> int:
        """Return the digest of a view: the sum over the classes it sees."""
        found = (total for audience, total in self.digests.items() if eyes.sees(audience))
        return add_hashes(0, found)

    def visible(self, eyes: Eyes) -> dict[str, Value]:
        """Return every fact a viewer sees, in the order of the state."""
        facts, classes = self.facts, self.classes
        return {name: facts[name] for name in facts if eyes.sees(classes.get(name))}

    def still(self, name: str) -> Shift:
        """Return a fact as a shift that moves nothing."""
        value, audience, known = self.facts[name], self.classes[name], self._hashes[name]
        return Shift(name, value, value, audience, audience, known, known)

    def _put(self, name: str, audience: AudienceClass, known: int) -> None:
        self.classes[name] = audience
        self.names.setdefault(audience, {})[name] = None
        self.digests[audience] = add_hashes(self.digests.get(audience, 0), (known,))
        self._hashes[name] = known

    def _move(self, name: str, audience: AudienceClass | None, known: int) -> None:
        was = self.classes.get(name)
        if was is not None:
            old = self._hashes[name]
            if was == audience:  # mostly: another value for the same eyes
                self.digests[was] = (self.digests[was] + known - old) & DIGEST_MASK
                self._hashes[name] = known
                return
            del self.classes[name]
            names = self.names[was]
            del names[name]
            if names:
                self.digests[was] = add_hashes(self.digests[was], (), (old,))
            else:
                del self.names[was], self.digests[was]
            del self._hashes[name]
        if audience is not None:
            self._put(name, audience, known)


def glimpse(shifts: Iterable[Shift], eyes: Eyes) -> Glimpse:
    """Return what shifts are to a viewer whose atoms stay as they are."""
    taken = _Taken()
    for shift in shifts:
        sees = eyes.sees(shift.now)
        saw = sees if shift.was is shift.now else eyes.sees(shift.was)
        if saw or sees:
            taken.take(shift, saw, sees)
    return taken.glimpse()


def glimpse_aside(shifts: Iterable[Shift], eyes: Eyes, group: Eyes) -> Glimpse:
    """Return what shifts are to a viewer beyond what its group is told of them."""
    taken = _Taken()
    for shift in shifts:
        group_saw, group_sees = group.sees(shift.was), group.sees(shift.now)
        saw = eyes.sees(shift.was) and not group_saw
        sees = eyes.sees(shift.now) and not group_sees
        if saw and group_sees:  # its group is told of it; only the digest changes sides
            taken.digest -= shift.old_hash
        else:
            taken.take(shift, saw, sees)
    return taken.glimpse()


def crossing(index: ClassIndex, shifts: Sequence[Shift], before: Eyes, after: Eyes) -> Glimpse:
    """Return what a commit is to a viewer whose atoms it changed: all that comes and goes.

    `index` stands behind the commit. What the viewer saw in one scene leaves its sight and what
    the next one holds enters it.
    """
    taken = _Taken()
    shifted = {shift.name for shift in shifts}
    for audience, names in index.names.items():
        saw, sees = before.sees(audience), after.sees(audience)
        if saw == sees:
            continue
        for name in names:
            if name not in shifted:
                taken.take(index.still(name), saw, sees)
    for shift in shifts:
        taken.take(shift, before.sees(shift.was), after.sees(shift.now))
    return taken.glimpse()


def hearers(event: Event) -> tuple[str, ...]:
    """Return who an event is for: its audience, and of a spoken line also who speaks it."""
    if event.kind == "said" and event.who:
        return (*event.to, f"seat:{event.who}")
    return event.to


def events_for(events: Sequence[Event], eyes: Eyes) -> tuple[tuple[int, Event], ...]:
    """Return the events of a commit that a viewer sees, with their indexes."""
    return tuple((i, event) for i, event in enumerate(events) if eyes.sees(hearers(event)))


def fold(turns: Iterable[Turn]) -> Fold:
    """Make several turns one; they come in the order of the log."""
    folded = Fold({}, {}, [], [], [])
    gone: dict[str, None] = {}
    count = 0
    for turn in turns:
        count += 1
        seen = turn.glimpse
        for name in seen.gone:
            folded.changes.pop(name, None)
            folded.revealed.pop(name, None)
            gone[name] = None
        for name in seen.changes if gone else ():
            gone.pop(name, None)
        folded.changes.update(seen.changes)
        if seen.revealed:
            folded.revealed.update(dict.fromkeys(seen.revealed))
        at, world_ms = turn.position, turn.world_ms
        for i, event in turn.events:
            folded.events.append((at, world_ms, i, event))
        for outcome, cause in turn.outcomes:
            folded.outcomes.append((at, outcome, cause))
    folded.gone.extend(gone)
    # What a member is told aside may lie between events of the same commit for its group.
    if count > 1:
        folded.events.sort(key=_place_of)
    return folded


def _place_of(event: tuple[Position, int, int, Event]) -> tuple[int, int]:
    return event[0].seq, event[2]


class _Taken:
    """A glimpse in the making."""

    __slots__ = ("changes", "digest", "gone", "revealed")

    def __init__(self) -> None:
        self.changes: dict[str, Value] = {}
        self.revealed: list[str] = []
        self.gone: list[str] = []
        self.digest = 0

    def take(self, shift: Shift, saw: bool, sees: bool) -> None:
        """Note one shift as a change, as gone or not at all."""
        if sees:
            assert shift.new is not None, "a fact that is not there has no class"
            self.digest += shift.new_hash
            if not saw:
                self.revealed.append(shift.name)
                self.changes[shift.name] = shift.new
                return
            self.digest -= shift.old_hash
            if shift.old_hash != shift.new_hash:
                self.changes[shift.name] = shift.new
        elif saw:
            self.gone.append(shift.name)
            self.digest -= shift.old_hash

    def glimpse(self) -> Glimpse:
        """Return it."""
        if not (self.changes or self.gone or self.digest):
            return NOTHING
        return Glimpse(self.changes, tuple(self.revealed), tuple(self.gone), self.digest)
