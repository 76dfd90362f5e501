"""Clues: advice where too little can bring about what is needed."""

from support.packs import night, starter

from dreamsync_server.story.atlas import atlas_of
from dreamsync_server.story.clues import advice_of


def test_what_one_thing_alone_can_bring_about_is_advised_against() -> None:
    (advice,) = advice_of(atlas_of(starter()), night().facts)
    assert (advice.beat, advice.leaf, advice.ways) == (
        "footsteps", 'attic.door == "open"', ("law unlocking",),
    )  # fmt: skip
    assert str(advice).startswith("story.yaml:")
