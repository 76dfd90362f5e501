"""Fixtures of the director's tests: a host with a store in memory and a clock by hand."""

import pytest
from host.bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()
