"""Fixtures of the SDK's tests."""

from collections.abc import AsyncIterator

import pytest
from support.fake_server import FakeWorld
from support.fake_socket import FakeServer, HastyClock, fake_server

from dreamsync.dream import Dream
from dreamsync.entry import Greeting


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    """Return a fake world served over a real socket."""
    async with fake_server(FakeWorld()) as made:
        yield made


@pytest.fixture
def clock() -> HastyClock:
    """Return a clock whose sleeps take no time."""
    return HastyClock()


@pytest.fixture
async def dream(server: FakeServer, clock: HastyClock) -> AsyncIterator[Dream]:
    """Return the fake server as a program sees it."""
    async with Dream(f"{server.url}/dream", Greeting("test", "en"), clock=clock) as made:
        yield made
