"""Fixtures that every test may use. Each wing keeps its own in a conftest.py of its folder."""

import pathlib

import pytest


@pytest.fixture(scope="session")
def checkout() -> pathlib.Path:
    """Return the root of the checkout under test."""
    return pathlib.Path(__file__).parents[1]
