"""Hints: what would help, among what the role is offered; tried out and taken back."""

from support.packs import night_for_two

from dreamsync_server.story.forecast import after
from dreamsync_server.story.hints import best_hint
from dreamsync_server.world.offers import OfferBook


def test_it_points_to_what_brings_the_goal_nearest() -> None:
    play = night_for_two()
    goals = [play.pack.beats["chime"]]  # wants the house to be still: the lamp out is two
    hint = best_hint(play.state, OfferBook(play.pack), "ada", goals, 0, {})
    assert hint is not None
    assert (hint.action, hint.gain) == ("snuff_lamp", 150)


def test_where_nothing_helps_it_points_to_what_is_on_the_way() -> None:
    play = night_for_two()
    steps = {"action make_tea": 2, "action comfort": 3}
    hint = best_hint(play.state, OfferBook(play.pack), "ada", [], 0, steps)
    assert hint == ("make_tea", 0)


def test_trying_leaves_no_trace() -> None:
    play = night_for_two()
    before = dict(play.facts)
    action = play.pack.actions["snuff_lamp"]
    with after(play.state, action, {"me": "ada"}) as wrote:
        assert play.facts.whole("house.hush") == 2
        assert "house.hush" in wrote
    assert dict(play.facts) == before
