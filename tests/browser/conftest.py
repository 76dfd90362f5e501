"""A browser and a node for the tests of the pages; skipped where there is no Chromium."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import async_playwright
from support.node import Node, open_node

from browser.visits import FLAGS, Visits
from dreamsync_server.cli import shelf

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
STARTER = Path(__file__).parents[2] / "worlds" / "starter"
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), "")


@pytest.fixture
async def node(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Node]:
    """Return a node with memory for a store, and the starter world alone on its shelf."""
    monkeypatch.setattr(shelf, "list_worlds", lambda _extra=None: {"starter": STARTER})
    async with open_node() as opened:
        yield opened


@pytest.fixture
async def visits(node: Node) -> AsyncIterator[Visits]:
    """Return a browser that can visit the node as several people; it must have no complaints."""
    if not CHROMIUM:
        pytest.skip("Chromium is not here.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        visits = Visits(browser, node)
        yield visits
        await browser.close()
        assert visits.complaints == []
