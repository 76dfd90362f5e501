"""What the readmes and the SDKs' first lines show can be done in the expo as it is shipped."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from dreamsync_server.packs import load_folder
from dreamsync_server.world.model import Pack, Place
from dreamsync_server.world.parse import parse_condition
from dreamsync_server.world.scope import scope_of

ROOT = Path(__file__).parents[2]
SHOWN = (
    "README.md", "client_sdk/README.md", "client_sdk/dreamsync_web/README.md",
    "client_sdk/examples/unity/README.md", "client_sdk/examples/godot/README.md",
    "client_sdk/examples/unity/DreamsyncClient.cs", "client_sdk/examples/godot/dreamsync_client.gd",
    "client_sdk/dreamsync_web/sdk/dreamsync.js", "client_sdk/dreamsync/player.py",
)  # fmt: skip
ACT = re.compile(r"""\b[aA]ct\("([a-z_]+)"(?:, ?([^)]*))?\)""")
NAME = re.compile(r"""\["(\w+)"\] =|"(\w+)":|(\w+): |(\w+)=""")
CUE = re.compile(r"""\bcue\("([a-z_.]+)\"""")
WHEN = re.compile(r"""\bwhen\("([^"]+)\"""")


@cache
def expo() -> Pack:
    return load_folder(ROOT / "worlds" / "expo")


def found(pattern: re.Pattern[str]) -> Iterator[tuple[str, re.Match[str]]]:
    for name in SHOWN:
        for match in pattern.finditer((ROOT / name).read_text("utf-8")):
            yield name, match


@pytest.mark.parametrize(
    ("action", "given"), [pytest.param(m[1], m[2] or "", id=name) for name, m in found(ACT)]
)
def test_an_action_that_is_shown_is_one_with_its_parameters(action: str, given: str) -> None:
    params = {next(filter(None, match.groups())) for match in NAME.finditer(given)}
    assert params == {param.name for param in expo().actions[action].params}


def test_beats_that_are_cued_are_there() -> None:
    cued = {match[1] for _, match in found(CUE)}
    assert cued
    assert cued <= set(expo().beats)


@pytest.mark.parametrize("when", sorted({match[1] for _, match in found(WHEN)}))
def test_conditions_that_are_waited_for_can_be_read(when: str) -> None:
    assert parse_condition(when, Place("", 1, 1), scope_of(expo())).reads
