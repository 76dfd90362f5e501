"""What a session tells its shell."""

from typing import get_args

import pytest

from dreamsync.notices import Live, Notice


def test_a_notice_is_a_value() -> None:
    assert Live(is_first=True) == Live(is_first=True)
    with pytest.raises(AttributeError):
        Live(is_first=True).is_first = False  # type: ignore[misc]


def test_every_notice_says_what_it_is_for() -> None:
    assert [kind for kind in get_args(Notice) if not kind.__doc__] == []
