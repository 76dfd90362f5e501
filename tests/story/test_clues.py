"""Clues: advice where too little can bring about what is needed."""

from support.packs import night, starter
from support.planted import planted

from dreamsync_server.story.atlas import atlas_of
from dreamsync_server.story.clues import advice_of
from dreamsync_server.story.playthrough import Playthrough


def test_what_one_deed_alone_can_bring_about_is_advised_against() -> None:
    more = "beats: {lullaby: {when: not ben.knows_song}, tidy: {when: not house.kitchen.lamp}}"
    texts = "\n".join(
        f"beat.{b}.{key}: x" for b in ("lullaby", "tidy") for key in ("title", "text")
    )
    pack = planted(more, texts)
    found = advice_of(atlas_of(pack), Playthrough(pack, 1).facts)
    assert [(advice.beat, advice.leaf, advice.ways) for advice in found] == [
        ("lullaby", "not ben.knows_song", ("action hum_to_ada",)),
        ("tidy", "not house.kitchen.lamp", ("action snuff_lamp",)),
    ]
    assert str(found[0]) == (
        "planted.yaml:1:9: lullaby needs `not ben.knows_song`, which only action hum_to_ada can"
        " bring about (1 way, 3 wanted)"
    )


def test_three_ways_are_enough_and_what_is_impossible_is_left_to_its_proof() -> None:
    more = """
facts: {rung: {type: bool, visible: all}, lost: {type: bool, visible: all}}
things: {deed: {holder: nobody, visible: all}}
laws: {never: {when: deed.holder == "ada", do: [{set: {lost: true}}]}}
actions:
  pull: {by: [ada], do: [{set: {rung: true}}]}
  push: {by: [ben], do: [{set: {rung: true}}]}
  kick: {by: cast, do: [{set: {rung: true}}]}
beats: {rings: {when: rung}, gone: {when: lost}}
"""
    keys = [f"action.{a}.label" for a in ("pull", "push", "kick")]
    keys += ["thing.deed.name", "fact.rung.name", "fact.lost.name"]
    keys += [f"beat.{b}.{key}" for b in ("rings", "gone") for key in ("title", "text")]
    texts = "\n".join(f"{key}: x" for key in keys)

    def advised(text: str) -> list[tuple[str, int]]:
        pack = planted(text, texts)
        opening = Playthrough(pack, 1).facts
        return [(one.beat, one.count) for one in advice_of(atlas_of(pack), opening)]

    assert advised(more) == []
    two = more.replace(
        "  kick: {by: cast, do: [{set: {rung: true}}]}", "  kick: {by: cast, do: []}"
    )
    assert advised(two) == [("rings", 2)]


def test_what_the_world_itself_brings_about_is_no_clue() -> None:
    assert advice_of(atlas_of(starter()), night().facts) == ()  # a law opens the attic
