"""Touching: what changes what, and how far parts are from an ending."""

from support.packs import starter
from support.sample import check_with

from dreamsync_server.story.touching import answering, changers, doors_of, parts_of, steps_to

PARTS = parts_of(starter())


def by(name: str) -> list[str]:
    return changers(starter(), PARTS, name)


def test_what_can_change_a_fact_is_listed() -> None:
    assert by("attic.door") == ["law unlocking"]
    assert by("cued.chime") == ["beat chime"]
    assert by("chose.waking")[-1] == "choice waking"
    assert "walking there" in by("ada.scene")
    assert by("ada.held") == ["whoever takes ada"]
    assert by("house.hush")[-1] == "time, as it drifts"


def test_an_action_is_listed_with_those_who_can_change_the_fact_by_it() -> None:
    assert by("keepsakes") == ["action pick (ada, ben)"]
    assert by("ben.vow") == ["action promise (ben)"]  # her own promise is not his
    assert by("did.ask_to_wake") == ["action ask_to_wake (ben)"]
    assert by("ben.knows_song") == ["action hum_to_ada (ben)"]
    assert by("trust.ada.ben") == [
        "action whisper (ada, ben)",
        "action comfort (ada, ben)",
        "action hum_to_ada (ben)",
    ]


def test_who_does_it_under_a_condition_is_the_one_whom_it_names() -> None:
    checked = check_with(
        "facts: {glow: {about: role, type: int, range: [0, 3]},"
        " tally: {type: int, range: [0, 3], visible: all}}\n"
        "actions: {shine: {by: cast, do: [{if: me == 'ada', then: [add: {tally: 1}],"
        " else: [add: {me.glow: 1}]}]}}\n",
        text="action.shine.label: S\nfact.glow.name: G\nfact.tally.name: T\n",
    )
    assert checked.pack is not None, checked.faults
    parts = parts_of(checked.pack)
    assert changers(checked.pack, parts, "tally") == ["action shine (ada)"]


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
