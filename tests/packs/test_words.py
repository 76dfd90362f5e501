"""Say and tell: who speaks, who reads, what fills the text."""

import pytest
from support.sample import check_with, told

from dreamsync_server.world import effects as fx

TEXT = "action.a.label: A\nline: A {x} for {me}.\n"


def action(do: str) -> str:
    return (
        "actions:\n  a:\n    by: family\n    params:\n      w: {text: 50}\n"
        f"      who: {{role: family}}\n    do: [{do}]\n"
    )


def effect_of(do: str) -> fx.Effect:
    checked = check_with(action(do), text=TEXT.replace(" {x}", "") if "with" not in do else TEXT)
    assert checked.pack is not None, checked.faults
    return checked.pack.actions["a"].effects[0]


def audience_of(to: str) -> tuple[object, ...]:
    effect = effect_of(f"tell: {{text: line, to: {to}}}")
    assert isinstance(effect, fx.Tell)
    roles = [expr.run({}, {"me": "ada", "who": "ben"}) for expr in effect.to.roles]
    return (effect.to.kind, effect.to.scene, *roles)


@pytest.mark.parametrize(
    ("to", "audience"),
    [
        ("all", ("all", "")),
        ("here", ("here", "")),
        ("desk", ("desk", "")),
        ("'scene:yard'", ("scene", "yard")),
        ("me", ("roles", "", "ada")),
        ("who", ("roles", "", "ben")),
        ("ben", ("roles", "", "ben")),
        ("[who, me]", ("roles", "", "ben", "ada")),
        ("family", ("roles", "", "ada", "ben")),
        ("guest", ("roles", "", "guest")),
    ],
)  # fmt: skip
def test_an_audience(to: str, audience: tuple[object, ...]) -> None:
    assert audience_of(to) == audience


def test_a_line_of_free_text_is_said_by_me_to_those_here() -> None:
    effect = effect_of("say: {text: $w}, tell: line".split(", tell")[0])
    assert isinstance(effect, fx.Say)
    assert (effect.text, effect.is_param, effect.to.kind) == ("w", True, "here")
    assert effect.who.run({}, {"me": "ada"}) == "ada"


def test_with_fills_what_the_text_asks_for() -> None:
    effect = effect_of("tell: {text: line, with: {x: me.nerve + 1}}")
    assert isinstance(effect, fx.Tell)
    ((name, expr),) = effect.arguments
    assert name == "x"
    assert expr.reads == {"ada.nerve", "ben.nerve"}


@pytest.mark.parametrize(
    ("do", "fault"),
    [
        ("tell: {text: line, to: somebody}", "unknown_id more.yaml:7:33"),
        ("tell: {text: line, to: 'scene:yrad'}", "unknown_id more.yaml:7:40"),
        ("say: {text: $v}", "unknown_id more.yaml:7:22"),
        ("tell: {text: line, with: {X: 1}}", "bad_id more.yaml:7:36"),
        ("tell: {text: line, with: {x: nrve}}", "expression more.yaml:7:39"),
        ("tell: {to: all}", "missing_key more.yaml:7:16"),
        ("tell: {txt: line}", "missing_key more.yaml:7:16"),
    ],
)
def test_a_fault_of_words_is_told_at_its_place(do: str, fault: str) -> None:
    faults = [f for f in told(check_with(action(do), text=TEXT)) if "text/" not in f]
    assert faults[0] == fault


def test_free_text_of_a_person_fills_no_placeholder_by_itself() -> None:
    checked = check_with(action("tell: line"), text="action.a.label: A\nline: So {w}!\n")
    assert told(checked) == ["unknown_placeholder text/en/more.yaml:2:10"]


def test_where_nobody_acts_somebody_must_be_named() -> None:
    law = "laws: {a: {when: calm > 1, do: [tell: line, say: {text: line, to: all}]}}"
    law = law.replace("tell: line, say:", "{tell: line}, {say:").replace("all}]", "all}}]")
    assert told(check_with(law, text="line: L\n"))[:2] == [
        "no_actor more.yaml:1:40",
        "no_actor more.yaml:1:48",
    ]
