"""Touching: what changes what, and how far parts are from an ending."""

from support.packs import starter
from support.sample import check_with

from dreamsync_server.story.touching import answering, changers, doors_of, parts_of, steps_to

PARTS = parts_of(starter())


def test_who_can_change_a_fact_is_listed() -> None:
    assert changers(PARTS, "attic.door") == ["law unlocking"]
    assert changers(PARTS, "cued.chime") == ["beat chime"]
    assert changers(PARTS, "chose.waking")[-1] == "choice waking"
    assert "walking there" in changers(PARTS, "ada.scene")


def test_steps_run_back_from_the_ending() -> None:
    steps = steps_to(starter(), PARTS, "morning", 4)
    assert steps["beat morning"] == 0
    assert steps["action ask_to_wake"] == 1
    assert steps["action pick"] == 2


def test_a_beat_that_people_bring_about_answers_them() -> None:
    shares = answering(PARTS)
    assert shares["footsteps"] > shares["morning"]


def test_the_doors_of_an_ending_are_the_deeds_that_make_it_true_at_one_stroke() -> None:
    checked = check_with(
        "facts: {sun: {type: choice, choices: [low, high], visible: all}}\n"
        "actions: {wait_up: {by: ada, when: calm >= 3, do: [set: {sun: high}]}}\n"
        'endings: {noonday: {when: sun == "high" and calm < 9}}\n',
        text="action.wait_up.label: A\nending.noonday.title: N\nending.noonday.text: N\n"
        "fact.sun.name: S\nvalue.sun.low: l\nvalue.sun.high: h\n",
    )
    assert checked.pack is not None, checked.faults
    assert [action.id for action in doors_of(checked.pack, "noonday")] == ["wait_up"]
    assert doors_of(checked.pack, "night") == ()
