"""The storyline: what leads to what."""

from support.packs import expo, starter

from dreamsync_server.story.atlas import atlas_of
from dreamsync_server.story.storyline import storyline_of


def test_beats_lead_to_endings_through_the_choices_that_they_put() -> None:
    line = storyline_of(atlas_of(starter()))
    assert line.chapters == ("night", "dream")
    assert ("blossoming", "morning") in line.edges
    kinds = {node.id: (node.kind, node.chapter) for node in line.nodes}
    assert (kinds["chime"], kinds["morning"]) == (("beat", "night"), ("ending", ""))
    assert next(node.title for node in line.nodes if node.id == "morning") == "Morning"


def test_every_edge_joins_two_beats_of_the_pack() -> None:
    line = storyline_of(atlas_of(expo()))
    beats = {node.id for node in line.nodes}
    assert len(line.edges) > len(beats) // 2
    assert all(a in beats and b in beats and a != b for a, b in line.edges)
