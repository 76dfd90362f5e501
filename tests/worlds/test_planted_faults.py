"""Faults planted in the shipped worlds, of each kind in several places: each at its very spot."""

import functools
from collections.abc import Mapping
from typing import Final, NamedTuple

import pytest
from support.packs import WORLDS

from dreamsync_server.packs import check_files
from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.read import read_folder

MARK: Final = "▸"
"""Stands, in what is planted, before the spot that the report has to name."""


class Plant(NamedTuple):
    """A fault: in `file` the text `there` (once in it) becomes `instead`."""

    file: str
    there: str
    instead: str


class Spot(NamedTuple):
    """Where a fault is reported."""

    file: str
    line: int
    column: int
    code: str


@functools.cache
def files_of(pack_id: str) -> Mapping[str, str]:
    """Return a shipped pack's files without its rehearsals, path -> text."""
    faults = Faults()
    files = read_folder(WORLDS / pack_id, faults)
    faults.raise_if_any()
    return {
        path: text
        for path, text in files.items()
        if not path.startswith("rehearsals/") and path != "odds.yaml"
    }


def planted(pack_id: str, plants: tuple[Plant, ...], code: str) -> tuple[set[Spot], set[Spot]]:
    """Return (where the faults were planted, where the report says that there are any)."""
    files = dict(files_of(pack_id))
    for plant in plants:
        assert files[plant.file].count(plant.there) == 1, plant
        files[plant.file] = files[plant.file].replace(plant.there, plant.instead)
    spots = set()
    for path, text in files.items():
        for number, line in enumerate(text.split("\n"), start=1):
            while MARK in line:
                spots.add(Spot(path, number, line.index(MARK) + 1, code))
                line = line.replace(MARK, "", 1)
        files[path] = text.replace(MARK, "")
    report = check_files(files)
    found = {Spot(f.file, f.line, f.column, f.code) for f in report.faults}
    return spots, found


ACTIONS_A, FACTS, LAWS = "actions/sessions.yaml", "facts.yaml", "story/laws.yaml"
BEFORE, AFTER, TURNS = "story/beats_before.yaml", "story/beats_after.yaml", "story/turns.yaml"
CHAPTERS, CHOICES, NUDGES = "story/chapters.yaml", "story/choices.yaml", "story/nudges.yaml"
SCENES, HEAD = "scenes.yaml", "pack.yaml"

UNKNOWN_FACT: Final = {
    "seizure": (
        Plant(ACTIONS_A, "when: \"me.depth <= 3 and not seized\"",
              "when: \"me.depth <= 3 and not ▸siezed\""),
        Plant(LAWS, "when: \"enrolled >= 50\"", "when: \"▸enroled >= 50\""),
        Plant(AFTER, "- add: {terra.resolve: 1, city.debt: -2}",
              "- add: {terra.resolve: 1, ▸city.debts: -2}"),
        Plant(CHOICES, "- add: {kane.clarity: 2, grip: -1}",
              "- add: {▸kane.claritty: 2, grip: -1}"),
        Plant(NUDGES, "when: \"attention >= 9\"", "when: \"▸atention >= 9\""),
    ),
    "expo": (
        Plant("actions/leo.yaml", "when: \"me.captured and me.imagination >= 6\"",
              "when: \"me.captured and ▸me.imaginaton >= 6\""),
        Plant(LAWS, "when: \"city.addiction <= 30\"", "when: \"▸city.adiction <= 30\""),
        Plant(AFTER, "- add: {city.curiosity: 4, workshop.seats: 10}",
              "- add: {city.curiosity: 4, ▸workshop.seat: 10}"),
        Plant(BEFORE, "when: \"faith >= 66\"", "when: \"▸fait >= 66\""),
    ),
}  # fmt: skip

WRONG_TYPE: Final = {
    "seizure": (
        Plant(AFTER, "- add: {mia.belief: 1, leo.belief: 1, kane.belief: 1}",
              "- add: {mia.belief: 1, ▸leo.identity: 1, kane.belief: 1}"),
        Plant(LAWS, "- append: {lost: window_box}", "- append: {▸pressure: window_box}"),
        Plant("actions/kane.yaml", "- append: {kane.entries: sleeper}",
              "- append: {▸kane.money: sleeper}"),
        Plant(CHAPTERS, "- set: {lucid_hour: false}", "- add: {▸lucid_hour: 1}"),
    ),
    "expo": (
        Plant(LAWS, "- set: {exec.okafor: gone}", "- add: {▸exec.okafor: 1}"),
        Plant(BEFORE, "- append: {ties.lost: supper}", "- append: {▸faith: supper}"),
        Plant("actions/mia.yaml", "- set: {me.confessed: true}", "- add: {▸me.confessed: 1}"),
    ),
}  # fmt: skip

