"""The expo's recorded rehearsals as they are played: one for each ending, one with a role missing.

A run is played by hand from a seed, nobody acts by themselves: so it is as short as its story.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from support.evenings import Evening

SITTERS: Final = 30
"""Chairs taken in a workshop that is worth having."""


@dataclass(frozen=True, slots=True)
class Run:
    """A recorded run before it is recorded; `absent` are the roles that nobody plays in it."""

    ending: str
    about: str
    play: Callable[[Evening], None]
    absent: tuple[str, ...] = ()
    seed: int = 7

    def played(self) -> Evening:
        """Play it and return what it came to.

        Raises:
            ValueError: it comes to another ending.
        """
        evening = Evening(self.seed, self.absent)
        self.play(evening)
        while not evening.ending:
            evening.wait(30)
        if evening.ending != self.ending:
            raise ValueError(f"{self.about!r} ends in {evening.ending}, not in {self.ending}")
        return evening


def reclaim(evening: Evening) -> None:
    """Ava unplugs the halos, keeps her evenings, and puts out the lamp herself."""
    evening.to_dawn()
    evening.unplug()
    while evening["ritual.streak"] < 4 or not evening["dawn.late"]:
        evening.keep()
    evening.do("ava", "turn_out_lamp")


def meet_in_the_evening(evening: Evening) -> None:
    """Mia opens the reading room again and again, until a bell means something else."""
    evening.to_dawn()
    while evening["workshop.held"] < 7 or evening["city.curiosity"] < 75:
        evening.do("mia", "host_workshop")
        for who in ("ava", "leo"):
            if evening[f"{who}.held"] == "player":
                evening.do(who, "attend_workshop")
        while evening["workshop.open"]:
            if evening["workshop.seats"] < SITTERS:
                evening.do("leo", "teach_shadows")
            evening.wait(10)
    while not evening["dawn.late"]:
        evening.wait(10)
    evening.do("mia", "ring_bell")


def step_back(evening: Evening) -> None:
    """Ellis admits it whole, steps back, and leaves the keys on a table."""
    evening.to_aftermath()
    evening.do("mia", "confess_voice")
    evening.do("ellis", "read_sealed_file")
    evening.do("ellis", "read_sealed_file")
    evening.cue("aftermath.stepping_back")
    evening.choose("ellis", "stepping_back", "step_back")
    evening.do("ellis", "publish_statement", tone="whole", admits="taper")
    evening.until("dawn")
    while not evening["dawn.late"]:
        evening.wait(10)
    evening.go("ellis", "library.reading")
    evening.do("ellis", "leave_keys")


def step_back_by_letter(evening: Evening) -> None:
    """A letter comes to the hearing, where nobody was there to carry it."""
    evening.to_dawn()


def go_on_watching(evening: Evening) -> None:
    """The city looks, the household does not."""
    evening.to_dawn()


def spin(evening: Evening) -> None:
    """The papers get a better story, and another, until it holds."""
    evening.to_expo()
    evening.show("casebook", "ledger", "reel", "drawings")
    evening.cue("expo.both_kinds")
    evening.cue("expo.confrontation")
    evening.hear_her_laugh()
    evening.challenge("returns")
    evening.until("aftermath")
    for _ in range(2):
        evening.do("ellis", "spin")


def sleep_well(evening: Evening) -> None:
    """Nobody climbs out of any window."""
    evening.until("night")
    if "leo" not in evening.absent:
        evening.do("leo", "go_under")
    evening.until("expo")
    evening.wait(75)
    evening.do("ellis", "give_keynote")


def be_caught(evening: Evening) -> None:
    """Leo goes alone into the coldest room, takes one thing too many, and is put to bed."""
    evening.until("night")
    evening.do("leo", "put_out_lamp")
    evening.wait(210)
    evening.do("leo", "slip_out")
    evening.until("facility")
    evening.go("leo", "facility.archive")
    evening.do("leo", "take_in_archive", what="ledger")
    evening.go("leo", "facility.servers")
    evening.do("leo", "take_in_servers", what="scans")
    evening.do("leo", "take_in_servers", what="core")


def empty_the_hall(evening: Evening) -> None:
    """Everything is shown, cut, asked and called at once, and what is remembered is the noise."""
    evening.to_uproar()


_RUNS: Final = (
    Run("reclaimed_bedtime", "The halos come off, the evenings are kept, the lamp is put out.",
        reclaim),
    Run("reclaimed_bedtime", "The same without Ellis: nobody answers, and the letter comes.",
        reclaim, ("ellis",)),
    Run("workshops_city", "Seven full workshops, and a bell that means something else.",
        meet_in_the_evening),
    Run("workshops_city", "The same without Ava: the city meets, her kitchen stays as it was.",
        meet_in_the_evening, ("ava",)),
    Run("ellis_steps_back", "Ellis admits it whole and leaves his keys on a library table.",
        step_back),
    Run("ellis_steps_back", "The same without Ellis: a letter says it for him.",
        step_back_by_letter, ("ellis",)),
    Run("scrutiny_alone", "Everything comes to light, and nobody says a word at home.",
        go_on_watching),
    Run("scrutiny_alone", "The same without Ava: nobody hears what the laugh was.",
        go_on_watching, ("ava",)),
    Run("ellis_spins_it", "By spring it is called the Misunderstanding.", spin),
    Run("ellis_spins_it", "The same without Ava: there is one voice less to talk over.",
        spin, ("ava",)),
    Run("dreamsync_triumphs", "Nobody climbs out of any window, and nothing is shown.",
        sleep_well),
    Run("dreamsync_triumphs", "The same without Leo: there is nobody to climb.",
        sleep_well, ("leo",)),
    Run("leo_captured", "One proof too many, no plan, and nobody who signs for a boy.", be_caught),
    Run("leo_captured", "The same without Ava: no parent or guardian.", be_caught, ("ava",)),
    Run("expo_in_chaos", "Everything at once: shown, cut, asked, denied, and guards called.",
        empty_the_hall),
    Run("expo_in_chaos", "The same without Ava: it is loud enough without a mother.",
        empty_the_hall, ("ava",)),
)  # fmt: skip


def _named() -> Mapping[str, Run]:
    found = {}
    for run in _RUNS:
        suffix = f"_without_{run.absent[0]}" if run.absent else ""
        found[f"{run.ending}{suffix}"] = run
    return MappingProxyType(found)


RUNS: Final = _named()
"""The file's name in `rehearsals/`, without `.yaml` -> the run."""
