"""A browser and a node for the tests of the pages; skipped where there is no Chromium."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright
from support.node import Node, open_node

from browser.visits import FLAGS, Visits, visiting
from dreamsync_server.cli import shelf

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WORLDS = Path(__file__).parents[2] / "worlds"
STARTER = WORLDS / "starter"
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), "")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Return the browser of this run: starting one costs as much as a test does."""
    if not CHROMIUM:
        pytest.skip("Chromium is not here.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def node(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Node]:
    """Return a node with memory for a store, and the starter world alone on its shelf."""
    monkeypatch.setattr(shelf, "list_worlds", lambda _extra=None: {"starter": STARTER})
    async with open_node() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def expo(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Node]:
    """Return a node with memory for a store, and the expo alone on its shelf."""
    monkeypatch.setattr(shelf, "list_worlds", lambda _extra=None: {"expo": WORLDS / "expo"})
    async with open_node() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def visits(browser: Browser, node: Node) -> AsyncIterator[Visits]:
    """Return how to visit the node as several people; their pages must have no complaints."""
    async with visiting(browser, node.url) as visits:
        yield visits
