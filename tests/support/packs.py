"""Packs for tests: the shipped ones, loaded once."""

import functools
from pathlib import Path

from dreamsync_server.packs import load_folder
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.model import Pack

WORLDS = Path(__file__).parents[2] / "worlds"


@functools.cache
def starter() -> Pack:
    """Return the starter pack: ada, ben and twenty guests in a house at night."""
    return load_folder(WORLDS / "starter")


@functools.cache
def expo() -> Pack:
    """Return the expo pack."""
    return load_folder(WORLDS / "expo")


def night(seed: int = 7, *, has_understudies: bool = False) -> Playthrough:
    """Return a starter world just opened, with nobody in it."""
    return Playthrough(starter(), seed, has_understudies=has_understudies)


def night_for_two(seed: int = 7) -> Playthrough:
    """Return a starter world with Ada (session `a`) and Ben (session `b`) in the kitchen."""
    play = night(seed)
    assert play.join("a", "ada").code == "ok"
    assert play.join("b", "ben").code == "ok"
    return play
