"""What may be compared with what, and what fits where."""

import pytest
from support.expressions import BOOL, INT, KINDS, MOOD, SCENE

from dreamsync_server.limits import INT_EXACT_MAX
from dreamsync_server.world.expr import Const, ExprError, Fact, Node, RoleOf, Variable
from dreamsync_server.world.intervals import Interval
from dreamsync_server.world.model import Type
from dreamsync_server.world.typing_rules import (
    int_type,
    interval_of,
    kind_name,
    require_comparable,
    require_condition,
    require_fits,
    require_kind,
    type_of,
    unknown_choice,
    with_role,
)

SPAN = (2, 6)
TEXT = Type("text", size_max=9)


def fact(type_: Type) -> Fact:
    """Return a fact of a type."""
    return Fact("a.fact", type_, False, SPAN)


def literal(value: str | int | bool) -> Const:
    """Return a literal."""
    return Const(value, type_of(value), (8, 9))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (fact(INT), literal(99)),
        (fact(MOOD), literal("calm")),
        (fact(MOOD), fact(Type("choice", choices=("angry", "sad")))),
        (fact(TEXT), literal("any words")),
        (fact(TEXT), fact(MOOD)),
        (fact(BOOL), literal(True)),
    ],
)
def test_values_that_may_be_equal_can_be_compared(left: Node, right: Node) -> None:
    require_comparable(left, right)
    require_comparable(right, left)


@pytest.mark.parametrize(
    ("left", "right", "offset"),
    [
        (fact(INT), literal("calm"), 8),
        (fact(BOOL), literal(1), 8),
        (fact(MOOD), literal("clam"), 8),
        (literal("clam"), fact(MOOD), 8),
        (fact(MOOD), fact(SCENE), 2),
        (fact(KINDS), fact(KINDS), 2),
        (fact(KINDS), literal("memo"), 8),
    ],
)
def test_values_that_are_never_equal_are_a_fault(left: Node, right: Node, offset: int) -> None:
    with pytest.raises(ExprError) as caught:
        require_comparable(left, right)
    assert caught.value.offset == offset


@pytest.mark.parametrize(
    ("node", "expected", "fits"),
    [
        (fact(INT), Type("int"), True),
        (fact(MOOD), Type("choice", choices=("calm", "angry", "sad")), True),
        (fact(MOOD), Type("choice", choices=("calm",)), False),
        (fact(TEXT), Type("text", size_max=9), True),
        (fact(TEXT), Type("text", size_max=8), False),
        (fact(MOOD), Type("text", size_max=5), True),
        (fact(KINDS), KINDS, True),
        (fact(KINDS), Type("list", size_max=2, item=KINDS.item), False),
        (fact(KINDS), Type("list", size_max=3, item=INT), False),
        (fact(BOOL), BOOL, True),
        (fact(INT), BOOL, False),
        (fact(BOOL), INT, False),
    ],
)
def test_a_value_fits_where_everything_it_can_be_fits(
    node: Node, expected: Type, fits: bool
) -> None:
    if fits:
        require_fits(node, expected, "")
    else:
        with pytest.raises(ExprError):
            require_fits(node, expected, "a long enough source")


def test_only_a_chorus_role_is_compared_by_role() -> None:
    me = Variable("me", Type("choice", choices=("leo", "citizen")), SPAN)
    assert with_role(me, ("leo",), ("citizen",)) is me
    assert with_role(me, ("citizen",), ()) is me
    assert with_role(me, ("citizen", "leo"), ("citizen",)) == RoleOf(
        me, ("citizen",), me.type, SPAN
    )
    assert with_role(literal("citizen"), ("citizen",), ("citizen",)) == literal("citizen")


def test_an_int_must_stay_exact() -> None:
    assert int_type(Interval(-3, INT_EXACT_MAX), 0) == Type("int", -3, INT_EXACT_MAX)
    for interval in (Interval(0, INT_EXACT_MAX + 1), Interval(-INT_EXACT_MAX - 1, 0)):
        with pytest.raises(ExprError) as caught:
            int_type(interval, 5)
        assert caught.value.offset == 5
    assert interval_of(fact(INT)) == Interval(-3, 5)


def test_a_number_where_a_condition_is_wanted_suggests_one() -> None:
    with pytest.raises(ExprError) as caught:
        require_condition(fact(INT), "a crowd b")
    assert caught.value.suggestion == "crow > 0"
    with pytest.raises(ExprError, match="`-` wants a number, and this is true or false"):
        require_kind(fact(BOOL), "int", "`-` wants a number")


def test_a_wrong_word_is_told_with_those_there_are() -> None:
    many = Type("choice", choices=tuple(f"w{k}" for k in range(12)))
    fault = unknown_choice("w11x", many, 3)
    assert fault.message == '"w11x" is not among w0, w1, w2, w3, w4, w5, w6, w7 and 4 more'
    assert fault.suggestion == '"w11"'


def test_every_kind_has_a_name_that_authors_know() -> None:
    names = [kind_name(type_) for type_ in (INT, BOOL, MOOD, TEXT, KINDS)]
    assert names == ["a number", "true or false", "a word", "a text", "a list"]
