"""Nights of the seizure, played by hand: who does what, in which phase, and what came of it."""

import functools
from typing import Any, Final

from support.by_hand import ByHand
from support.packs import WORLDS

from dreamsync_server.packs import load_folder
from dreamsync_server.story.rehearsing import begin
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.model import Pack

CAST: Final = ("mia", "leo", "terra", "kane")
SQUARE: Final = "street.plaza"
HOUSE: Final = frozenset(("hush.kitchen", "hush.dorm", "hush.roof"))
INDEPENDENT: Final = 4
"""How many have to be out for the night to be anybody's."""


@functools.cache
def seizure() -> Pack:
    """Return the seizure pack."""
    return load_folder(WORLDS / "seizure")


class Night(ByHand):
    """One world of the seizure. `night["leo.debt"]` is a fact as it reads now."""

    def __init__(self, seed: int = 7, absent: tuple[str, ...] = ()) -> None:
        self.cast = tuple(role for role in CAST if role not in absent)
        super().__init__(begin(seizure(), seed, absent, is_hashed=False))

    def fork(self) -> "Night":
        """Return a copy that goes its own way from here."""
        other = object.__new__(Night)
        other.cast, other.play = self.cast, self.play.fork()
        return other

    def of_cast(self, fact: str) -> dict[str, Any]:
        """Return role -> a fact about it."""
        return {role: self[f"{role}.{fact}"] for role in CAST}

    # --- people

    def go(self, role: str, scene: str) -> None:
        """Let a role's player walk to a scene of the house or the city, by way of the square."""
        while (here := self[f"{role}.scene"]) != scene:
            if here in HOUSE and (here != "hush.kitchen" or scene in HOUSE):
                step = scene if here == "hush.kitchen" else "hush.kitchen"
            elif here == SQUARE:
                step = "hush.kitchen" if scene in HOUSE else scene
            else:
                step = SQUARE
            self.do(role, "go", to=step)

    def citizen(self, name: str, action: str) -> str:
        """Let somebody of the crowd try something; return the code."""
        if f"@session.{name}" not in self.play.facts:
            assert self.play.join(name, "citizen").code == "ok"
        return self.play.act(name, action).code

    def happens(self, nudge: str) -> str:
        """Let the director bring about what a nudge of the pack says; return the code."""
        given = {"means": "cause", "target": nudge}
        proposal = Proposal("nudge", "director", "director", arguments=given)
        return self.play.direct(proposal).outcomes[0].code

    # --- time

    def until_phase(self, phase: str) -> None:
        """Let world time pass until the night is at a phase, or an ending comes."""
        self._until("phase", phase)

    def until_night(self, night: int) -> None:
        """Let world time pass until the dusk of a night, or an ending comes."""
        self._until("night", night)

    def until_over(self) -> None:
        """Let world time pass until there is no more of it."""
        self._until("ending", None)

    # --- what came of it

    def hearers(self, key: str) -> list[tuple[str, ...]]:
        """Return who was told this text, each time."""
        return [event.to for event in self.heard(key)]

    # --- stretches of the story that many rows begin with

    def bed(self, pick: str = "lie_down", **picks: str) -> None:
        """Bedtime: everybody picks, `pick` where nothing else is said of them."""
        self.until_phase("bed")
        for role in self.cast:
            self.do(role, picks.get(role, pick))

    def dream(self, pick: str = "lie_down", **picks: str) -> None:
        """Bedtime, and the dream that comes of it."""
        self.bed(pick, **picks)
        self.until_phase("dream")

    def dawn(self, pick: str = "lie_down", **picks: str) -> None:
        """Bedtime, the dream, and the dawn after it."""
        self.dream(pick, **picks)
        self.until_phase("dawn")

    def dive(self, role: str, depth: int = 4) -> None:
        """Let a dreamer go down."""
        while self[f"{role}.depth"] < depth:
            self.do(role, "dive")

    def to_session(self, pick: str = "lie_down", **picks: str) -> None:
        """The first night."""
        self.dawn(pick, **picks)
        self.until("session")

    def to_deep(self, pick: str = "lie_down", **picks: str) -> None:
        """The rest of the first two nights."""
        while self["chapter"] != "deep":
            self.dawn(pick, **picks)
            self.until_phase("dusk")

    def to_seizure(self, pick: str = "lie_down", **picks: str) -> None:
        """The rest of the first three nights, the last of which has another end."""
        self.to_deep(pick, **picks)
        self.dream(pick, **picks)
        self.until("seizure")

    def to_bandits(self, pick: str = "lie_down", **picks: str) -> None:
        """From here to the roof; whoever went under is fetched, if there is somebody to."""
        self.to_seizure(pick, **picks)
        self.free()
        self.until("bandits")

    def to_after(self, pick: str = "lie_down", **picks: str) -> None:
        """From here to the evening after, with nothing done on the roof."""
        self.to_bandits(pick, **picks)
        self.until("after")

    def free(self) -> None:
        """The seizure: fetch who is stranded, say the shards, and pull until enough are out."""
        awake = [role for role in self.cast if not self[f"{role}.stranded"]]
        if len(awake) == len(self.cast):
            return
        for role in self.cast:
            if self[f"{role}.stranded"]:
                self.do(awake[0], "pull_out", sleeper=role)
            self.do(role, "say_shard")
        while self["independence"] < INDEPENDENT and self["chapter"] == "seizure":
            for role in self.cast:
                self.tries(role, "pull_row")

    def tell_trams(self) -> None:
        """The first night: everybody goes under, and Terra sees the trams."""
        self.dream("put_on_comb")
        self.cue("vision.trams")
        self.until_phase("dawn")
