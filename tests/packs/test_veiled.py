"""The veiled rule, case by case."""

import pytest
from support.sample import check_with

FACTS = """\
facts:
  secret: {type: bool, visible: desk}
  hers: {type: bool, visible: 'role:ada'}
  lamp_on: {about: scene, type: bool}
  lit: {about: thing, type: bool, visible: holder}
laws:
  use: {when: calm > 1, do: [set: {secret: true, hers: true, hall.lamp_on: true, lamp.lit: true}]}
  yard: {when: calm > 1, do: [set: {yard.lamp_on: true}]}
"""
TEXT = """\
action.a.label: A
fact.hers.name: h
fact.lamp_on.name: l
fact.lit.name: l
"""


def codes(by: str, when: str, extra: str = "", param: str = "") -> list[str]:
    params = f"    params:\n      who: {{role: family, when: {param}}}\n" if param else ""
    action = f"actions:\n  a:\n    by: {by}\n{params}    when: {when}\n    do: []\n{extra}"
    faults = check_with(FACTS + action, text=TEXT).faults
    return [fault.code for fault in faults if fault.severity == "error"]


@pytest.mark.parametrize(
    ("by", "when"),
    [
        ("family", "calm > 1"),
        ("family", "me.nerve > 1"),
        ("ada", "ada.nerve > 1"),
        ("ada", "hers"),
        ("family", "me.mood == 'loud'"),
        ("family", "bond.ada.ben > 1"),
        ("family", "ada.scene == me.scene and ada.mood == 'loud'"),
        ("family", "ada.mood == 'loud' and ada.scene == me.scene"),
        ("family", "lamp.holder == me and lamp.lit"),
        ("family", "lamp.holder == me.scene and lamp.lit"),
        ("family", "me.scene == 'hall' and hall.lamp_on"),
        ("family", "me.scene != ada.scene"),
        ("guest", "not me.hummed"),
        ("family", "lamp.holder != me"),
        ("family", "ada.held == 'player'"),
    ],
)
def test_what_a_role_sees_it_may_depend_on(by: str, when: str) -> None:
    assert codes(by, f'"{when}"') == []


@pytest.mark.parametrize(
    ("by", "when"),
    [
        ("family", "secret"),
        ("family", "hers"),
        ("family", "ada.nerve > 1"),
        ("family", "ada.mood == 'loud'"),
        ("family", "ada.scene == me.scene or ada.mood == 'loud'"),
        ("family", "ada.scene == 'hall'"),
        ("guest", "bond.ada.ben > 1"),
        ("family", "lamp.lit"),
        ("family", "lamp.holder == 'hall'"),
        ("family", "hall.lamp_on"),
        ("family", "me.scene == 'hall' and yard.lamp_on"),
        ("family", "cued(noon)"),
    ],
)
def test_what_a_role_does_not_see_is_told_unless_it_is_veiled(by: str, when: str) -> None:
    assert set(codes(by, f'"{when}"')) == {"not_seen"}
    assert codes(by, f'"{when}"', "    veiled: true\n") == ["missing_text"]


def test_where_pins_the_scene() -> None:
    assert codes("family", "hall.lamp_on", "    where: [hall]\n") == []
    assert codes("family", "hall.lamp_on", "    where: [hall, yard]\n") == ["not_seen"]
    assert codes("family", "\"lamp.holder == 'hall' and lamp.lit\"", "    where: [hall]\n") == []


def test_a_parameter_is_judged_by_its_own_condition_and_then_known() -> None:
    here = "who != me and who.scene == me.scene"
    assert codes("family", "calm > 1", param=here) == []
    assert codes("family", "\"who.mood == 'loud'\"", param=here) == []
    assert codes("family", "\"who.mood == 'loud'\"", param="who != me") == ["not_seen"]
    assert codes("family", "calm > 1", param="\"who.mood == 'loud'\"") == ["not_seen"]


def test_it_is_told_at_the_fact_with_the_role_and_what_to_do() -> None:
    action = "actions:\n  a:\n    by: family\n    when: calm > 1 and ben.nerve > 2\n    do: []\n"
    (fault,) = check_with(action, text="action.a.label: A\n").faults
    assert str(fault) == (
        "more.yaml:4:24: action 'a' depends on ben.nerve, which ada does not see:"
        " mark the action 'veiled: true', or ask something else"
    )


def test_an_exit_is_seen_by_whoever_stands_before_it() -> None:
    def exits(when: str) -> list[str]:
        more = f"scenes:\n  loft: {{exits: [{{to: hall, when: {when}}}]}}\n"
        faults = check_with(
            FACTS + more, text=TEXT + "scene.loft.name: L\nscene.loft.text: L\n"
        ).faults
        return [fault.code for fault in faults if fault.severity == "error"]

    assert exits("calm > 1") == []
    assert set(exits("secret")) == {"not_seen"}
