"""Fixtures that every test may use. Each wing keeps its own in a conftest.py of its folder."""

import pathlib
from collections.abc import Iterator

import pytest
from support.valkey import running_store


@pytest.fixture(scope="session")
def checkout() -> pathlib.Path:
    """Return the root of the checkout under test."""
    return pathlib.Path(__file__).parents[1]


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a real store for this run; use fresh ids, it is shared by all tests."""
    yield from running_store(tmp_path_factory.mktemp("valkey"))
