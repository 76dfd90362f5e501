"""Ids by sort, sets among them, and what was meant."""

from support.sample import check_with, told

from dreamsync_server.packs import load
from dreamsync_server.packs.sample import SAMPLE


def test_built_in_sets_leave_choruses_and_closed_roles_out() -> None:
    more = "roles: {cat: {scene: hall, open: false}}"
    text = "role.cat.name: Cat\nrole.cat.about: A cat.\n"
    pack = load({**SAMPLE, "more.yaml": more, "text/en/more.yaml": text})
    assert pack.sets["roles"] == ("ada", "ben", "cat")
    assert pack.sets["cast"] == ("ada", "ben")
    assert pack.sets["scenes"] == ("hall", "yard")
    assert pack.sets["things"] == ("lamp",)


def test_a_list_may_hold_ids_and_sets() -> None:
    more = "facts: {f: {about: role, of: [family, ada], type: bool, visible: desk}}"
    checked = check_with(more)
    assert checked.pack is not None
    assert checked.pack.decls[-1].of == ("ada", "ben")


def test_a_wrong_id_is_told_with_a_set_where_that_was_meant() -> None:
    checked = check_with("facts: {f: {about: role, of: [famly], type: bool, visible: desk}}")
    assert told(checked) == ["unknown_id more.yaml:1:31"]
    assert checked.faults[0].suggestion == "family"


def test_a_set_of_another_sort_is_told() -> None:
    checked = check_with("facts: {f: {about: role, of: scenes, type: bool, visible: desk}}")
    assert [fault.what for fault in checked.faults] == [
        "'of' of fact 'f': 'scenes' is a set of scenes, not of roles"
    ]


def test_a_chorus_is_no_person() -> None:
    checked = check_with("facts: {f: {about: role, of: [guest], type: bool, visible: desk}}")
    assert [fault.what for fault in checked.faults] == [
        "'of' of fact 'f': 'guest' is a chorus role, and one person is wanted"
    ]


def test_what_follows_from_a_broken_id_is_not_told_again() -> None:
    more = "roles: {Cat: {scene: hall}}\nsets: {a: [Cat]}"
    assert told(check_with(more)) == ["bad_id more.yaml:1:9"]
