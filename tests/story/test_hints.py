"""Hints: what would help, among what the role is offered; tried out and taken back."""

from typing import Any

from support.packs import expo, night_for_two

from dreamsync_server.story.forecast import after
from dreamsync_server.story.hints import Aim, best_hint
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.offers import Offer, OfferBook


class Only(OfferBook):
    """Offers some actions alone."""

    def __init__(self, book: OfferBook, actions: tuple[str, ...]) -> None:
        self._whole, self._actions = book, actions

    def offered(self, facts: Any, seat: str) -> list[Offer]:
        return [o for o in self._whole.offered(facts, seat) if o.action in self._actions]


def test_it_points_to_what_brings_the_goal_nearest() -> None:
    play = night_for_two()
    when = play.pack.beats["chime"].when  # wants the house to be still: the lamp out is two
    assert when is not None
    goals = [Aim("chime", when, {}, 3)]
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


def test_what_was_learned_counts_for_an_action() -> None:
    play = night_for_two()

    def learned() -> int:
        return 50 if play.facts["attic.door"] == "open" else 25 * play.facts["did.make_tea"]

    hint = best_hint(play.state, OfferBook(play.pack), "ada", [], 0, {}, learned)
    assert hint == ("make_tea", 25)


def test_to_do_nothing_in_particular_comes_to_mind_last() -> None:
    play = Playthrough(expo(), 1)
    hint = best_hint(play.state, OfferBook(play.pack), "leo", [], 0, {})
    assert hint is not None
    assert hint.action not in ("bide", "talk", "whisper", "remember_secret")


def test_where_there_is_nothing_to_do_but_talk_talking_comes_to_mind() -> None:
    play = Playthrough(expo(), 1)
    play.join("s_mia", "mia")
    assert play.act("s_mia", "go", to="library.stacks").code == "ok"
    only = Only(OfferBook(play.pack), ("bide", "talk"))
    assert best_hint(play.state, only, "mia", [], 0, {}) == ("talk", 0)
