"""The command line: every command has a word of help, and a wrong one is told plainly."""

import pytest
from typer.testing import CliRunner

from dreamsync_server.cli.main import app

COMMANDS = (
    "serve check schema new protocol play worlds open close log replay why".split()
)  # fmt: skip


def test_help_names_every_command() -> None:
    said = CliRunner().invoke(app, ["--help"])
    assert said.exit_code == 0
    for command in COMMANDS:
        assert command in said.output


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str) -> None:
    said = CliRunner().invoke(app, [command, "--help"])
    assert said.exit_code == 0
    assert "Usage" in said.output


def test_a_command_there_is_not_is_an_error() -> None:
    said = CliRunner().invoke(app, ["fly"])
    assert said.exit_code == 2


def test_it_says_its_version() -> None:
    said = CliRunner().invoke(app, ["--version"])
    assert (said.exit_code, said.output.split()[0]) == (0, "dreamsync")


@pytest.mark.parametrize(
    "wrong",
    [["--port", "70000"], ["--port", "-1"], ["--workers", "0"], ["--replicas", "9"]],
)
def test_a_number_out_of_bounds_is_told_by_its_option(wrong: list[str]) -> None:
    said = CliRunner().invoke(app, ["serve", *wrong])
    assert said.exit_code == 2
    assert wrong[0] in said.output
