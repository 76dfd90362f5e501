"""The state of a world: its facts, where it is in its log, and its digest.

Besides the pack's facts the state holds *system facts*, named with a leading `@` and seen by
nobody, so that everything a decision depends on is in the log. Their values:

    @world            (seed, understudies, speed)
    @session.<sid>    (kind, secret sha256, seat, n, present, reference and digest of its name,
                      gateway, outcome, ...): kind is player, desk, script or director; n the
                      watermark; gateway the node that speaks with it; each outcome is
                      "<n> <code>" or "<n> <code> <json of its arguments>". ("gone",) once retired.
    @back.<sid>       the name of the last `back` that was decided for the session
    @seat.<seat>      (session, tenure, absent_until_ms): who holds it (`<seat>.held` says what),
                      how often it changed hands, and when an absent player's grace ends (0: here)
    @law.<id>         True while the law's condition holds and it has fired
    @cool.<seat>.<action>   world_ms from which the action is free again
    @times.<seat>.<action>  how often the seat did it
    @beat.<id>        world_ms of its last cue            @cue  world_ms of the director's last
    @held.<id>        True while the desk holds a beat    @once.<key>  True when a script cued it
    @rng.<stream>     how many draws were made            @inbox  cursor of the last entry consumed
    @director         (term,)                             @paused  the session that paused
    @asleep           True while nobody is there          @closed  True once it was closed
    @chapter          world_ms at which the chapter began
    @origin           (world, seq) that a branch or an import goes on from
    @erased.<sid>     seq by which the texts of a session were erased
    @muted.<session>  True while what it writes is not told; @report.<k>, see minding.py
    @pack             (hash, seq): the pack in force since a change of pack, and its commit
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from dreamsync_server.world.commit import Change, Position
from dreamsync_server.world.model import FactDecl, Pack
from dreamsync_server.world.values import Drift, Value, add_hashes, hash_fact

BEFORE_THE_FIRST = Position(0, 0)


class Facts(dict[str, Value]):
    """All facts by full name, read at world time `ms`.

    A fact of a chorus seat that nothing has changed yet is not stored: it reads as its start.
    """

    __slots__ = ("ms", "pack")

    def __init__(self, pack: Pack, known: Iterable[tuple[str, Value]] = ()) -> None:
        super().__init__(known)
        self.pack = pack
        self.ms = 0

    def __missing__(self, name: str) -> Value:
        decl = seat_decl(self.pack, name)
        if decl is None:
            raise KeyError(name)
        if decl.name == "scene":
            return self.pack.roles[name.partition(".")[0]].scene
        return decl.start

    def whole(self, name: str) -> Any:
        """Return a fact's value now, a drifting one as the int it reads as."""
        value = self[name]
        return value.at(self.ms) if type(value) is Drift else value

    @contextmanager
    def seen_at(self, world_ms: int) -> Iterator["Facts"]:
        """Read these facts as they are at `world_ms`, while nothing but time changes them."""
        old = self.ms
        self.ms = world_ms
        try:
            yield self
        finally:
            self.ms = old


class State:
    """One world as it is after the commit at `position`. Changed only by `evolve`.

    One that is not hashed has digest 0 throughout: for searches that keep no log.
    """

    __slots__ = ("at_ms", "digest", "epochs", "facts", "hashes", "is_hashed", "pack", "position")

    def __init__(self, pack: Pack, *, is_hashed: bool = True) -> None:
        self.pack = pack
        self.is_hashed = is_hashed
        self.facts = Facts(pack)
        self.position = BEFORE_THE_FIRST
        self.epochs: tuple[tuple[int, int], ...] = ()  # (epoch, its first seq), rising
        self.at_ms = 0
        self.digest = 0
        self.hashes: dict[str, int] = {}

    @property
    def world_ms(self) -> int:
        """World time of the last commit."""
        return self.facts.ms

    def adopt(self, pack: Pack) -> None:
        """Be read under another pack: the facts are those of it since a `repack` commit."""
        self.pack = self.facts.pack = pack

    def is_running(self) -> bool:
        """Return whether world time passes: not paused, asleep, ended or closed."""
        return not (self.facts["paused"] or is_asleep(self.facts)) and not is_over(self.facts)

    def fork(self) -> "State":
        """Return a copy that goes its own way from here."""
        other = State(self.pack, is_hashed=self.is_hashed)
        other.facts.update(self.facts)
        other.facts.ms = self.facts.ms
        other.position, other.epochs, other.at_ms = self.position, self.epochs, self.at_ms
        other.digest, other.hashes = self.digest, dict(self.hashes)
        return other

    def hashes_of(self, changes: Sequence[Change]) -> tuple[int, ...]:
        """Return the hash of each change, 0 for what goes; nothing for a state that has none."""
        if not self.is_hashed:
            return ()
        return tuple([0 if c.value is None else hash_fact(c.name, c.value) for c in changes])

    def digest_after(self, changes: Sequence[Change], hashes: Sequence[int]) -> int:
        """Return the digest that the state has after these changes; `hashes_of` gives theirs."""
        if not self.is_hashed:
            return 0
        removed = [self.hashes[c.name] for c in changes if c.name in self.hashes]
        return add_hashes(self.digest, hashes, removed)

    def rehash(self) -> None:
        """Compute every hash and the digest anew from the facts."""
        self.hashes = {name: hash_fact(name, value) for name, value in self.facts.items()}
        self.digest = add_hashes(0, self.hashes.values())


def is_over(facts: Facts) -> bool:
    """Return whether the world has reached an ending or was closed."""
    return bool(facts.get("ending")) or bool(facts.get("@closed"))


def is_asleep(facts: Facts) -> bool:
    """Return whether the world sleeps because nobody is there."""
    return bool(facts.get("@asleep"))


def seat_decl(pack: Pack, name: str) -> FactDecl | None:
    """Return the declaration of a chorus seat's fact (`citizen.17.mood`), or None."""
    role, _, rest = name.partition(".")
    number, _, fact = rest.partition(".")
    decls = pack.seat_facts.get(role)
    if decls is None or not number.isdecimal() or not 1 <= int(number) <= pack.roles[role].seats:
        return None
    return decls.get(fact)


def role_of(seat: str) -> str:
    """Return the role a seat belongs to: `citizen.17` -> `citizen`, `leo` -> `leo`."""
    return seat.partition(".")[0]


def seats_of(pack: Pack, role: str) -> list[str]:
    """Return the seats of a role, in order."""
    count = pack.roles[role].seats
    return [role] if count == 0 else [f"{role}.{k}" for k in range(1, count + 1)]


def is_seat(pack: Pack, seat: str) -> bool:
    """Return whether the pack has this seat."""
    role, dot, number = seat.partition(".")
    if role not in pack.roles:
        return False
    count = pack.roles[role].seats
    if not dot:
        return count == 0
    return number.isdecimal() and str(int(number)) == number and 1 <= int(number) <= count


def as_tuple(value: Value | None) -> tuple[Any, ...]:
    """Return a system fact's tuple, () where it is not there."""
    return value if isinstance(value, tuple) else ()
