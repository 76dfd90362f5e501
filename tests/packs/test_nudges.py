"""Nudges of a pack: read whole, and what is wrong with one is told."""

from support.sample import check_with, told

TEXT = "nudge.a.text: A draught.\n"


def test_a_nudge_is_read_with_its_defaults() -> None:
    checked = check_with("nudges: {a: {kind: hint, for: [ada], toward: [night]}}\n", text=TEXT)
    assert checked.pack is not None
    nudge = checked.pack.nudges["a"]
    assert (nudge.kind, nudge.roles, nudge.toward) == ("hint", ("ada",), ("night",))
    assert (nudge.times_max, nudge.lasts_ms, nudge.weight, nudge.tension) == (1, 60_000, 10, 0)


def test_a_denial_denies_something() -> None:
    checked = check_with("nudges: {a: {kind: deny}}\n", text=TEXT)
    assert told(checked) == ["missing_key more.yaml:1:13"]


def test_a_nudge_has_a_text_and_a_kind() -> None:
    assert told(check_with("nudges: {a: {kind: hint}}\n")) == ["missing_text more.yaml:1:10"]
    assert told(check_with("nudges: {a: {kind: hunt}}\n", text=TEXT)) == [
        "unknown_word more.yaml:1:20"
    ]


def test_effects_of_nudges_count_as_changes() -> None:
    facts = "facts: {f: {type: bool, visible: desk}}\n"
    law = "laws: {l: {when: f, do: []}}\n"
    nudge = "nudges: {a: {kind: cause, do: [set: {f: true}]}}\n"
    assert told(check_with(facts + law + nudge, text=TEXT)) == []


def test_what_comes_from_elsewhere_tells_of_endings_and_nothing_else_does() -> None:
    told_of = "nudges: {a: {kind: elsewhere, endings: [night]}}\n"
    checked = check_with(told_of, text="nudge.a.text: 'Far away: {ending}.'\n")
    assert checked.pack is not None
    assert checked.pack.nudges["a"].endings == ("night",)
    assert told(check_with("nudges: {a: {kind: elsewhere, endings: [noon]}}\n", text=TEXT)) == [
        "unknown_id more.yaml:1:41"
    ]
    assert told(check_with("nudges: {a: {kind: hint, endings: [night]}}\n", text=TEXT)) == [
        "unknown_key more.yaml:1:26"
    ]
