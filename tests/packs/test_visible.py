"""Who may see: words by what a fact is about."""

import pytest
from support.sample import check_with, told


@pytest.mark.parametrize(
    ("about", "visible"),
    [("world", "all"), ("role", "self"), ("seat", "self"), ("scene", "scene"),
     ("thing", "holder"), ("pair", "both")],
)  # fmt: skip
def test_whoever_says_nothing_shows_it_to_whom_it_is_about(about: str, visible: str) -> None:
    checked = check_with(f"facts: {{f: {{about: {about}, type: bool}}}}", text="fact.f.name: f")
    assert checked.pack is not None
    assert checked.pack.decls[-1].visible == (visible,)


def test_several_words_and_roles_may_stand_together() -> None:
    checked = check_with(
        "facts: {f: {type: bool, visible: ['role:ada', desk]}}", text="fact.f.name: f"
    )
    assert checked.pack is not None
    assert checked.pack.facts["f"].decl.visible == ("role:ada", "desk")


def test_a_word_that_makes_no_sense_there_is_told() -> None:
    assert told(check_with("facts: {f: {type: bool, visible: self}}"))[-1] == (
        "unknown_word more.yaml:1:34"
    )


def test_a_role_that_is_not_there_is_told_behind_the_colon() -> None:
    checked = check_with("facts: {f: {type: bool, visible: 'role:adda'}}", text="fact.f.name: f")
    assert told(checked) == ["unknown_id more.yaml:1:40"]
    assert checked.faults[0].suggestion == "ada"
