"""The bench as a command: names, JSON, and one clear sentence for a name that is none."""

import json

import pytest
from typer.testing import CliRunner

from dreamsync_server.cli.bench.measurements import MEASUREMENTS, bench, machine
from dreamsync_server.cli.bench.rig import Options
from dreamsync_server.cli.main import app


def test_json_names_the_machine_and_what_was_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench(["deciding"], Options(is_tiny=True), is_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["machine"]["cores"] == machine()["cores"]
    assert list(told["measured"]) == ["deciding"]
    assert all(figure["runs"] > 0 for figure in told["measured"]["deciding"])


def test_a_name_that_is_none_is_one_clear_sentence() -> None:
    done = CliRunner().invoke(app, ["bench", "nothing"])
    assert done.exit_code != 0
    assert "there is no nothing" in done.output


def test_help_names_every_measurement() -> None:
    done = CliRunner().invoke(app, ["bench", "--help"], env={"COLUMNS": "200"})
    assert all(name in done.output for name in MEASUREMENTS)
