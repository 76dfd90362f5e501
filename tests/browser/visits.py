"""People in browsers: each a context of its own, with what its pages received and complained of."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, Page, WebSocket

import dreamsync
from dreamsync.dream import World

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --disable-site-isolation-trials"
    " --disable-features=SpareRendererForSitePerProcess,Translate,MediaRouter,OptimizationHints"
).split()
PATIENCE_MS = 60_000  # costs nothing where all is well, and nothing flakes on a busy machine
DESKTOP, PHONE = (1280, 800), (390, 844)
# What a browser says by itself when a line is cut or refused on purpose.
_OF_THE_LINE = ("WebSocket connection to", "ERR_INTERNET_DISCONNECTED")


@dataclass
class Visitor:
    """One person: the page, and all text frames that came to it."""

    page: Page
    frames: list[str] = field(default_factory=list)

    async def sees(self, text: str) -> None:
        """Wait until a text is there to be seen."""
        await self.page.get_by_text(text).first.wait_for()

    async def be(self, role: str, name: str = "") -> None:
        """Take a role at the door."""
        if name:
            await self.page.fill("#name", name)
        await self.page.click(f"[data-role={role}]")
        await self.page.wait_for_selector(".frame")

    async def give_why(self, word: str) -> None:
        """Answer a desk's question for a word of why."""
        await self.page.fill("#why-word", word)
        await self.page.keyboard.press("Enter")

    async def say(self, text: str) -> None:
        """Say something aloud."""
        await self.page.click("[data-action=talk]")
        await self.page.fill("textarea", text)
        await self.page.keyboard.press("Enter")


class Visits:
    """A browser's people. `complaints` are errors of pages, and what they could not load."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.origin = url.replace("ws://", "http://")
        self.complaints: list[str] = []

    async def come(
        self,
        place: str,
        size: tuple[int, int] = DESKTOP,
        *,
        is_calm: bool = True,
        lang: str = "en-GB",
        **more: Any,
    ) -> Visitor:
        """Open a page of the node as somebody new; `more` is of the browser's context."""
        context = await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce" if is_calm else "no-preference",
            accept_downloads=True,
            locale=lang,
            **more,
        )
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        visitor = Visitor(page)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("response", lambda answer: self._judge(answer.status, answer.url))
        page.on("websocket", lambda socket: _overhear(socket, visitor))
        await page.goto(f"{self.origin}{place}")
        return visitor

    async def arrive(self, world: World, size: tuple[int, int] = DESKTOP, **how: Any) -> Visitor:
        """Follow the link into a world, up to its door."""
        visitor = await self.come(f"/w#{world.id}.{world.invite}", size, **how)
        await visitor.page.wait_for_selector(".role")
        return visitor

    async def open(self, dream: dreamsync.Dream, pack: str = "starter") -> World:
        """Open a world whose story the test moves by itself."""
        return await dream.create_world(pack, seed=7, understudies=False, spectators=True)

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(part in text for part in _OF_THE_LINE):
            self.complaints.append(text)

    def _judge(self, status: int, url: str) -> None:
        if status >= 400 or not url.startswith((self.origin, "blob:", "data:")):
            self.complaints.append(f"{status} {url}")


def _overhear(socket: WebSocket, visitor: Visitor) -> None:
    socket.on("framereceived", lambda frame: visitor.frames.append(str(frame)))


@contextlib.asynccontextmanager
async def visiting(browser: Browser, url: str) -> AsyncIterator[Visits]:
    """Visit a node as several people; their pages must have no complaints."""
    visits = Visits(browser, url)
    yield visits
    await asyncio.gather(*(context.close() for context in browser.contexts))
    assert not visits.complaints, visits.complaints
