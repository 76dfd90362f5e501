"""What can be typed now: actions by number, answers by letter. Pure.

A number stays with its action while the player is in a scene, so that it still means the same
when it is typed as when it was read; a new scene is numbered anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Final

from dreamsync.protocol.cards import ActionOffer, ChoiceOffer, Label
from dreamsync_server.cli.play.glance import Glance

_SAY: Final = ("say", "talk", "speak", "tell")


@dataclass(frozen=True, slots=True)
class Entry:
    """One action with its number."""

    number: int
    offer: ActionOffer


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to an open choice with its letter."""

    letter: str
    choice: ChoiceOffer
    option: Label


@dataclass(frozen=True, slots=True)
class Menu:
    """All of them; entries by number, those that may be done now and those that may not."""

    entries: tuple[Entry, ...] = ()
    answers: tuple[Answer, ...] = ()

    def entry(self, number: int) -> Entry | None:
        """Return the action of a number."""
        return next((entry for entry in self.entries if entry.number == number), None)

    def answer(self, letter: str) -> Answer | None:
        """Return the answer of a letter."""
        return next((answer for answer in self.answers if answer.letter == letter), None)

    def say(self) -> ActionOffer | None:
        """Return the action that speaks aloud: the first that takes nothing but a text."""
        spoken = [
            entry.offer
            for entry in self.entries
            if [param.type for param in entry.offer.params] == ["text"]
        ]
        named = [offer for word in _SAY for offer in spoken if offer.id == word]
        return next(iter((*named, *spoken)), None)


class Numbers:
    """Gives the menus of one player their numbers."""

    def __init__(self) -> None:
        self._scene = ""
        self._known: dict[str, int] = {}

    def menu(self, glance: Glance) -> Menu:
        """Return the menu of what is seen now."""
        if glance.scene != self._scene:
            self._scene = glance.scene
            self._known = {}
            ranked = sorted(glance.offers, key=lambda offer: not offer.is_ready)
        else:
            ranked = list(glance.offers)
        for offer in ranked:
            self._known.setdefault(offer.id, len(self._known) + 1)
        entries = (Entry(self._known[offer.id], offer) for offer in glance.offers)
        return Menu(
            tuple(sorted(entries, key=lambda entry: entry.number)), _answers(glance.choices)
        )


def _answers(choices: Sequence[ChoiceOffer]) -> tuple[Answer, ...]:
    every = [(choice, option) for choice in choices for option in choice.options]
    return tuple(
        Answer(letter, choice, option)
        for letter, (choice, option) in zip(ascii_lowercase, every, strict=False)
    )
