"""Grammars: what they need, what they may use, and the texts that must be there."""

from support.sample import check_with

GRAMMAR = """
grammars:
  places:
    sea: {weight: 3, uses: [figures]}
    storm: {when: calm > 1}
  figures: {aunt: {}}
laws: {l: {when: calm > 1, do: [tell: {text: dream, to: ada, pick: {where: places}}]}}
"""
TEXTS = """
dream: "You stand in {where}."
grammar.places.sea: "a sea, and {figures}"
grammar.places.storm: "a storm"
grammar.figures.aunt: "an aunt"
"""


def faults(more: str = GRAMMAR, text: str = TEXTS) -> list[tuple[str, str]]:
    found = check_with(more, text=text).faults
    return [(fault.code, fault.file) for fault in found if fault.severity == "error"]


def test_a_grammar_is_built_with_what_holds_in_any_case_last() -> None:
    checked = check_with(GRAMMAR, text=TEXTS)
    assert checked.pack is not None, checked.faults
    places = checked.pack.grammars["places"]
    assert [(one.id, one.weight, one.uses) for one in places.alternatives] == [
        ("storm", 1, ()),
        ("sea", 3, ("figures",)),
    ]


def test_every_alternative_needs_its_text() -> None:
    without = TEXTS.replace('grammar.figures.aunt: "an aunt"\n', "")
    assert faults(text=without) == [("missing_text", "more.yaml")]


def test_a_text_has_placeholders_only_for_what_it_uses() -> None:
    wrong = TEXTS.replace('"a storm"', '"a storm and {figures}"')
    assert faults(text=wrong) == [("unknown_placeholder", "text/en/more.yaml")]


def test_a_grammar_that_is_not_there_cannot_be_picked() -> None:
    assert ("unknown_id", "more.yaml") in faults(GRAMMAR.replace("where: places", "where: plaices"))


def test_a_dream_needs_a_dreamer() -> None:
    assert ("no_actor", "more.yaml") in faults(GRAMMAR.replace("to: ada", "to: all"))
