"""Whether somebody can come to a scene."""

from support.packs import starter
from support.sample import check_with, told

from dreamsync_server.packs.reach import reachable_scenes

LOFT = "scene.loft.name: L\nscene.loft.text: L\n"


def test_exits_and_effects_lead_to_scenes() -> None:
    assert reachable_scenes(starter()) == {"house.kitchen", "house.attic", "dream.orchard"}


def test_a_scene_that_only_leads_away_is_told_and_one_moved_to_is_not() -> None:
    loft = "scenes: {loft: {exits: [hall]}}\n"
    assert told(check_with(loft, text=LOFT)) == ["unreachable_scene more.yaml:1:10"]
    law = "laws: {a: {when: calm > 1, do: [move: {who: ada, to: loft}]}}\n"
    assert told(check_with(loft + law, text=LOFT)) == []


def test_going_to_where_somebody_is_opens_no_scene() -> None:
    loft = "scenes: {loft: {exits: [hall]}}\n"
    law = "laws: {a: {when: calm > 1, do: [move: {who: ada, to: ben.scene}]}}\n"
    assert told(check_with(loft + law, text=LOFT)) == ["unreachable_scene more.yaml:1:10"]
