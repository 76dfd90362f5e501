"""How the commands are called where they were started."""

import sys

import pytest

from dreamsync_server.cli.called import own_command, own_version


@pytest.mark.parametrize(
    ("started", "called"),
    [
        ("/home/ari/dreamsync/server/dreamsync_server/cli/__main__.py", "./dream"),
        ("/usr/local/bin/dreamsync", "dreamsync"),
    ],
)
def test_it_is_the_command_that_a_person_typed(
    monkeypatch: pytest.MonkeyPatch, started: str, called: str
) -> None:
    monkeypatch.setattr(sys, "argv", [started])
    assert own_command() == called


def test_it_has_a_version() -> None:
    assert own_version()[0].isdecimal() or own_version() == "checkout"
