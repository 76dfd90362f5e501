"""The commands about processes are there and explain themselves."""

import pytest
from typer.testing import CliRunner

from dreamsync_server.cli.main import app


@pytest.mark.parametrize("name", ["nodes", "drain"])
def test_each_command_explains_itself(name: str) -> None:
    told = CliRunner().invoke(app, [name, "--help"])
    assert told.exit_code == 0
    assert "--store" in told.stdout


def test_where_no_server_runs_it_is_said(tmp_path: object) -> None:
    told = CliRunner().invoke(app, ["nodes", "--data", str(tmp_path)])
    assert told.exit_code == 1
