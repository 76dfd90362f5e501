"""Forecasts: what an action would change, laws and all, and no trace of having tried."""

from support.packs import night_for_two

from dreamsync_server.story.forecast import after


def test_laws_are_tried_too_and_all_is_taken_back() -> None:
    play = night_for_two()
    play.facts["trust.ada.ben"] = 1
    before = dict(play.facts)
    comfort = play.pack.actions["comfort"]
    with after(play.state, comfort, {"me": "ada", "who": "ben"}) as wrote:
        assert play.facts["attic.door"] == "open"
        assert {"trust.ada.ben", "attic.door", "did.comfort"} <= wrote
    assert dict(play.facts) == before
