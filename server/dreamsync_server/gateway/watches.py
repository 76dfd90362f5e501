"""Conditions that a desk or a script watches: parsed against its world, told when they turn."""

from dataclasses import dataclass
from typing import NamedTuple

from dreamsync_server.errors import PeerError
from dreamsync_server.gateway.views import Eyes
from dreamsync_server.limits import CONDITIONS_PER_DESK_MAX
from dreamsync_server.world.audience import class_of
from dreamsync_server.world.expr import ExprError
from dreamsync_server.world.model import Expr, Pack, Place
from dreamsync_server.world.parse import parse_condition
from dreamsync_server.world.scope import scope_of
from dreamsync_server.world.state import Facts, role_of


class Hit(NamedTuple):
    """A watched condition turned; `reads` are the facts behind it."""

    id: str
    holds: bool
    reads: tuple[str, ...]


@dataclass(slots=True)
class _Watch:
    when: Expr
    reads: tuple[str, ...]
    holds: bool


class Watches:
    """The conditions of one session. They read only what its eyes see."""

    def __init__(self, pack: Pack, eyes: Eyes) -> None:
        self._pack = pack
        self._eyes = eyes
        self._watches: dict[str, _Watch] = {}

    def __len__(self) -> int:
        return len(self._watches)

    def add(self, id_: str, when: str, was: bool, facts: Facts) -> tuple[bool, Hit | None]:
        """Watch a condition under the watcher's own name for it, in place of one of that name.

        Returns whether it holds, and a hit where that is not what the watcher knew.

        Raises:
            PeerError: `bad_condition` where it cannot be read or reads what the watcher does not
                see, `too_many_conditions`.
        """
        if id_ not in self._watches and len(self._watches) >= CONDITIONS_PER_DESK_MAX:
            text = f"At most {CONDITIONS_PER_DESK_MAX} conditions are watched."
            raise PeerError("too_many_conditions", text)
        try:
            expr = parse_condition(when, Place("", 1, 1), scope_of(self._pack))
        except ExprError as error:
            raise PeerError("bad_condition", str(error)) from None
        for name in sorted(expr.reads):
            if not self._is_seen(name, facts):
                raise PeerError("bad_condition", f"{name} cannot be watched")
        reads = tuple(sorted(expr.reads))
        holds = bool(expr.run(facts, {}))
        self._watches[id_] = _Watch(expr, reads, holds)
        return holds, Hit(id_, holds, self._shown(reads, facts)) if holds != was else None

    def remove(self, id_: str) -> None:
        """Watch no longer; one that is not there is as good as removed."""
        self._watches.pop(id_, None)

    def under(self, pack: Pack, eyes: Eyes, facts: Facts) -> tuple["Watches", list[str]]:
        """Return the same conditions watched under another pack, and why some cannot be."""
        other, lost = Watches(pack, eyes), []
        for id_, watch in self._watches.items():
            try:
                other.add(id_, watch.when.source, watch.holds, facts)
            except PeerError as error:
                lost.append(f"{id_} is watched no longer: {error.text}")
                continue
            other._watches[id_].holds = watch.holds  # a turn since is told with the next look
        return other, lost

    def turned(self, changed: frozenset[str], facts: Facts) -> list[Hit]:
        """Return what turned with a commit that changed these facts (seats' also as patterns)."""
        return [
            hit
            for id_, watch in self._watches.items()
            if not changed.isdisjoint(watch.reads) and (hit := self._look(id_, watch, facts))
        ]

    def look(self, facts: Facts) -> list[Hit]:
        """Return what turned since it was told: by time alone (`facts.ms` is now) or while it could
        not be told."""
        known = self._watches.items()
        return [hit for id_, watch in known if (hit := self._look(id_, watch, facts))]

    def _look(self, id_: str, watch: _Watch, facts: Facts) -> Hit | None:
        holds = bool(watch.when.run(facts, {}))
        if holds == watch.holds:
            return None
        watch.holds = holds
        return Hit(id_, holds, self._shown(watch.reads, facts))

    def _shown(self, reads: tuple[str, ...], facts: Facts) -> tuple[str, ...]:
        return tuple(name for name in reads if name in facts and self._is_seen(name, facts))

    def _is_seen(self, name: str, facts: Facts) -> bool:
        if "*" in name:
            decl = self._pack.seat_facts.get(role_of(name), {}).get(name.split(".", 2)[2])
            return decl is not None and decl.visible != ("nobody",)
        return self._eyes.sees(class_of(self._pack, facts, name))


def as_pattern(pack: Pack, name: str) -> str:
    """Return the pattern that stands for a chorus seat's fact among what a condition reads."""
    role, dot, rest = name.partition(".")
    if not dot or role not in pack.seat_facts:
        return name
    return f"{role}.*.{rest.partition('.')[2]}"
