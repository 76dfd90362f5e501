"""`check`: faults with their places, verdicts and exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dreamsync_server.cli.main import app


def _bad_pack(folder: Path) -> Path:
    pack = folder / "broken"
    pack.mkdir()
    (pack / "pack.yaml").write_text("format: 1\nid: broken\nlanguages: [en]\nrools: {}\n")
    return pack


def test_a_shipped_pack_can_be_played() -> None:
    told = CliRunner().invoke(app, ["check", "starter"])
    assert (told.exit_code, told.stdout.startswith("starter can be played: 3 roles")) == (0, True)


def test_faults_are_told_with_places_that_an_editor_opens(tmp_path: Path) -> None:
    pack = _bad_pack(tmp_path)
    told = CliRunner().invoke(app, ["check", str(pack)])
    assert told.exit_code == 1
    assert f"{pack}/pack.yaml:4:1: packs have no section 'rools'; did you mean 'roles'?" in (
        told.stdout
    )
    assert "broken cannot be played yet" in told.stdout


def test_the_folder_one_is_in_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(_bad_pack(tmp_path))
    told = CliRunner().invoke(app, ["check", "."])
    assert "\nbroken cannot be played yet" in told.stdout


def test_the_verdict_is_json_where_a_program_asks(tmp_path: Path) -> None:
    told = json.loads(CliRunner().invoke(app, ["check", str(_bad_pack(tmp_path)), "--json"]).stdout)
    assert told["ok"] is False
    places = [(fault["file"], fault["line"], fault["column"]) for fault in told["faults"]]
    assert ("pack.yaml", 4, 1) in places


def test_what_is_no_pack_is_said_in_one_sentence(tmp_path: Path) -> None:
    for asked in ("no_such_pack", str(tmp_path)):
        told = CliRunner().invoke(app, ["check", asked])
        assert (told.exit_code, told.stdout, told.stderr.count("\n")) == (1, "", 1)
