"""`graph`: the storyline in three formats."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.packs import starter
from typer.testing import CliRunner

from dreamsync_server.cli.graph import as_svg, by_column, drawn
from dreamsync_server.cli.main import app
from dreamsync_server.story.atlas import atlas_of
from dreamsync_server.story.storyline import storyline_of

LINE = storyline_of(atlas_of(starter()))


def test_the_picture_has_a_box_for_each_beat_and_a_path_for_each_edge() -> None:
    root = ElementTree.fromstring(as_svg(LINE, {"chime": "witnessed"}))
    tags = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert (tags.count("rect"), tags.count("path")) == (len(LINE.nodes), len(LINE.edges))


def test_endings_stand_in_a_column_of_their_own_at_the_end() -> None:
    assert list(by_column(LINE)) == ["night", "dream", "endings"]


@pytest.mark.parametrize(
    ("shape", "first", "edge"),
    [
        ("mermaid", "flowchart LR", " --> "),
        ("dot", "digraph story {", '"blossoming" -> "morning";'),
    ],
)
def test_the_other_formats_say_the_same(shape: str, first: str, edge: str) -> None:
    text = drawn(LINE, shape, {"chime": "impossible"})
    assert text.startswith(first)
    assert edge in text
    assert "The orchard blossoms" in text


def test_the_command_writes_to_a_file_and_knows_its_formats(tmp_path: Path) -> None:
    out = tmp_path / "story.svg"
    told = CliRunner().invoke(app, ["graph", "starter", "--out", str(out)])
    assert (told.exit_code, out.read_text()[:4]) == (0, "<svg")
    told = CliRunner().invoke(app, ["graph", "starter", "--format", "png"])
    assert (told.exit_code, "one of svg, mermaid, dot" in told.stderr) == (1, True)
