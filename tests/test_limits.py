"""Limits: every bound is a positive number with a name, and the two sides agree."""

from dreamsync.protocol import bounds
from dreamsync_server import limits


def named() -> dict[str, float]:
    return {
        name: value
        for name, value in vars(limits).items()
        if name.isupper() and isinstance(value, int | float)
    }


def test_every_bound_is_a_positive_number() -> None:
    assert len(named()) > 60
    assert [name for name, value in named().items() if value <= 0] == []


def test_the_wire_has_the_same_bounds_where_both_name_one() -> None:
    theirs = {n: v for n, v in vars(bounds).items() if n.isupper() and isinstance(v, int | float)}
    shared = named().keys() & theirs.keys()
    assert {"INT_EXACT_MAX", "SAY_CHARS_MAX", "NAME_CHARS_MAX"} <= shared
    assert {n: theirs[n] for n in shared} == {n: named()[n] for n in shared}