OUT_OF_RANGE: Final = {
    "seizure": (
        Plant(FACTS, "fabric: {type: int, range: [0, 10], start: 10, visible: all}",
              "fabric: {type: int, range: [0, 10], start: ▸11, visible: all}"),
        Plant(FACTS, "sessions_left: {type: int, range: [0, 3], start: 2, visible: all}",
              "sessions_left: {type: int, range: [0, 3], start: ▸4, visible: all}"),
        Plant(BEFORE, "intrusion: 1\n", "intrusion: ▸11\n"),
        Plant(NUDGES, "tension: 1\n    do:", "tension: ▸12\n    do:"),
    ),
    "expo": (
        Plant(FACTS, "scrutiny: {type: int, range: [0, 100], start: 5, visible: all}",
              "scrutiny: {type: int, range: [0, 100], start: ▸105, visible: all}"),
        Plant(FACTS, "line.pressure: {type: int, range: [0, 10], start: 3, visible: all}",
              "line.pressure: {type: int, range: [0, 10], start: ▸-3, visible: all}"),
        Plant(NUDGES, "weight: 40\n", "weight: ▸4000\n"),
    ),
}  # fmt: skip

DANGLING_EXIT: Final = {
    "seizure": (
        Plant(SCENES, "{to: ward.row, when: \"me in cast and chapter == 'bandits'\"}",
              "{to: ▸ward.rows, when: \"me in cast and chapter == 'bandits'\"}"),
        Plant(SCENES, "{to: school.hall, when:", "{to: ▸school.hell, when:"),
    ),
    "expo": (
        Plant(SCENES, "exits: [street.alley, facility.archive]",
              "exits: [street.alley, ▸facility.archives]"),
        Plant(SCENES, "exits: [facility.loading, facility.lobby, facility.servers]",
              "exits: [▸facility.landing, facility.lobby, facility.servers]"),
        Plant(SCENES, "exits: [expo.stage, expo.floor]", "exits: [expo.stage, ▸expo.flor]"),
    ),
}  # fmt: skip

MISSING_TEXT: Final = {
    "seizure": (
        Plant(AFTER, "- tell: {text: coda.lost, to: all}", "- tell: {text: ▸coda.lots, to: all}"),
        Plant(LAWS, "- tell: {text: leak.tide, to: all}", "- tell: {text: ▸leak.tides, to: all}"),
        Plant("actions/shared.yaml", "- tell: do.act_on_it", "- tell: ▸do.act_on_its"),
        Plant("text/de/beats.yaml", "beat.grind.trauma.title: Drei Karten\n", ""),
        Plant(BEFORE, "  grind.trauma:  ", "  ▸grind.trauma:  "),
        Plant("text/en/nudges.yaml", "nudge.shutters.text:", "shutters.unsaid:"),
        Plant(NUDGES, "  shutters:  ", "  ▸shutters:  "),
    ),
    "expo": (
        Plant(AFTER, "- tell: {text: coda.spin, to: ellis}",
              "- tell: {text: ▸coda.spun, to: ellis}"),
        Plant(TURNS, "- tell: {text: night.ava, to: ava}",
              "- tell: {text: ▸night.avas, to: ava}"),
        Plant("actions/leo.yaml", "- tell: do.leave_drawing", "- tell: ▸do.leave_drawings"),
    ),
}  # fmt: skip

