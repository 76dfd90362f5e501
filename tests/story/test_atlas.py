"""The atlas: conditions as nodes, shared where they are the same; edges from ways to leaves."""

from support.packs import starter
from support.planted import planted

from dreamsync_server.story.atlas import ALL, LEAF, ONE, atlas_of
from dreamsync_server.story.chain import Chain
from dreamsync_server.story.company import gather
from dreamsync_server.story.goals import Goal

ATLAS = atlas_of(starter())


def test_the_same_condition_is_one_node_and_its_opposite_another() -> None:
    when = starter().beats["footsteps"].when
    assert when is not None
    number = ATLAS.tree(when.node, True)
    assert ATLAS.tree(when.node, True) == number
    other = ATLAS.tree(when.node, False)
    assert (ATLAS.sorts[number], ATLAS.sorts[other]) == (ALL, ONE)
    assert all(ATLAS.sorts[part] == LEAF for part in ATLAS.below[number])


def test_a_way_leads_to_the_leaves_that_it_helps() -> None:
    goal = ATLAS.goal_node(Goal("action", "take_box"))
    names = {str(ATLAS.ways.triggers[way.trigger]) for node, way in ATLAS.way_nodes
             if node in ATLAS.raised_by[goal]}  # fmt: skip
    assert names == {"action take_box"}
    assert ATLAS.goal_node(Goal("action", "take_box")) == goal


def test_what_can_never_happen_is_left_out() -> None:
    atlas = atlas_of(planted())
    kept = {trigger.id for trigger in atlas.trigger_at.values() if trigger.kind in ("law", "cue")}
    assert "whispers" in kept
    assert not kept & {"key_turns", "cellar_opens"}


def test_a_fact_that_is_set_to_another_leads_back_to_what_changes_the_other() -> None:
    more = """
facts: {told: {type: int, range: [0, 10], start: 0, visible: all}}
laws: {dusk: {when: house.hush >= 5, once: true, do: [{set: {told: trust.ada.ben}}]}}
beats: {known: {when: told >= 2}}
"""
    pack = planted(more, "fact.told.name: t\nbeat.known.title: K\nbeat.known.text: Known.\n")
    atlas, play = atlas_of(pack), gather(pack, 1)
    found = Chain(atlas, atlas.goal_node(Goal("beat", "known"))).look(play.facts, lambda _: 1.0)
    assert "whisper" in {move.id for move in found.moves}
