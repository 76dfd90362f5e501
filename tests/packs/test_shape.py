"""Keys taken by kind: defaults, places, suggestions."""

import pytest

from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.shape import Shape, read_duration_ms, read_rate
from dreamsync_server.packs.yaml import Leaf, parse_yaml
from dreamsync_server.world.model import Place


def shape_of(text: str) -> tuple[Shape, Faults]:
    faults = Faults()
    return Shape(parse_yaml("a.yaml", text, faults), "role 'leo'", faults), faults


def lines(faults: Faults) -> list[str]:
    return [str(fault) for fault in faults.listed()[0]]


def test_absent_keys_give_their_defaults_without_a_fault() -> None:
    shape, faults = shape_of("")
    assert shape.integer("a", 3) == 3
    assert shape.flag("b", True) is True
    assert shape.word("c", "up", ("up", "down")) == "up"
    assert shape.duration_ms("d", 5) == 5
    assert shape.leaves("e", "ids") == ()
    assert shape.table("f") == ()
    assert shape.items("g") == ()
    assert lines(faults) == []


def test_values_of_another_kind_are_told_at_the_value_and_the_default_stands() -> None:
    shape, faults = shape_of("a: x\nb: 1\nc: upp\nd: 10\ne: {}\nf: 1\ng: 1\nh: 1.5\n")
    assert shape.integer("a", 3) == 3
    assert shape.flag("b", True) is True
    assert shape.word("c", "up", ("up", "down")) == "up"
    assert shape.duration_ms("d", 5) == 5
    assert shape.leaves("e", "ids") == ()
    assert shape.table("f") == ()
    assert shape.items("g") == ()
    assert shape.integer("h", 3) == 3
    assert lines(faults) == [
        "a.yaml:1:4: 'a' of role 'leo' is a whole number, not the text 'x'",
        "a.yaml:2:4: 'b' of role 'leo' is true or false, not the number 1",
        "a.yaml:3:4: 'c' of role 'leo' is one of up, down, not 'upp'; did you mean 'up'?",
        "a.yaml:4:4: 'd' of role 'leo' is a time like 500ms, 10s, 5m, 2h, not the number 10",
        "a.yaml:5:4: 'e' of role 'leo' holds ids, not a mapping",
        "a.yaml:6:4: 'f' of role 'leo' is a mapping, not the number 1",
        "a.yaml:7:4: 'g' of role 'leo' is a list, not the number 1",
        "a.yaml:8:4: 'h' of role 'leo' is a whole number, not 1.5, which is no whole number",
    ]


@pytest.mark.parametrize(("written", "meant"), [("yes", "true"), ("off", "false"), ("5", "")])
def test_true_and_false_in_other_words_are_told_with_what_was_meant(
    written: str, meant: str
) -> None:
    shape, faults = shape_of(f"a: {written}\n")
    assert shape.flag("a", True) is True
    assert [fault.suggestion for fault in faults.listed()[0]] == [meant]


def test_unknown_keys_are_told_with_the_one_that_was_meant() -> None:
    shape, faults = shape_of("scene: x\nscen: y\n")
    shape.leaf("scene", "a scene", required=True)
    shape.leaf("open", "a flag", required=True)
    shape.close()
    assert lines(faults) == [
        "a.yaml:1:1: role 'leo' has no 'open'",
        "a.yaml:2:1: role 'leo' has no key 'scen'; did you mean 'scene'?",
    ]


def test_a_shape_that_is_no_mapping_is_one_fault() -> None:
    faults = Faults()
    shape = Shape(Leaf(Place("a.yaml", 1, 1), "x", "x"), "role 'leo'", faults)
    assert shape.leaf("scene", "a scene", required=True) is None
    shape.close()
    assert lines(faults) == ["a.yaml:1:1: role 'leo' is a mapping, not the text 'x'"]


@pytest.mark.parametrize(
    ("text", "ms"),
    [("500ms", 500), ("10s", 10_000), ("5m", 300_000), ("2h", 7_200_000), ("-1s", None),
     ("1.5s", None), ("1d", None), ("s", None), ("999999h", None)],
)  # fmt: skip
def test_durations(text: str, ms: int | None) -> None:
    leaf = Leaf(Place("a.yaml", 1, 1), text, text)
    assert read_duration_ms(leaf, "it", Faults()) == ms


@pytest.mark.parametrize(
    ("text", "rate"),
    [("-4 per hour", (-4, 1)), ("+2 per minute", (2, 60)), ("1 per second", (1, 3600)),
     ("1 per day", None), ("4", None), ("9999999 per second", None)],
)  # fmt: skip
def test_rates(text: str, rate: tuple[int, int] | None) -> None:
    leaf = Leaf(Place("a.yaml", 1, 1), text, text)
    assert read_rate(leaf, "it", Faults()) == rate
