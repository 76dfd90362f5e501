"""Clocks and choices."""

import pytest
from support.packs import starter
from support.sample import check_with, told


def test_clocks_and_choices_keep_what_is_said() -> None:
    pack = starter()
    clock = pack.clocks["cockcrow"]
    assert (clock.length_ms, clock.repeats, clock.starts_at_once, clock.visible) == (
        300_000, False, False, ("all",),
    )  # fmt: skip
    choice = pack.choices["waking"]
    assert (choice.role, choice.default, choice.within_ms) == ("ada", "stay", 60_000)
    assert list(choice.options) == ["wake", "stay"]
    wake = choice.options["wake"].when
    assert wake is not None
    assert wake.reads == {"ada.nerve"}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("clocks: {x: {}}", "missing_key"),
        ("clocks: {x: {length: 1ms}}", "out_of_bounds"),
        ("choices: {x: {role: adda, default: y, options: {y: {}}}}", "unknown_id"),
        ("choices: {x: {role: guest, default: y, options: {y: {}}}}", "unknown_id"),
        ("choices: {x: {role: ada, default: z, options: {y: {}}}}", "unknown_id"),
        ("choices: {x: {role: ada, default: y}}", "missing_key"),
        ("choices: {x: {role: ada, default: ask, options: {ask: {}}}}", "reserved_id"),
        ("choices: {x: {role: ada, default: y, options: {y: {when: calm > 1}}}}", "unknown_key"),
        ("choices: {x: {role: ada, default: y, options: {y: {}, z: {when: who > 1}}}}",
         "expression"),
    ],
)  # fmt: skip
def test_a_fault_of_a_timer(more: str, code: str) -> None:
    ignored = {"unused_text", "missing_text", "unused"}
    found = {one.split()[0] for one in told(check_with(more))}
    assert found - ignored == {code}
