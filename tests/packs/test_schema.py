"""The schema takes what the check takes, and refuses shapes that it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.json_schema import fits

from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.hashing import ODDS
from dreamsync_server.packs.read import read_folder
from dreamsync_server.packs.recorded import dump_rehearsal
from dreamsync_server.packs.sample import SAMPLE
from dreamsync_server.packs.schema import pack_schema
from dreamsync_server.packs.sections import HEADER_KEYS, SECTIONS
from dreamsync_server.packs.yaml import parse_yaml, plain_value
from dreamsync_server.world.rehearsal import Rehearsal, Step

SCHEMA = pack_schema()


def schema_for(file: str) -> dict[str, Any]:
    for folder, name in (("text/", "text"), ("rehearsals/", "rehearsal")):
        if file.startswith(folder):
            return {"$ref": f"#/$defs/{name}"}
    return SCHEMA


@pytest.mark.parametrize("world", ["starter", "expo", "seizure"])
def test_shipped_worlds_fit(checkout: Path, world: str) -> None:
    for file, text in read_folder(checkout / "worlds" / world, Faults()).items():
        if file == ODDS:  # learned and written by a command, not by an editor's user
            continue
        value = plain_value(parse_yaml(file, text, Faults()))
        assert fits(value, schema_for(file), SCHEMA) == "", file


def test_the_sample_fits() -> None:
    for file, text in SAMPLE.items():
        assert fits(plain_value(parse_yaml(file, text, Faults())), schema_for(file), SCHEMA) == ""


@pytest.mark.parametrize(
    "text",
    [
        "rolls: {}",
        "roles: {ada: {scen: hall}}",
        "roles: {Ada: {scene: hall}}",
        "facts: {f: {type: itn}}",
        "facts: {f: {type: int, range: [1]}}",
        "laws: {a: {when: x}}",
        "laws: {a: {when: x, do: [sett: {}]}}",
        "laws: {a: {when: x, do: [{add: {x: 1}, set: {x: 1}}]}}",
        "laws: {a: {when: x, do: [give: {thing: x}]}}",
        "clocks: {c: {length: 10}}",
        "beats: {b: {slope: upp}}",
        "actions: {a: {by: ada, do: [], params: {p: {txt: 5}}}}",
    ],
)
def test_wrong_shapes_do_not_fit(text: str) -> None:
    assert fits(plain_value(parse_yaml("a.yaml", text, Faults())), SCHEMA, SCHEMA) != ""


def test_it_knows_every_key_of_the_top_and_is_json() -> None:
    assert set(SCHEMA["properties"]) == {*HEADER_KEYS, *SECTIONS}
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
    assert SCHEMA["$schema"].endswith("2020-12/schema")


def test_a_recorded_run_fits() -> None:
    step = Step(3, "player", "act", "ada", "rest", {"who": "ben"})
    run = Rehearsal("sample", 7, "A run.", (step,), "", absent=("ben",))
    value = plain_value(parse_yaml("r.yaml", dump_rehearsal(run), Faults()))
    assert fits(value, {"$ref": "#/$defs/rehearsal"}, SCHEMA) == ""
