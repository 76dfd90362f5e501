"""`schema`: a document on the screen or in a file."""

import json
from pathlib import Path

from typer.testing import CliRunner

from dreamsync_server.cli.main import app


def test_the_schema_is_printed_and_written_alike(tmp_path: Path) -> None:
    out = tmp_path / "schema.json"
    printed = CliRunner().invoke(app, ["schema"])
    written = CliRunner().invoke(app, ["schema", "--out", str(out)])
    assert (printed.exit_code, written.exit_code) == (0, 0)
    assert json.loads(printed.stdout) == json.loads(out.read_text("utf-8"))
    assert "$schema" in json.loads(printed.stdout)


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["schema", "--out", str(tmp_path / "no" / "x.json")])
    assert told.exit_code == 1
    assert "cannot be written" in told.stderr
