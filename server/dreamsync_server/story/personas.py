"""Personas: ways of playing. A rehearsal's crowd is made of them, good company and bad.

diligent  does what its role likes, rather something new than the same again
lazy      acts seldom
loud      talks, and likes what all can hear
contrarian  does what its role likes least, and answers against the default
absent    loses its line and is gone for some minutes, or for good
late      comes when the story has long begun
griefing  does something every second or two, mostly the same thing again
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from dreamsync_server.story.company import WORDS
from dreamsync_server.story.dice import Dice
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.commit import Outcome, Proposal
from dreamsync_server.world.model import Choice
from dreamsync_server.world.offers import Offer, OfferBook
from dreamsync_server.world.seats import seat_of
from dreamsync_server.world.state import role_of
from dreamsync_server.world.values import Scalar

Persona = Literal["diligent", "lazy", "loud", "contrarian", "absent", "late", "griefing"]
PERSONAS: Final[tuple[Persona, ...]] = get_args(Persona)

PACE_S: Final[dict[Persona, int]] = {
    "diligent": 6, "lazy": 45, "loud": 5, "contrarian": 8, "absent": 8, "late": 7, "griefing": 2,
}  # fmt: skip
"""Seconds between two acts, on average."""
_LEANING_WITHOUT_WORD: Final = 2
_LATE_S: Final = (120, 900)
_LEAVES_S: Final = (60, 900)
_AWAY_S: Final = (90, 600)


@dataclass(slots=True)
class Bot:
    """One player of a rehearsal: a persona in a seat, with what it remembers."""

    persona: Persona
    role: str
    session: str
    dice: Dice
    comes_s: int = 0
    leaves_s: int = -1  # -1: never
    returns_s: int = -1
    is_here: bool = False
    done: dict[str, int] = field(default_factory=dict)
    refused: int = 0

    def second(self, play: Playthrough, book: OfferBook, second: int) -> None:
        """Do what this player does in a world second."""
        self._come_and_go(play, second)
        if not self.is_here:
            return
        seat = seat_of(play.facts, self.session)
        if not seat or self._answers(play, seat):
            return
        if self.dice.roll(PACE_S[self.persona]) == 1:
            self._act(play, book, seat)

    def _come_and_go(self, play: Playthrough, second: int) -> None:
        if second == self.comes_s:
            self.is_here = play.join(self.session, self.role).code == "ok"
        elif self.is_here and second == self.leaves_s:
            self.is_here = False
            play.propose(Proposal("absent", "player", self.session))
        elif second == self.returns_s and not self.is_here:
            outcome = play.propose(Proposal("back", "player", self.session)).outcomes[0]
            self.is_here = outcome.code == "ok"

    def _answers(self, play: Playthrough, seat: str) -> bool:
        """Answer an open choice; the lazy and the griefing often let it pass."""
        for choice in play.pack.choices.values():
            if choice.role != role_of(seat) or not play.facts[f"choice.{choice.id}"]:
                continue
            if self.persona in ("lazy", "griefing") and not self.dice.happens(3):
                continue
            if self.dice.happens(12):
                play.choose(self.session, choice.id, self._option(play, choice, seat))
                return True
        return False

    def _option(self, play: Playthrough, choice: Choice, seat: str) -> str:
        options = [
            option.id
            for option in choice.options.values()
            if option.when is None or option.when.run(play.facts, {"me": seat})
        ] or [choice.default]
        others = [option for option in options if option != choice.default]
        if self.persona == "contrarian" and others:
            return self.dice.pick(others)
        return self.dice.pick(options)

    def _act(self, play: Playthrough, book: OfferBook, seat: str) -> None:
        offers = book.possible(play.facts, seat)
        picked = self.dice.weigh([self._weight(play, offer) for offer in offers])
        if picked < 0:
            return
        offer = offers[picked]
        given: dict[str, Scalar] = {}
        for param in offer.params:
            if param.is_free_text:
                given[param.name] = WORDS[: param.type.size_max]
            elif param.values:
                given[param.name] = self.dice.pick(param.values)  # type: ignore[assignment]
            else:
                given[param.name] = param.type.low + self.dice.roll(
                    param.type.high - param.type.low + 1
                ) - 1  # fmt: skip
        outcome: Outcome = play.act(self.session, offer.action, **given)
        self.refused += outcome.code != "ok"
        self.done[offer.action] = self.done.get(offer.action, 0) + 1

    def _weight(self, play: Playthrough, offer: Offer) -> int:
        leanings = play.pack.roles[self.role].leanings
        leaning = max(0, leanings.get(offer.action, _LEANING_WITHOUT_WORD))
        done = self.done.get(offer.action, 0)
        is_talk = any(param.is_free_text for param in offer.params)
        match self.persona:
            case "loud":
                return 30 if is_talk else leaning
            case "contrarian":
                return max(1, 14 - leaning) if not is_talk else 1
            case "griefing":
                return 2 + 6 * min(done, 6)
            case _:
                return 1 if is_talk else max(1, 4 * leaning // (1 + done))


def cast_of(
    roles: Sequence[str], seed: int, number: int, *, understudied_percent: int = 20
) -> list[Bot]:
    """Return the players of one run: each role a persona, or nobody, so that it is understudied."""
    dice = Dice(seed, f"cast/{number}")
    bots = []
    for role in roles:
        persona = dice.pick(PERSONAS)
        if dice.happens(understudied_percent):
            continue
        bot = Bot(persona, role, f"s_{role}", Dice(seed, f"bot/{number}/{role}"))
        if persona == "late":
            bot.comes_s = dice.roll(_LATE_S[1] - _LATE_S[0]) + _LATE_S[0]
        if persona == "absent":
            bot.leaves_s = dice.roll(_LEAVES_S[1] - _LEAVES_S[0]) + _LEAVES_S[0]
            if dice.happens(60):
                bot.returns_s = bot.leaves_s + dice.roll(_AWAY_S[1] - _AWAY_S[0]) + _AWAY_S[0]
        bots.append(bot)
    return bots
