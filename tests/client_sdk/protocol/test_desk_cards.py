"""The cards that a desk is shown its world by."""

import pytest
from pydantic import ValidationError

from dreamsync.protocol.desk_cards import Reported, StoryGraph


def test_a_graph_is_chapters_with_curves_nodes_and_edges() -> None:
    plain = {
        "chapters": ({"id": "night", "title": "Night", "curve": ((0, 1), (120, 4))},),
        "nodes": ({"id": "chime", "kind": "beat", "title": "The chime"},),
        "edges": (("chime", "chime"),),
    }
    graph = StoryGraph(**plain)  # type: ignore[arg-type]
    assert graph.chapters[0].curve[1] == (120, 4)


def test_a_report_may_be_of_somebody_who_is_gone() -> None:
    assert Reported(at=(7, 0), ms=5).session is None
    with pytest.raises(ValidationError):
        Reported(at=(7, 0), ms=-1)
