"""The desk's timeline in a real browser: back by keyboard, what each saw, a branch, an erasure."""

import asyncio

import pytest
from support.node import Node

from browser.test_pages import checked
from browser.visits import DESKTOP, PHONE, Visits

pytestmark = pytest.mark.asyncio(loop_scope="session")
DEADLINE_S = 240.0


async def test_a_desk_looks_back_and_opens_a_world_from_there(visits: Visits, node: Node) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        ada = await dream.enter(world.id, role="ada", name="Ari", invite=world.invite)
        said = await ada.act("whisper", who="ben", words="<b>just</b> between us")
        desk = await dream.desk(world.id, token=world.desk_token)
        await desk.cue("chime", override=True, why="they wait")
        await ada.act("make_tea")
        visitor = await visits.come(f"/desk#{world.id}.{world.desk_token}")
        page = visitor.page
        await page.click("[data-sight=past]")
        await page.wait_for_selector("[data-mark=beat]")
        assert "they wait" in await page.inner_text("[data-mark=beat]")
        await checked(visitor)
        # By keyboard: to the first mark, then step by step to the whisper.
        await page.focus("#past-slider")
        await page.keyboard.press("Home")
        await page.wait_for_selector(".moment[data-seq='1']")
        for seq in range(2, said.position[1] + 1):
            await page.click("[data-step=on]")
            await page.wait_for_selector(f".moment[data-seq='{seq}']")
        assert "<b>just</b> between us" in await page.inner_text(".past-lines")
        await page.select_option("[data-eyes]", "ben")
        await page.wait_for_selector(".moment[data-of=ben]")
        assert "just" in await page.inner_text(".past-lines")
        await page.select_option("[data-eyes]", "watcher")
        await page.wait_for_selector(".moment[data-of=watcher]")
        assert "just" not in await page.inner_text(".moment")
        assert await page.get_attribute("#past-slider", "aria-valuetext")
        await page.fill("#branch-title", "What if?")
        await page.click("[data-branch]")
        await page.wait_for_selector("[data-link=play]")
        link = await page.get_attribute("[data-link=play]", "href")
        assert link is not None
        branch, _, invite = link.partition("#")[2].partition(".")
        ben = await dream.enter(branch, role="ben", invite=invite)
        assert ben.world.title == "What if?"


async def test_a_desk_erases_what_somebody_wrote(visits: Visits, node: Node) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        ada = await dream.enter(world.id, role="ada", name="Ari", invite=world.invite)
        await ada.act("talk", words="take it back")
        visitor = await visits.come(f"/desk#{world.id}.{world.desk_token}", PHONE)
        page = visitor.page
        await page.click("[data-sight=past]")
        await page.click("[data-mark=join]")
        await page.click("[data-erase]")
        await page.fill("#why-word", "She asked.")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("[data-mark=erased]")
        await checked(visitor)
        await ada.until(lambda facts: facts["ada.player"] == "", timeout_s=60)
        late = await visits.come(f"/desk#{world.id}.{world.desk_token}", DESKTOP)
        await late.page.click("[data-sight=past]")
        await late.page.wait_for_selector("[data-mark=erased]")
        assert not any("take it back" in frame for frame in late.frames)
        assert "Ari" not in await late.page.inner_text(".past")
