"""A node in this process, over a real store that commands can read beside it."""

from collections.abc import AsyncIterator

import pytest

import dreamsync
from dreamsync_server.cli.assembly import Node, open_node
from dreamsync_server.cli.child import ChildSettings
from dreamsync_server.settings import Settings


@pytest.fixture
async def node() -> AsyncIterator[Node]:
    """Return a node over a store of its own, in memory."""
    settings = Settings(port=0, public_pack="")
    child = ChildSettings(name="n1", store_url="memory://", settings=settings)
    async with open_node(child) as opened:
        yield opened


@pytest.fixture
async def stored_node(valkey_url: str) -> AsyncIterator[Node]:
    """Return a node over the real store of this run, `valkey_url`."""
    settings = Settings(port=0, public_pack="")
    child = ChildSettings(name="n-stored", store_url=valkey_url, settings=settings)
    async with open_node(child) as opened:
        yield opened


@pytest.fixture
def url(node: Node) -> str:
    """Return where the node listens."""
    return f"ws://127.0.0.1:{node.port}"


@pytest.fixture
async def dream(url: str) -> AsyncIterator[dreamsync.Dream]:
    """Return the node as a program sees it."""
    async with dreamsync.connect(url) as opened:
        yield opened
