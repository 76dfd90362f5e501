"""Bots in players' seats: fresh people of several kinds, the same for whoever directs them.

They choose as understudies do, from what their role is offered; how often, hangs on the person.
"""

from collections.abc import Mapping
from typing import Final, Literal

from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.story.understudy import what_to_do
from dreamsync_server.world.chance import draw
from dreamsync_server.world.commit import ActKind
from dreamsync_server.world.memory import directed_roles
from dreamsync_server.world.offers import OfferBook
from dreamsync_server.world.state import is_over

Person = Literal["steady", "eager", "lazy", "distracted"]

PEOPLE: Final[tuple[Person, ...]] = ("steady", "eager", "lazy", "distracted")
_LAZY_ONE_OF: Final = 3
_AWAY_S: Final = 60
_ROUND_S: Final = 180


def people_of(seed: int, roles: list[str]) -> Mapping[str, Person]:
    """Return who plays each role under a seed."""
    return {r: PEOPLE[draw(seed, f"person/{r}", 0, len(PEOPLE)) - 1] for r in roles}


class Bots:
    """Players for every role that a player may take, in a world just opened."""

    def __init__(self, play: Playthrough, seed: int) -> None:
        self._play = play
        self._seed = seed
        self._book = OfferBook(play.pack)
        self.people = people_of(seed, directed_roles(play.pack))
        for role in self.people:
            outcome = play.join(_session(role), role)
            assert outcome.code == "ok", f"{role}: {outcome}"

    def act_second(self) -> None:
        """Let everybody do what they do in this world second."""
        play = self._play
        second = play.world_ms // 1000
        for role, person in self.people.items():
            if is_over(play.facts) or not self._is_awake(role, person, second):
                continue
            done = what_to_do(play.pack, self._book, play.facts, role, second)
            if done is not None:
                kind: ActKind = "choose" if "choice" in done else "act"
                play.ask(kind, "player", _session(role), done)

    def _is_awake(self, role: str, person: Person, second: int) -> bool:
        match person:
            case "steady" | "eager":
                return True
            case "lazy":
                return draw(self._seed, f"lazy/{role}", second, _LAZY_ONE_OF) == 1
            case "distracted":
                shift = draw(self._seed, f"away/{role}", 0, _ROUND_S)
                return (second + shift) % _ROUND_S >= _AWAY_S


def _session(role: str) -> str:
    return f"s_{role}"
