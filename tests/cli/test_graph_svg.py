"""The picture of a story: every beat once, in its chapter's column, clear of its neighbours."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from support.packs import expo, starter

from dreamsync_server.cli.graph_svg import as_svg, by_column
from dreamsync_server.story.atlas import atlas_of
from dreamsync_server.story.storyline import Storyline, StoryNode, storyline_of

SVG = "{http://www.w3.org/2000/svg}"


def boxes(text: str) -> dict[str, tuple[float, float]]:
    root = ElementTree.fromstring(text)
    found = {}
    for group in root.iter(f"{SVG}g"):
        title, box = group.find(f"{SVG}title"), group.find(f"{SVG}rect")
        assert title is not None and title.text and box is not None  # noqa: PT018
        found[title.text.partition(":")[0]] = (float(box.get("x", "")), float(box.get("y", "")))
    return found


@pytest.mark.parametrize("pack", [starter, expo])
def test_no_two_boxes_overlap_and_each_column_is_a_chapter(pack) -> None:
    line = storyline_of(atlas_of(pack()))
    found = boxes(as_svg(line, {}))
    assert set(found) == {node.id for node in line.nodes}
    for nodes in by_column(line).values():
        spots = sorted(found[node.id] for node in nodes)
        assert len({x for x, _ in spots}) == 1
        assert all(b - a >= 46 for (_, a), (_, b) in pairwise(spots))


def test_endings_stand_in_a_column_of_their_own_at_the_end() -> None:
    assert list(by_column(storyline_of(atlas_of(starter())))) == ["night", "dream", "endings"]


def test_verdicts_are_told_by_signs_as_well_as_by_colours() -> None:
    nodes = [StoryNode(kind, "beat", "one", f"<{kind}>", False) for kind in ("a", "b", "c")]
    line = Storyline(("one",), tuple(nodes), (("a", "b"),), {"one": "The First & Last"})
    text = as_svg(line, {"a": "witnessed", "b": "impossible", "c": "open"}, {"a": "40 % of runs"})
    said = "".join(ElementTree.fromstring(text).itertext())
    assert all(sign in said for sign in ("✓", "✗", "?", "40 % of runs", "The First & Last", "<a>"))
