"""`graph`: the storyline in three formats."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.packs import starter
from typer.testing import CliRunner

from dreamsync_server.cli.graph import drawn
from dreamsync_server.cli.graph_svg import LOOKS
from dreamsync_server.cli.main import app
from dreamsync_server.story.atlas import atlas_of
from dreamsync_server.story.storyline import storyline_of

LINE = storyline_of(atlas_of(starter()))


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


def test_titles_are_texts_whatever_signs_they_hold() -> None:
    title = 'He "said" <b>no</b> & #1;'
    node = replace(LINE.nodes[0], title=title)
    line = replace(LINE, nodes=(node, *LINE.nodes[1:]), titles={**LINE.titles, node.chapter: title})
    safe = '"He #quot;said#quot; #lt;b#gt;no#lt;/b#gt; #amp; #35;1;"'
    assert drawn(line, "mermaid", {}).count(f"[{safe}]") == 2
    assert drawn(line, "dot", {}).count(r'label="He \"said\" <b>no</b> & #1;"') == 2
    told = "".join(ElementTree.fromstring(drawn(line, "svg", {})).itertext())
    assert "<b>no</b>" in told


def test_the_command_writes_to_a_file_and_knows_its_formats(tmp_path: Path) -> None:
    out = tmp_path / "story.svg"
    told = CliRunner().invoke(app, ["graph", "starter", "--out", str(out)])
    assert (told.exit_code, out.read_text()[:4]) == (0, "<svg")
    told = CliRunner().invoke(app, ["graph", "starter", "--format", "png"])
    assert (told.exit_code, "one of svg, mermaid, dot" in told.stderr) == (1, True)


def test_what_a_recorded_rehearsal_reaches_is_marked(tmp_path: Path) -> None:
    out = tmp_path / "story.dot"
    told = CliRunner().invoke(app, ["graph", "expo", "--format", "dot", "--out", str(out)])
    assert told.exit_code == 0
    (ending,) = [
        line for line in out.read_text().splitlines() if line.startswith('    "leo_captured" [')
    ]
    assert LOOKS["witnessed"].colour in ending
