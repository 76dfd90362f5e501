"""Every effect of a pack."""

from support.packs import starter

from dreamsync_server.packs.effect_tree import all_effects, changed_by, exprs_of, walk_effects
from dreamsync_server.world import effects as fx


def test_nested_effects_come_behind_those_that_hold_them() -> None:
    kinds = [type(one).__name__ for one in walk_effects(starter().actions["wind_box"].effects)]
    assert kinds == ["Set", "Chance", "Add", "Tell", "Add", "Tell"]


def test_the_effects_of_every_part_are_found() -> None:
    effects = list(all_effects(starter()))
    texts = {one.text for one in effects if isinstance(one, fx.Tell)}
    assert {"night.opens", "tea.made", "door.opens", "beat.chime.text", "waking.wakes"} <= texts
    assert sum(isinstance(one, fx.Offer) for one in effects) == 3


def test_what_an_effect_reads_and_changes() -> None:
    (add,) = (e for e in starter().actions["make_tea"].effects if isinstance(e, fx.Add))
    assert changed_by(add) == ("ada.nerve", "ben.nerve")
    assert exprs_of(add) == (add.amount,)
    (each,) = (e for e in starter().beats["chime"].effects if isinstance(e, fx.Each))
    assert exprs_of(each) == (each.when,)
    assert changed_by(each) == ()
