"""Places: columns kept, crossings few, lanes shared."""

from dreamsync_server.cli.graph_places import places_of, without_detours

COLUMNS = (("a", "b"), ("c", "d"), ("e",))


def test_what_is_joined_stands_level_and_edges_need_not_cross() -> None:
    places = places_of(COLUMNS, [("a", "d"), ("b", "c")], 40, 10)
    assert (places.y["a"] < places.y["b"]) == (places.y["d"] < places.y["c"])
    assert places.column == {"a": 0, "b": 0, "c": 1, "d": 1, "e": 2}


def test_a_long_edge_has_a_lane_between_the_boxes_that_others_to_the_same_box_share() -> None:
    places = places_of(COLUMNS, [("a", "e"), ("b", "e")], 40, 10)
    assert places.routes["a", "e"] == places.routes["b", "e"] == (("e", 1),)
    lane = places.y["e", 1]
    assert all(abs(places.y[box] - lane) >= 25 for box in ("c", "d"))


def test_an_edge_that_others_lead_along_is_left_out() -> None:
    at = {"a": 0, "b": 0, "c": 1, "d": 1, "e": 2}
    edges = [("a", "c"), ("c", "e"), ("a", "e"), ("e", "a"), ("a", "b")]
    assert without_detours(edges, at) == [("a", "c"), ("c", "e"), ("e", "a"), ("a", "b")]
