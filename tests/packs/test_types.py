"""Types and starting values as authors write them."""

import pytest
from support.sample import check_with, told

from dreamsync_server.world.model import Type


def type_of(body: str) -> tuple[Type, object]:
    checked = check_with(f"facts: {{f: {{visible: desk, {body}}}}}")
    assert checked.pack is not None, checked.faults
    decl = checked.pack.decls[-1]
    return decl.type, decl.start


@pytest.mark.parametrize(
    ("body", "type_", "start"),
    [
        ("type: int, range: [3, 9]", Type("int", 3, 9), 3),
        ("type: int, range: [-9, -3]", Type("int", -9, -3), -3),
        ("type: int, range: [-5, 5], start: 2", Type("int", -5, 5), 2),
        ("type: bool", Type("bool"), False),
        ("type: choice, choices: [no, yes], start: yes",
         Type("choice", choices=("no", "yes")), "yes"),
        ("type: choice, choices: family", Type("choice", choices=("ada", "ben")), "ada"),
        ("type: text", Type("text", size_max=200), ""),
        ("type: text, size: 9, start: hi", Type("text", size_max=9), "hi"),
        ("type: list, size: 2, items: {int: [1, 3]}, start: [3, 1]",
         Type("list", size_max=2, item=Type("int", 1, 3)), (3, 1)),
        ("type: list, items: {text: 5}",
         Type("list", size_max=64, item=Type("text", size_max=5)), ()),
    ],
)  # fmt: skip
def test_a_type_with_its_start(body: str, type_: Type, start: object) -> None:
    assert type_of(body) == (type_, start)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("type: int", "missing_key more.yaml:1:12"),
        ("type: int, range: 5", "bad_range more.yaml:1:46"),
        ("type: int, range: [0, 2000000000]", "out_of_bounds more.yaml:1:50"),
        ("type: choice, choices: []", "bad_choice more.yaml:1:51"),
        ("type: choice, choices: [a, a]", "bad_choice more.yaml:1:55"),
        ("type: choice, choices: [1]", "bad_choice more.yaml:1:52"),
        ("type: choice, choices: [calm], start: clam", "unknown_word more.yaml:1:66"),
        ("type: bool, start: no", "wrong_kind more.yaml:1:47"),
        ("type: text, start: 5", "wrong_kind more.yaml:1:47"),
        ("type: text, size: 2, start: abc", "out_of_bounds more.yaml:1:56"),
        ("type: list, items: {int: [1, 2]}, size: 1, start: [1, 2]",
         "out_of_bounds more.yaml:1:78"),
        ("type: list, items: {}", "missing_key more.yaml:1:47"),
        ("type: bool, range: [0, 1]", "unknown_key more.yaml:1:40"),
        ("type: float", "unknown_word more.yaml:1:34"),
    ],
)  # fmt: skip
def test_a_fault_of_a_type_is_told_at_its_place(body: str, fault: str) -> None:
    assert told(check_with(f"facts: {{f: {{visible: desk, {body}}}}}")) == [fault]
