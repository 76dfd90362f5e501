"""Laws, beats, endings, chapters."""

import pytest
from support.packs import starter
from support.sample import check_with, told

from dreamsync_server.world.effects import Tell


def test_a_beat_tells_its_text_first_to_whom_it_is_for() -> None:
    beats = starter().beats
    first = beats["footsteps"].effects[0]
    assert isinstance(first, Tell)
    assert (first.text, first.to.kind, first.to.scene) == (
        "beat.footsteps.text", "scene", "house.kitchen",
    )  # fmt: skip
    ending = beats["morning"].effects[0]
    assert isinstance(ending, Tell)
    assert (ending.text, ending.to.kind) == ("ending.morning.text", "all")
    assert [beat.is_ending for beat in beats.values()] == [False] * 3 + [True] * 2


def test_beats_have_defaults_and_keep_what_is_said() -> None:
    beats = starter().beats
    chime, steps = beats["chime"], beats["footsteps"]
    assert (chime.times_max, chime.every_ms, chime.slope, chime.weight) == (1, 0, "up", 10)
    assert (steps.leads, steps.absent, steps.intrusion) == (("ada",), {"ada": "go"}, 1)


def test_laws_and_chapters_keep_their_order() -> None:
    pack = starter()
    assert [(law.id, law.is_once) for law in pack.laws.values()] == [
        ("unlocking", True), ("falling_asleep", True),
    ]  # fmt: skip
    assert pack.chapters["night"].curve == ((0, 1), (120, 4), (300, 7))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("laws: {a: {do: []}}", "missing_key"),
        ("laws: {a: {when: me.nerve > 1, do: []}}", "expression"),
        ("chapters: {x: {curve: [[0, 1], [0, 2]]}}", "out_of_bounds"),
        ("chapters: {x: {curve: [[0, 11]]}}", "out_of_bounds"),
        ("chapters: {x: {curve: [5]}}", "wrong_kind"),
        ("beats: {x: {leads: [guest]}}", "unknown_id"),
        ("beats: {x: {leads: [ada], absent: {ben: go}}}", "unknown_id"),
        ("beats: {x: {leads: [ada], absent: {ada: flee}}}", "unknown_word"),
        ("beats: {x: {to: here}}", "no_actor"),
        ("beats: {x: {when: x > 1}}", "expression"),
    ],
)
def test_a_fault_of_the_story(more: str, code: str) -> None:
    text = "beat.x.title: X\nbeat.x.text: X\nchapter.x.title: X\n"
    found = [one.split()[0] for one in told(check_with(more, text=text))]
    assert [one for one in found if one != "unused_text"] == [code]
