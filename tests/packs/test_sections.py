"""Files taken apart: sections over several files, ids, languages."""

import pytest
from support.sample import check_with, told

from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.sections import gather


def test_a_section_is_spread_over_files_pack_yaml_first_then_by_path() -> None:
    files = {
        "b.yaml": "roles: {ben: {}}",
        "a.yaml": "roles: {ada: {}}",
        "pack.yaml": "id: x\nroles: {cy: {}}",
        "text/en/b.yaml": "k: v",
        "text/en.yaml": "a: b",
        "rehearsals/r.yaml": "seed: 7",
    }
    sections = gather(files, Faults())

    assert sections.ids("roles") == ("cy", "ada", "ben")
    assert [key.text for key, _ in sections.texts["en"]] == ["a", "k"]
    assert list(sections.rehearsals) == ["rehearsals/r.yaml"]
    assert [key.text for key, _ in sections.head.entries] == ["id"]


def test_an_id_given_in_two_files_names_the_first() -> None:
    faults = check_with("sets: {family: [ada]}").faults
    assert [fault.what for fault in faults] == [
        "'family' of sets is given twice, first at base.yaml:8:3"
    ]


@pytest.mark.parametrize("id_", ["me", "if", "all", "nowhere", "held", "true"])
def test_words_of_the_language_are_no_ids(id_: str) -> None:
    assert told(check_with(f"sets: {{{id_}: [ada]}}")) == ["reserved_id more.yaml:1:8"]


@pytest.mark.parametrize("id_", ["Ada", "1st", "a-b", "a.b", "ä", "_a", "a" * 65])
def test_ids_are_plain_words(id_: str) -> None:
    assert told(check_with(f"sets: {{{id_}: [ada]}}")) == ["bad_id more.yaml:1:8"]


def test_dotted_ids_may_hold_words_of_functions_but_none_of_expressions() -> None:
    more = "facts: {shop.held: {type: bool, visible: desk}, a.not: {type: bool, visible: desk}}"
    assert told(check_with(more)) == ["reserved_id more.yaml:1:49"]


def test_an_empty_section_and_a_section_of_the_wrong_kind() -> None:
    assert told(check_with("sets:\nlaws: ~\n")) == []
    assert told(check_with("sets: [a]\n")) == ["wrong_kind more.yaml:1:7"]
