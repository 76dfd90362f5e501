"""The command line itself: that every command is there and starts quickly."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from dreamsync_server.cli.main import app

NAMES = "play worlds open close new check log replay why schema protocol".split()


def test_help_lists_every_command() -> None:
    told = CliRunner().invoke(app, ["--help"]).stdout
    assert [name for name in NAMES if f" {name} " not in told] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_command_explains_itself(name: str) -> None:
    told = CliRunner().invoke(app, [name, "--help"])
    assert told.exit_code == 0
    assert "Usage" in told.stdout


def test_the_command_line_imports_nothing_that_is_slow() -> None:
    code = (
        "import sys, dreamsync_server.cli.main;"
        "print([m for m in ('redis', 'websockets', 'pydantic', 'yaml') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert told.stdout.strip() == "[]", told.stderr
