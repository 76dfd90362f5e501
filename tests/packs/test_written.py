"""Offsets of a value's characters in the scalar as written."""

import pytest

from dreamsync_server.packs.written import Source, Written, offsets_of


@pytest.mark.parametrize(
    ("raw", "value", "style", "offsets"),
    [
        ("ab c", "ab c", "", [0, 1, 2, 3]),
        ("'a''b'", "a'b", "'", [1, 2, 4]),
        ('"a\\nb"', "a\nb", '"', [1, 2, 4]),
        ('"\\x41b"', "Ab", '"', [1, 5]),
        ("|\n  a\n  b\n", "a\nb\n", "|", [4, 5, 8, 9]),
        ("a\n  b", "a b", "", [0, 1, 4]),
        ("abc", "xyz", "", []),
    ],
)
def test_each_character_has_its_offset(
    raw: str, value: str, style: str, offsets: list[int]
) -> None:
    assert offsets_of(raw, value, style) == offsets


def test_a_value_that_does_not_fit_stands_at_its_begin() -> None:
    written = Written(Source("f", "ab\ncd", (0, 3)), 3, 5, "", "zz")
    assert written.place(1) == ("f", 2, 1)
