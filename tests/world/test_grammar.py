"""The lists of what may be written: nothing is both known and refused."""

import ast

from dreamsync_server.world.grammar import ARITH, BOOLS, CALLS, COMPARE, REFUSED, UNKNOWN


def test_nothing_is_both_known_and_refused() -> None:
    assert not (set(COMPARE) | set(ARITH)) & set(REFUSED)
    assert UNKNOWN[0]
    assert all(message for message, _ in REFUSED.values())


def test_every_operator_is_that_of_python() -> None:
    for kind, sign in COMPARE.items():
        tree = ast.parse(f"1 {sign} 2", mode="eval").body
        assert isinstance(tree, ast.Compare)
        assert type(tree.ops[0]) is kind
    for operator, written in ARITH.items():
        sum_ = ast.parse(f"1 {written} 2", mode="eval").body
        assert isinstance(sum_, ast.BinOp)
        assert type(sum_.op) is operator


def test_every_word_of_the_language_has_one_meaning() -> None:
    assert not set(BOOLS) & set(CALLS)
    assert len(set(CALLS)) == len(CALLS)
