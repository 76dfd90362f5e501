"""Fixtures of the host's tests."""

import pytest

pytest.register_assert_rewrite("host.bench")

from host.bench import Bench  # noqa: E402 - the line above must come first


@pytest.fixture
def bench() -> Bench:
    return Bench()
