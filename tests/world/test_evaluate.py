"""The meaning of a tree, node by node, where Python's own would not be ours."""

import pytest
from support.expressions import NAMES, FactsAt, expression, some_facts

from dreamsync_server.limits import DRIFT_UNIT
from dreamsync_server.world.evaluate import (
    arithmetic,
    compare,
    constant_of,
    divide,
    evaluate,
    modulo,
    read_drift,
)
from dreamsync_server.world.values import Drift


@pytest.mark.parametrize(
    ("a", "b", "quotient", "rest"), [(7, 2, 3, 1), (-7, 2, -4, 1), (7, 0, 0, 0)]
)
def test_division_rounds_down_and_by_zero_gives_zero(
    a: int, b: int, quotient: int, rest: int
) -> None:
    assert (divide(a, b), modulo(a, b)) == (quotient, rest)
    assert (arithmetic("//", a, b), arithmetic("%", a, b)) == (quotient, rest)


def test_a_branch_that_is_not_taken_is_not_read() -> None:
    facts = FactsAt({"night.dark": True, "crowd": 3})
    assert evaluate(expression("crowd if night.dark else night.heat").node, facts, {}) == 3


def test_a_constant_tree_has_a_value_without_facts() -> None:
    assert constant_of(expression("1 + 2 * 3 > 6").node) is True
    assert constant_of(expression("('a', 'b')").node) == ("a", "b")
    assert constant_of(expression("crowd + 1").node) is None
    assert constant_of(expression("fragment + 1").node) is None
    assert constant_of(expression("me.warmth + 1").node) is None


def test_a_drift_is_read_at_the_time_of_the_facts() -> None:
    facts = some_facts(DRIFT_UNIT, leo__warmth=Drift(DRIFT_UNIT, 2, 0, 0, 10))
    assert read_drift(facts, "leo.warmth") == 3
    assert read_drift(facts, "crowd") == 50
    assert evaluate(expression("me.warmth * 2").node, facts, NAMES) == 6


def test_a_comparison_gives_a_bool() -> None:
    assert [compare(op, 1, 2) for op in ("==", "!=", "<", "<=", ">", ">=")] == [
        False, True, True, True, False, False,
    ]  # fmt: skip
