"""Composing: alternatives drawn by weight from those that hold, and all that they use."""

import dataclasses
from collections import Counter

from support.packs import night_for_two, starter

from dreamsync_server.world.commit import Moment, Proposal
from dreamsync_server.world.composing import compose
from dreamsync_server.world.draft import Draft
from dreamsync_server.world.model import Alternative, Grammar, Pack, Place
from dreamsync_server.world.parse import parse_condition
from dreamsync_server.world.scope import scope_of

PLACE = Place("test.yaml", 1, 1)


def with_grammars() -> Pack:
    pack = starter()
    people = pack.facts["ada.scene"].decl.type
    scope = scope_of(pack, {"me": dataclasses.replace(people, choices=("ada", "ben"))})
    brave = parse_condition("me.nerve >= 8", PLACE, scope)
    sea = Alternative("sea", None, 3, ("figures",))
    storm = Alternative("storm", brave, 100, ())
    meadow = Alternative("meadow", None, 1, ())
    aunt = Alternative("aunt", None, 1, ())
    grammars = {
        "places": Grammar("places", (sea, storm, meadow), PLACE),
        "figures": Grammar("figures", (aunt,), PLACE),
    }
    return dataclasses.replace(pack, grammars=grammars)


def composed(nerve: int, seed: int) -> dict[str, object]:
    play = night_for_two(seed)
    play.facts["ada.nerve"] = nerve
    pack = with_grammars()
    draft = Draft(pack, play.state, Proposal("act", "player"), Moment(0, 0))
    return dict(compose(draft, (("where", "places"),), {"me": "ada"}))


def test_what_an_alternative_uses_is_drawn_with_it() -> None:
    found = [composed(5, seed) for seed in range(30)]
    for one in found:
        is_sea = one["where"] == "grammar.places.sea"
        assert (one.get("figures") == "grammar.figures.aunt") is is_sea


def test_alternatives_are_drawn_by_weight_among_those_that_hold() -> None:
    shy = Counter(composed(5, seed)["where"] for seed in range(200))
    assert set(shy) == {"grammar.places.sea", "grammar.places.meadow"}
    assert shy["grammar.places.sea"] > 2 * shy["grammar.places.meadow"]
    brave = Counter(composed(9, seed)["where"] for seed in range(50))
    assert brave["grammar.places.storm"] > 40


def test_the_same_seed_dreams_the_same() -> None:
    assert composed(5, 11) == composed(5, 11)
