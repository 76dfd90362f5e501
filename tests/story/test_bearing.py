"""Bearing: what a change does for a part of a condition."""

import pytest

from dreamsync_server.story.bearing import bearing
from dreamsync_server.story.ways import NOWHERE_SPAN, Way, const, fact
from dreamsync_server.world.expr import Call, Compare, In
from dreamsync_server.world.model import Place, Type

INT = Type("int", -100, 100)
WORD = Type("choice", choices=("a", "b"))
LIST = Type("list", item=WORD, size_max=4)


def way(kind, value=None, type_=INT, target="f"):
    tree = (
        None
        if value is None
        else const(value, Type("int", value, value) if type_ is INT else type_)
    )
    return Way(0, target, kind, tree, (), (), Place("x", 1, 1))


def compared(op, value, type_=INT):
    return Compare(op, fact("f", type_), const(value, type_), NOWHERE_SPAN)


@pytest.mark.parametrize(
    ("leaf", "wanted", "change", "how"),
    [
        (compared(">=", 5), True, way("add", 2), "step"),
        (compared(">=", 5), True, way("add", -2), "no"),
        (compared(">=", 5), False, way("add", -2), "step"),
        (compared(">=", 5), True, way("set", 7), "once"),
        (compared(">=", 5), True, way("set", 3), "no"),
        (compared("!=", 0), True, way("run"), "once"),
        (compared("==", 0), True, way("run"), "no"),
        (compared("<", 3), True, way("rate", -60), "step"),
        (compared("==", "a", WORD), True, way("set", "a", WORD), "once"),
        (compared("==", "a", WORD), True, way("set", "b", WORD), "no"),
        (compared("==", "a", WORD), False, way("set", "b", WORD), "once"),
        (compared(">=", 5), True, way("add", 2, target="g"), "no"),
    ],
)  # fmt: skip
def test_a_change_helps_a_comparison_or_not(leaf, wanted, change, how) -> None:
    assert bearing(leaf, wanted, change) == how


def test_a_list_is_helped_by_what_is_put_in_or_taken_out() -> None:
    holds = In(const("a", WORD), fact("f", LIST), NOWHERE_SPAN)
    assert bearing(holds, True, way("append", "a", WORD)) == "once"
    assert bearing(holds, True, way("append", "b", WORD)) == "no"
    assert bearing(holds, False, way("remove", "a", WORD)) == "once"
    size = Call("len", (fact("f", LIST),), INT, NOWHERE_SPAN)
    long = Compare(">=", size, const(2, INT), NOWHERE_SPAN)
    assert bearing(long, True, way("append", "a", WORD)) == "step"
    assert bearing(long, True, way("remove", "a", WORD)) == "no"


def test_a_flag_is_helped_by_its_own_value() -> None:
    flag = fact("f", Type("bool"))
    yes = Way(0, "f", "set", const(True, Type("bool")), (), (), Place("x", 1, 1))
    assert (bearing(flag, True, yes), bearing(flag, False, yes)) == ("once", "no")
