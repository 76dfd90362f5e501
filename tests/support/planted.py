"""Packs for tests of rehearsals: the starter with something planted into it."""

import functools

from dreamsync_server.packs import load
from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.read import read_folder
from dreamsync_server.world.model import Pack
from support.packs import WORLDS

IMPOSSIBLE = """
facts:
  cellar.lamp_oil: {type: int, range: [0, 10], start: 3, visible: all}
  cellar.key: {type: choice, choices: [lost, found], start: lost, visible: all}
things:
  deed: {holder: nobody, visible: all}
scenes:
  house.cellar: {exits: [house.kitchen]}
laws:
  key_turns:
    when: deed.holder == "ada"
    do:
      - set: {cellar.key: found}
  oil_drips:
    when: cellar.key == "found" and chapter == "night"
    do:
      - add: {cellar.lamp_oil: 1}
beats:
  # Oil drips only once the key is found.
  oil_runs_over: {when: cellar.lamp_oil >= 4}
  # The key is found by a law that waits for a thing nobody can ever have.
  cellar_opens: {when: cellar.key == "found"}
  # No way leads into the cellar.
  cellar_creaks: {when: ben.scene == "house.cellar"}
  # Possible, and only a little hidden.
  whispers: {when: trust.ada.ben >= 3 and house.kitchen.lamp}
"""
TEXTS = """
thing.deed.name: the deed
scene.house.cellar.name: the cellar
scene.house.cellar.text: Dark.
fact.cellar.lamp_oil.name: oil
fact.cellar.key.name: key
beat.oil_runs_over.title: Oil
beat.oil_runs_over.text: It runs over.
beat.cellar_opens.title: The cellar
beat.cellar_opens.text: It opens.
beat.cellar_creaks.title: Creaking
beat.cellar_creaks.text: It creaks.
beat.whispers.title: Whispers
beat.whispers.text: They whisper.
"""


@functools.cache
def starter_files() -> dict[str, str]:
    """Return the starter's files by path."""
    return dict(read_folder(WORLDS / "starter", Faults()))


@functools.cache
def planted(more: str = IMPOSSIBLE, texts: str = TEXTS) -> Pack:
    """Return the starter with a file and texts of its own beside it."""
    return load({**starter_files(), "planted.yaml": more, "text/en/planted.yaml": texts})
