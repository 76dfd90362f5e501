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
    assert str(found[0]).startswith("planted.yaml:1:")


def test_what_the_world_itself_brings_about_is_no_clue() -> None:
    assert advice_of(atlas_of(starter()), night().facts) == ()  # a law opens the attic
