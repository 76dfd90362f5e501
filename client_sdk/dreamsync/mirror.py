"""What one viewer sees of a world, kept by applying what the server sends. Pure.

Facts are kept as they were sent, so that the digest of the view can be checked. Drifting ones
are read at a world time, which is reckoned from the last frame and the time since.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from dreamsync.protocol import digest
from dreamsync.protocol.bounds import INT_EXACT_MAX
from dreamsync.protocol.cards import (
    ActionOffer,
    Cards,
    ChoiceOffer,
    Event,
    FactCard,
    SceneCard,
    WorldCard,
)
from dreamsync.protocol.drift import value_at
from dreamsync.protocol.server_messages import Quiet, View, WholeView
from dreamsync.protocol.values import WireDrift, WireText, WireValue

Value = bool | int | str | tuple[bool | int | str, ...]
"""A fact as a program reads it: a drift as its whole value now, a person's text as the text."""

BEFORE_ALL: Final = (-1, -1)
AHEAD_S_MAX: Final = (
    2  # how far the reckoned world time may run ahead of a frame before it is set back
)


@dataclass(slots=True)
class Names:
    """How to draw what is seen: the cards received so far, by id."""

    roles: dict[str, str] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)
    scenes: dict[str, SceneCard] = field(default_factory=dict)
    facts: dict[str, FactCard] = field(default_factory=dict)

    def learn(self, cards: Cards) -> None:
        """Take in new cards; one of an id that is known replaces it."""
        self.roles.update(cards.roles)
        self.things.update(cards.things)
        self.scenes.update(cards.scenes)
        self.facts.update(cards.facts)


class Mirror:
    """One viewer's view. Times `now_ms` are of the caller's own clock that never steps."""

    def __init__(self, whole: WholeView, now_ms: int) -> None:
        self._last_event = BEFORE_ALL
        self._before_tail: tuple[int, int] | None = None
        self.position: tuple[int, int] = whole.position
        self.replace(whole, now_ms)

    def replace(self, whole: WholeView, now_ms: int) -> bool:
        """Take a whole view; return whether its digest is that of its facts."""
        # Of a tail that is still to come in further views nothing counts as had.
        self._before_tail = self.resume_position if whole.resumed and whole.more else None
        self.world: WorldCard = whole.world
        self.role: str = whole.role
        self.seat: str = whole.seat
        self.position = whole.position
        self.speed: int = whole.speed
        self.running: bool = whole.running
        self.facts: dict[str, WireValue] = dict(whole.facts)
        self.actions: dict[str, ActionOffer] = {offer.id: offer for offer in whole.actions}
        self.choices: tuple[ChoiceOffer, ...] = whole.choices
        self.names = Names()
        self.names.learn(whole.cards)
        self._digest = 0
        for name, value in self.facts.items():
            self._digest = digest.add(self._digest, name, value)
        self._anchor = (whole.ms, now_ms)
        return self.digest == whole.digest

    def change(self, view: View, now_ms: int) -> bool:
        """Apply a view; return whether the digests agree after it."""
        if not view.more:
            self._before_tail = None
        for name in view.gone:
            self._forget(name)
        for name, value in view.changes.items():
            self._forget(name)
            self.facts[name] = value
            self._digest = digest.add(self._digest, name, value)
        for action in view.withdrawn:
            self.actions.pop(action, None)
        for offer in view.actions:
            self.actions[offer.id] = offer
        if view.choices is not None:
            self.choices = view.choices
        if view.cards is not None:
            self.names.learn(view.cards)
        if view.role is not None:
            self.role = view.role
        if view.seat is not None:
            self.seat = view.seat
        self._reach(view.pos, view.ms, now_ms, view.running)
        return self.digest == view.digest

    def new_events(self, events: Iterable[Event]) -> list[Event]:
        """Return those that were not seen before, and take them as seen."""
        new = []
        for event in events:
            if event.at > self._last_event:
                self._last_event = event.at
                new.append(event)
        return new

    def first_events(self, whole: WholeView) -> list[Event]:
        """Return the new events of a whole view.

        Where it does not go on from what was seen, all of them are new, and the next are those
        after its position.
        """
        if whole.resumed:
            return self.new_events(whole.events)
        self._last_event = (whole.position[1], INT_EXACT_MAX)
        return [*whole.events]

    def pass_over(self, quiet: Quiet, now_ms: int) -> None:
        """Take note that nothing was seen up to a position."""
        self._reach(quiet.pos, quiet.ms, now_ms, None)

    @property
    def resume_position(self) -> tuple[int, int]:
        """The position to resume from: that before a tail which has not come whole."""
        return self._before_tail or self.position

    @property
    def digest(self) -> str:
        """The digest of the facts, as it is sent."""
        return digest.as_hex(self._digest)

    def world_ms(self, now_ms: int) -> int:
        """Return the world time, in ms, reckoned from the last frame; it stands while paused."""
        ms, at_ms = self._anchor
        if not self.running:
            return ms
        return ms + max(0, now_ms - at_ms) * self.speed // 1000

    def read(self, name: str, now_ms: int) -> Value:
        """Return a fact as it is now.

        Raises:
            KeyError: it is not seen (now).
        """
        value = self.facts[name]
        match value:
            case WireDrift():
                return value_at(value, self.world_ms(now_ms))
            case WireText():
                return value.text
            case _:
                return value

    def offers(self, now_ms: int) -> tuple[ActionOffer, ...]:
        """Return what may be done, in the authors' order; a cooldown that is over is ready."""
        world_ms = self.world_ms(now_ms)
        ranked = sorted(self.actions.values(), key=lambda offer: (offer.rank, offer.id))
        return tuple(_cooled(ranked, world_ms))

    def _forget(self, name: str) -> None:
        old = self.facts.pop(name, None)
        if old is not None:
            self._digest = digest.remove(self._digest, name, old)

    def _reach(self, pos: tuple[int, int], ms: int, now_ms: int, running: bool | None) -> None:
        """Move to a position, and set the clock: the least delayed frame knows it best."""
        reckoned_ms = self.world_ms(now_ms)
        if running is not None:
            self.running = running
        is_near = ms <= reckoned_ms <= ms + AHEAD_S_MAX * self.speed
        self._anchor = (reckoned_ms if is_near and self.running else ms, now_ms)
        self.position = pos


def _cooled(offers: Iterable[ActionOffer], world_ms: int) -> Iterable[ActionOffer]:
    for offer in offers:
        if offer.code == "cooldown" and offer.ready_ms is not None and offer.ready_ms <= world_ms:
            yield offer.model_copy(update={"is_ready": True, "code": "ok", "why": ""})
        else:
            yield offer
