"""The class desk: one code for all, who is where, all at once, and a report to keep."""

import asyncio
import csv
from pathlib import Path

import pytest
from playwright.async_api import Page
from support.node import Node

import dreamsync
from browser.visits import PHONE, Visits

pytestmark = pytest.mark.asyncio(loop_scope="session")

DEADLINE_S = 240.0
TRICK = "<img src=x onerror=alert(1)>"


async def opened(page: Page, count: int, title: str) -> str:
    """Open a class on its page; return its code."""
    await page.wait_for_selector("#pack option", state="attached")
    await page.fill("#count", str(count))
    await page.fill("#title", title)
    await page.click("text=Open the class")
    await page.wait_for_selector(".world-pane ul")
    return await page.inner_text(".code-line .code")


async def come(dream: dreamsync.Dream, code: str, name: str) -> dreamsync.Player:
    """Come in by the code, as whoever is free in the world that one is led to."""
    card = await dream.card(code=code)
    free = next(role for role in card.roles if role.held != "player" and not role.seats)
    return await dream.enter(card.id, role=free.id, name=name, invite=code)


async def test_a_class_gathers_begins_together_and_leaves_a_report(
    visits: Visits, node: Node, tmp_path: Path
) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        desk = (await visits.come("/class")).page
        code = await opened(desk, 2, "10b")
        players = [await come(dream, code, name) for name in ("Anna", "Berke", TRICK)]
        assert len({player.world.id for player in players}) == 2
        for name in ("Anna", "Berke", TRICK):
            await desk.get_by_text(name, exact=True).wait_for()
        assert (await players[0].act("make_tea")).code == "paused"
        await desk.fill("#why", "the bell has rung")
        await desk.click("text=Let all go on")
        await desk.get_by_text("in 2 of 2 worlds").wait_for()
        assert (await players[0].act("make_tea")).ok
        await desk.fill("#to-all", "Ten more minutes.")
        await desk.click("text=Whisper to all")
        async for event in players[1].events():
            if event.kind == "whisper":
                assert event.text == "Ten more minutes."
                break
        async with desk.expect_download() as coming:
            await desk.click("text=as a table (CSV)")
        kept = tmp_path / "report.csv"
        await (await coming.value).save_as(kept)
        rows = list(csv.DictReader(kept.read_text("utf-8-sig").splitlines()))
        assert {row["person"] for row in rows} == {"Anna", "Berke", TRICK}
        assert {row["world"] for row in rows} == {"10b · 1", "10b · 2"}
        async with desk.expect_download() as coming:
            await desk.get_by_role("button", name="Report", exact=True).click()
        page = tmp_path / "report.html"
        await (await coming.value).save_as(page)
        text = page.read_text("utf-8")
        assert "Anna" in text
        assert "<img" not in text
        assert "the bell has rung" in text
        # One more than there are roles to lead: a guest, who is counted and shown all the same.
        card = await dream.card(code=code)
        await dream.enter(card.id, role="guest", name="Cem", invite=code)
        await desk.get_by_text("Cem", exact=True).wait_for()
        await desk.get_by_text("4 players in 2 worlds").wait_for()
        await desk.click("text=Close all")
        await desk.click("text=Close all for good")
        await desk.get_by_text("Closed: in 2 of 2 worlds.").wait_for()
        with pytest.raises(dreamsync.ClosedError):
            await players[0].act("make_tea")


async def test_the_address_of_a_class_desk_shows_the_code_to_whoever_has_it(
    visits: Visits, node: Node
) -> None:
    async with asyncio.timeout(DEADLINE_S):
        opening = (await visits.come("/class")).page
        code = await opened(opening, 1, "10b")
        elsewhere = (await visits.come(opening.url.removeprefix(visits.origin))).page
        await elsewhere.locator(".code-line").get_by_text(code).wait_for()


async def test_the_class_desk_fits_a_phone(visits: Visits) -> None:
    async with asyncio.timeout(DEADLINE_S):
        page = (await visits.come("/class", PHONE)).page
        await opened(page, 3, "A class with a rather long name, on a Tuesday")
        wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide


async def test_a_class_with_a_wrong_token_is_not_shown(visits: Visits) -> None:
    async with asyncio.timeout(DEADLINE_S):
        page = (await visits.come("/class#nothing.atall")).page
        await page.get_by_text("There is no such class").wait_for()
