"""Laws: enforced on the edge, in rounds, and never for ever."""

import dataclasses

import pytest
from support.packs import starter

from dreamsync_server.errors import WorldFaultError
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.effects import Ref, Set
from dreamsync_server.world.laws import laws_touched
from dreamsync_server.world.model import Law, Pack, Place
from dreamsync_server.world.parse import parse_condition, parse_value
from dreamsync_server.world.scope import scope_of

PLACE = Place("test.yaml", 1, 1)


def with_laws(**laws: tuple[str, str]) -> Pack:
    """The starter pack with laws that set Ada's nerve: id -> (condition, value)."""
    pack = starter()
    scope = scope_of(pack)
    ref = Ref(((False, "ada.nerve"),), "ada.nerve", ("ada.nerve",))
    made = {}
    reading: dict[str, tuple[str, ...]] = {}
    for law_id, (when, value) in laws.items():
        condition = parse_condition(when, PLACE, scope)
        expr = parse_value(value, pack.facts["ada.nerve"].decl.type, PLACE, scope)
        made[law_id] = Law(law_id, condition, False, (Set(ref, expr, PLACE),), PLACE)
        for name in condition.reads:
            reading[name] = (*reading.get(name, ()), law_id)
    return dataclasses.replace(pack, laws=made, laws_reading=reading, drift_laws=())


def test_a_law_sets_off_another_in_the_same_commit() -> None:
    pack = with_laws(one=("not house.kitchen.lamp", "9"), two=("ada.nerve == 9", "2"))
    play = Playthrough(pack, 1, has_understudies=False)
    play.join("a", "ada")
    play.act("a", "snuff_lamp")
    assert play.facts["ada.nerve"] == 2


def test_a_law_is_armed_again_when_its_condition_is_false() -> None:
    pack = with_laws(shy=("ada.mood == 'calm'", "1"))
    play = Playthrough(pack, 1, has_understudies=False)
    play.join("a", "ada")
    play.join("b", "ben")
    play.act("b", "comfort", who="ada")
    assert (play.facts["ada.nerve"], play.facts["@law.shy"]) == (1, True)
    for _ in range(3):
        play.act("a", "make_tea")
    assert play.facts["ada.nerve"] == 4


def test_a_law_that_put_things_right_does_so_again_in_the_same_commit() -> None:
    pack = with_laws(
        keeper=("not house.kitchen.lamp and ada.nerve != 4", "4"),
        other=("not house.kitchen.lamp", "9"),  # undoes it in the round in which the keeper fired
    )
    play = Playthrough(pack, 1, has_understudies=False)
    play.join("a", "ada")
    play.act("a", "snuff_lamp")
    assert (play.facts["ada.nerve"], play.facts["@law.keeper"]) == (4, False)


def test_laws_that_set_one_another_off_for_ever_stop_the_world() -> None:
    pack = with_laws(
        down=("ada.nerve == 7", "5"), higher=("ada.nerve == 6", "7"), up=("ada.nerve == 5", "6")
    )
    with pytest.raises(WorldFaultError, match="set one another off"):
        Playthrough(pack, 1)


def test_the_laws_that_read_a_fact_are_known() -> None:
    assert laws_touched(starter(), "trust.ada.ben") == ("unlocking",)
    assert laws_touched(starter(), "guest.3.hummed") == ()