DUPLICATE_KEY: Final = {
    "seizure": (
        Plant(FACTS, "  grip: {type: int,", "  grip: {type: int, ▸type: int,"),
        Plant(CHOICES, "    default: resist\n", "    default: resist\n    ▸default: resist\n"),
        Plant(AFTER, "    when: \"mia.left\"\n",
              "    when: \"mia.left\"\n    ▸when: \"mia.left\"\n"),
    ),
    "expo": (
        Plant(HEAD, "speed: 1\n", "speed: 1\n▸speed: 2\n"),
        Plant(CHAPTERS, "    length: 8m\n", "    length: 8m\n    ▸length: 9m\n"),
        Plant("text/de/endings.yaml", "ending.leo_captured.title:",
              "ending.leo_captured.title: Bett\n▸ending.leo_captured.title:"),
    ),
}  # fmt: skip

UNREACHABLE_SCENE: Final = {
    "seizure": (
        Plant(SCENES, "  hush.roof:  ", "  ▸hush.loft:\n    exits: []\n  hush.roof:  "),
        Plant(SCENES, "  dream.rehearsal: {", "  ▸dream.attic: {layer: dream, exits: []}\n"
              "  dream.rehearsal: {"),
        Plant("text/en/scenes.yaml", "scene.hush.roof.name:",
              "scene.hush.loft.name: L\nscene.hush.loft.text: L\nscene.dream.attic.name: A\n"
              "scene.dream.attic.text: A\nscene.hush.roof.name:"),
        Plant("text/de/scenes.yaml", "scene.hush.roof.name:",
              "scene.hush.loft.name: L\nscene.hush.loft.text: L\nscene.dream.attic.name: A\n"
              "scene.dream.attic.text: A\nscene.hush.roof.name:"),
    ),
    "expo": (
        Plant(SCENES, "  street.alley:\n", "  ▸street.cellar: {exits: [street.queue]}\n"
              "  ▸home.attic:\n    exits: [home.kitchen]\n  street.alley:\n"),
        Plant("text/en/scenes.yaml", "scene.street.alley.name:",
              "scene.street.cellar.name: C\nscene.street.cellar.text: C\nscene.home.attic.name: A\n"
              "scene.home.attic.text: A\nscene.street.alley.name:"),
        Plant("text/de/scenes.yaml", "scene.street.alley.name:",
              "scene.street.cellar.name: C\nscene.street.cellar.text: C\nscene.home.attic.name: A\n"
              "scene.home.attic.text: A\nscene.street.alley.name:"),
    ),
}  # fmt: skip

UNSEEN_FACT: Final = {
    "seizure": (
        Plant("actions/leo.yaml", "when: \"me.disillusion >= 4\"",
              "when: \"me.disillusion >= 4 and ▸collapse >= 2\""),
        Plant("actions/mia.yaml", "when: \"me.left\"\n",
              "when: \"me.left and ▸terra.debt >= 1\"\n"),
        Plant("actions/terra.yaml", "when: \"me.money >= 2\"",
              "when: \"me.money >= 2 and ▸merge >= 1\""),
    ),
    "expo": (
        Plant("actions/ava.yaml", "when: \"me.knows_gone and me.conscience",
              "when: \"▸leo.rebelled and me.conscience"),
        Plant("actions/leo.yaml", "when: \"not me.looped\"",
              "when: \"not me.looped and ▸somni.notice >= 2\""),
        Plant("actions/ellis.yaml", "when: \"me.funds >= 4\"",
              "when: \"me.funds >= 4 and ▸evidence.found >= 1\""),
    ),
}  # fmt: skip

KINDS: Final = {
    "expression": UNKNOWN_FACT,
    "wrong_type": WRONG_TYPE,
    "out_of_bounds": OUT_OF_RANGE,
    "unknown_id": DANGLING_EXIT,
    "missing_text": MISSING_TEXT,
    "yaml_duplicate": DUPLICATE_KEY,
    "unreachable_scene": UNREACHABLE_SCENE,
    "not_seen": UNSEEN_FACT,
}


@pytest.mark.parametrize("pack_id", ["expo", "seizure"])
@pytest.mark.parametrize("code", KINDS)
def test_each_planted_fault_is_reported_at_its_own_line_and_column(code: str, pack_id: str) -> None:
    spots, found = planted(pack_id, KINDS[code][pack_id], code)
    assert len(spots) >= 2
    assert {spot for spot in found if spot.code != "unused_text"} == spots


@pytest.mark.parametrize("pack_id", ["expo", "seizure"])
def test_where_nothing_is_planted_nothing_is_reported(pack_id: str) -> None:
    assert check_files(files_of(pack_id)).faults == ()
