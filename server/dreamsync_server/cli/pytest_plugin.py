"""A pytest plugin for world authors: what a story can do and must not, as tests beside the pack.

The fixture `story` is the pack whose folder the test lies in, or the one that the ini option
`dreamsync_pack` names; `story_of(pack)` gives any other:

    def test_the_workshops_can_be_reached_without_ellis(story):
        story.reaches("ending.workshops", without="ellis")

    def test_leo_does_not_know_too_early(story):
        story.never_sees("leo", "sealed.taper", before="expo.confrontation")

Nothing of the server is imported before a test asks for a story: the plugin is there for everybody.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from dreamsync_server.cli.story_tests import Story


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a project name its pack once."""
    parser.addini("dreamsync_pack", "A pack's folder, or the id of a shipped one.", default="")


@pytest.fixture(scope="session")
def story_of() -> "Callable[[str | Path], Story]":
    """Return what gives the story of a pack, read once a session."""
    from dreamsync_server.cli.story_tests import Story

    known: dict[str, Story] = {}

    def give(pack: str | Path) -> Story:
        key = str(pack)
        if key not in known:
            known[key] = Story(key)
        return known[key]

    return give


@pytest.fixture
def story(request: pytest.FixtureRequest, story_of: "Callable[[str | Path], Story]") -> "Story":
    """Return the story of the pack that this test is about."""
    named = str(request.config.getini("dreamsync_pack"))
    if named:
        beside = request.config.rootpath / named
        return story_of(beside if beside.is_dir() else named)
    for folder in request.path.parents:
        if (folder / "pack.yaml").is_file():
            return story_of(folder)
    raise pytest.UsageError(
        "which pack? Put the test into its folder, set dreamsync_pack, or use story_of(...)"
    )
