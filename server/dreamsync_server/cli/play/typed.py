"""What a typed line means. Pure.

3            do what has the number 3          b     answer with b
go kitchen   an action by its word, and a first value for what it asks
anything     say it aloud                      /…    a command
"""

from dataclasses import dataclass
from typing import Final, Literal

from dreamsync.protocol.cards import ActionOffer
from dreamsync_server.cli.play.menu import Answer, Menu

Command = Literal["help", "look", "all", "who", "me", "leave", "pause", "go on", "wait"]

COMMANDS: Final[dict[str, Command]] = {
    "?": "help",
    "/help": "help",
    "/look": "look",
    "/all": "all",
    "/who": "who",
    "/me": "me",
    "/leave": "leave",
    "/quit": "leave",
    "/pause": "pause",
    "/unpause": "go on",
    "/on": "go on",
    "/wait": "wait",
}


@dataclass(frozen=True, slots=True)
class Act:
    """Do an action; `rest` is what stood behind its word."""

    offer: ActionOffer
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Choose:
    """Answer an open choice."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Told:
    """A command of the client; `rest` is what stood behind it."""

    command: Command
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """It means nothing here; `text` says so."""

    text: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """An empty line."""


Meaning = Act | Choose | Told | Unclear | Nothing


def meaning(line: str, menu: Menu) -> Meaning:
    """Return what a line means, as the menu is now."""
    line = line.strip()
    word, _, rest = line.partition(" ")
    rest = rest.strip()
    if not line:
        return Nothing()
    command = COMMANDS.get(word.lower())
    if command is not None:
        return Told(command, rest)
    if line.startswith("/"):
        return Unclear(f"There is no command {word}. Type ? for help.")
    if word.isdecimal() and len(word) < 4:
        entry = menu.entry(int(word))
        if entry is None:
            return Unclear(f"Nothing here has the number {word}. Type ? for help.")
        return Act(entry.offer, rest)
    answer = menu.answer(line.lower())
    if answer is not None:
        return Choose(answer)
    return _spoken(line, word, rest, menu)


def _spoken(line: str, word: str, rest: str, menu: Menu) -> Meaning:
    """A line of words: an action by its name, or something to say aloud."""
    offers = [entry.offer for entry in menu.entries]
    for offer in offers:
        if line.lower() in (offer.id, offer.label.lower()):
            return Act(offer)
    for offer in offers:
        if word.lower() == offer.id and offer.params:
            return Act(offer, rest)
    if word.lower() == "go":
        return Unclear("There is no way out of here just now.")
    say = menu.say()
    if say is None:
        return Unclear("You cannot say anything here just now. Type ? for help.")
    if word.lower() == "say" and rest:
        line = rest
    if line[:1] in "\"'“" and len(line) > 1:
        line = line[1:].rstrip("\"'”")
    return Act(say, line)
