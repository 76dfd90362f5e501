"""Touching: what changes what, and how far parts are from an ending."""

from support.packs import starter

from dreamsync_server.story.touching import answering, changers, parts_of, steps_to

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
