"""`simulate`: it hands its arguments on to the simulation of a checkout."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dreamsync_server.cli.main import app
from dreamsync_server.cli.simulate import simulate
from dreamsync_server.errors import OperatorError


def test_it_plays_the_seeds_that_are_asked_for(capfd: pytest.CaptureFixture[str]) -> None:
    ended = CliRunner().invoke(app, ["simulate", "--seeds", "0-1"])
    assert (ended.exit_code, capfd.readouterr().out[:8]) == (0, "2 seeds ")


def test_a_seed_with_a_planted_bug_fails_and_says_how_to_see_it_again(
    capfd: pytest.CaptureFixture[str],
) -> None:
    ended = CliRunner().invoke(app, ["simulate", "--seeds", "0", "--bug", "ack_early"])
    assert ended.exit_code == 1
    assert "again: ./dream simulate --seeds 0 --trace --bug ack_early" in capfd.readouterr().out


def test_elsewhere_than_in_a_checkout_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="run it from a checkout"):
        simulate([], tmp_path)
