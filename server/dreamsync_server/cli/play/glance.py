"""What a player sees, sorted for the eye. Pure: made anew from the mirror whenever it is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dreamsync.mirror import Mirror, Value
from dreamsync.protocol.cards import ActionOffer, ChoiceOffer, FactCard
from dreamsync.protocol.values import WireDrift

_BUILT_IN: Final = frozenset(("scene", "held", "player", "holder"))  # `<id>.<one of these>`
_SHOWN_ELSEWHERE: Final = ("chapter", "ending", "paused", "choice.", "chose.", "did.", "cued.")
_PLAYED_BY: Final = {"understudy": "understudy", "nobody": "nobody plays them"}


@dataclass(frozen=True, slots=True)
class Meter:
    """An int with a range. `rate` is whole units an hour, 0 where it stands still."""

    name: str
    label: str
    value: int
    low: int
    high: int
    rate: int = 0
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Any other fact, in words. `is_set` tells one that says something from one at nothing."""

    name: str
    label: str
    text: str
    is_set: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class Somebody:
    """A character who is here. `played_by` is a display name, or what there is instead of one."""

    role: str
    name: str
    played_by: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Countdown:
    """A clock that runs; `left_ms` of world time."""

    label: str
    left_ms: int


@dataclass(frozen=True, slots=True)
class Glance:
    """All of it."""

    title: str
    chapter: str
    ending: str
    world_ms: int
    is_running: bool
    is_paused: bool
    role: str
    role_name: str
    scene: str
    scene_name: str
    scene_text: str
    exits: tuple[str, ...]
    people: tuple[Somebody, ...]
    having: tuple[str, ...]
    lying: tuple[str, ...]
    meters: tuple[Meter, ...]
    notes: tuple[Note, ...]
    clocks: tuple[Countdown, ...]
    offers: tuple[ActionOffer, ...]
    choices: tuple[ChoiceOffer, ...]


def look(mirror: Mirror, now_ms: int) -> Glance:
    """Return what there is to see. `now_ms` is of the clock that the mirror is kept by."""
    return _Looker(mirror, now_ms).glance()


class _Looker:
    def __init__(self, mirror: Mirror, now_ms: int) -> None:
        self._mirror = mirror
        self._names = mirror.names
        self._now_ms = now_ms
        self._world_ms = mirror.world_ms(now_ms)
        self._values = {name: mirror.read(name, now_ms) for name in mirror.facts}

    def glance(self) -> Glance:
        mirror, seat = self._mirror, self._mirror.seat
        scene = str(self._values.get(f"{seat}.scene", ""))
        card = self._names.scenes.get(scene)
        meters, notes, clocks = self._facts()
        return Glance(
            title=mirror.world.title,
            chapter=self._words("chapter"),
            ending=self._words("ending"),
            world_ms=self._world_ms,
            is_running=mirror.running,
            is_paused=bool(self._values.get("paused")),
            role=mirror.role,
            role_name=self._names.roles.get(seat) or self._names.roles.get(mirror.role, seat),
            scene=scene,
            scene_name=card.name if card else scene,
            scene_text=card.text if card else "",
            exits=tuple(way.label for way in card.exits) if card else (),
            people=tuple(self._people(scene)),
            having=tuple(self._things(mirror.role)),
            lying=tuple(self._things(scene)),
            meters=meters,
            notes=notes,
            clocks=clocks,
            offers=mirror.offers(self._now_ms),
            choices=mirror.choices,
        )

    def _people(self, scene: str) -> list[Somebody]:
        found = []
        for name, value in self._values.items():
            seat, _, last = name.rpartition(".")
            if last != "scene" or value != scene or not scene or seat == self._mirror.seat:
                continue
            role = seat.partition(".")[0]
            shown = self._names.roles.get(seat) or self._names.roles.get(role, role)
            held = str(self._values.get(f"{seat}.held", ""))
            played_by = str(self._values.get(f"{seat}.player", "")) or _PLAYED_BY.get(held, "")
            notes = tuple(self._words(about) for about in self._about(seat))
            found.append(Somebody(seat, shown, played_by, tuple(note for note in notes if note)))
        return found

    def _about(self, seat: str) -> list[str]:
        """Return the facts in words that are about one person alone."""
        return [
            name
            for name, card in self._names.facts.items()
            if card.about == (seat,)
            and card.kind == "choice"
            and name in self._values
            and name.rpartition(".")[2] not in _BUILT_IN
        ]

    def _things(self, holder: str) -> list[str]:
        return [
            self._names.things.get(thing, thing)
            for name, value in self._values.items()
            if name.endswith(".holder") and holder and value == holder
            for thing in (name.rpartition(".")[0],)
        ]

    def _facts(self) -> tuple[tuple[Meter, ...], tuple[Note, ...], tuple[Countdown, ...]]:
        meters: list[Meter] = []
        notes: list[Note] = []
        clocks: list[Countdown] = []
        for name, value in self._values.items():
            card = self._names.facts.get(name)
            if card is None or name.startswith(_SHOWN_ELSEWHERE):
                continue
            if card.about and name.rpartition(".")[2] in _BUILT_IN:
                continue
            own = {self._mirror.role, self._mirror.seat}
            is_own = bool(own.intersection(card.about))
            if card.about and not is_own and card.about != (self._scene_of(card),):
                continue  # other people's are shown beside them
            label = self._label(card)
            if card.kind == "clock":
                if isinstance(value, int) and value > 0:
                    clocks.append(Countdown(label, max(0, value - self._world_ms)))
            elif type(value) is int and card.low is not None and card.high is not None:
                rate = self._rate(name)
                meters.append(Meter(name, label, value, card.low, card.high, rate, is_own))
            else:
                text = self._words(name)
                notes.append(Note(name, label, text, _is_set(value), is_own))
        return tuple(meters), tuple(notes), tuple(clocks)

    def _scene_of(self, card: FactCard) -> str:
        scene = str(self._values.get(f"{self._mirror.seat}.scene", ""))
        return scene if scene in card.about else ""

    def _label(self, card: FactCard) -> str:
        own = (self._mirror.role, self._mirror.seat)
        others = [self._names.roles.get(id_, id_) for id_ in card.about if id_ not in own]
        is_pair = len(card.about) > 1
        return f"{card.label}: {', '.join(others)}" if is_pair and others else card.label

    def _rate(self, name: str) -> int:
        value = self._mirror.facts[name]
        if not isinstance(value, WireDrift) or not self._mirror.running:
            return 0
        now = self._mirror.read(name, self._now_ms)
        is_at_end = now == (value.high if value.rate > 0 else value.low)
        return 0 if is_at_end else value.rate

    def _words(self, name: str) -> str:
        """Return a fact's value as it is drawn."""
        value = self._values.get(name, "")
        card = self._names.facts.get(name)
        words = card.words if card else {}
        items = value if isinstance(value, tuple) else (value,)
        return ", ".join(_word(item, words) for item in items)


def _word(item: bool | int | str, words: Mapping[str, str]) -> str:
    if isinstance(item, bool):
        return "yes" if item else "no"
    return words.get(str(item)) or str(item)


def _is_set(value: Value) -> bool:
    return value not in (False, 0, "", ())
