"""Every page in a real browser: it loads little, fits, and says in words what it shows."""

import asyncio

import pytest
from support.node import Node

from browser.visits import DESKTOP, PHONE, Visitor, Visits

pytestmark = pytest.mark.asyncio(loop_scope="session")
DEADLINE_S = 240.0
FILES_MAX = 25
LOAD_BYTES_MAX = 150 * 1024
ENDING = "The orchard keeps"  # is called by its title at the desk, not by its id
NARROWEST = 320  # pixels: the smallest phones, and a larger one whose texts are

NAMELESS = """[...document.querySelectorAll("button, a, input, select, textarea")].filter((one) =>
  !(one.textContent.trim() || one.getAttribute("aria-label") || one.getAttribute("title")
    || one.labels?.length || one.closest("label"))).map((one) => one.outerHTML.slice(0, 120))"""
LOADED = """performance.getEntries().filter((one) => one.encodedBodySize !== undefined)
  .map((one) => [one.startTime, one.encodedBodySize])"""
DOOR = "performance.getEntriesByName('door')[0].startTime"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """[...document.querySelectorAll("button, .button")].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width && (box.height < 34 || box.width < 34);
}).map((one) => one.outerHTML.slice(0, 120))"""


async def checked(visitor: Visitor) -> None:
    page = visitor.page
    if page.viewport_size == {"width": PHONE[0], "height": PHONE[1]}:
        await page.set_viewport_size({"width": NARROWEST, "height": PHONE[1]})
        assert await page.evaluate(WIDER) <= 0
        await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert await page.evaluate(NAMELESS) == []
    assert await page.evaluate(WIDER) <= 0
    assert await page.evaluate(SMALL) == []
    assert await page.locator("h1:visible").count() <= 1
    assert await page.title() != ""
    assert await page.evaluate("document.cookie") == ""
    assert await page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_the_first_page_opens_a_world_and_gives_its_links(
    visits: Visits, size: tuple[int, int]
) -> None:
    async with asyncio.timeout(DEADLINE_S):
        home = await visits.come("/", size)
        await home.page.click("[data-open=starter]")
        await home.page.click(".opening .primary")
        await home.page.wait_for_selector("[data-link=play]")
        await checked(home)
        await home.page.click("[data-link=play]")
        await home.page.wait_for_selector(".role")
        await checked(home)
        await home.be("ben")
        await home.page.wait_for_selector(".action")
        await checked(home)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_the_desk_fits_and_is_told_in_words(
    visits: Visits, node: Node, size: tuple[int, int]
) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        ada = await dream.enter(world.id, role="ada", invite=world.invite)
        await ada.act("talk", words="Said before anybody led us.")
        desk = await visits.come(f"/desk#{world.id}.{world.desk_token}", size)
        await desk.page.wait_for_selector("[data-beat=chime] .leaves", state="attached")
        await desk.page.locator(".flow").get_by_text("Said before anybody led us.").wait_for()
        await (
            desk.page.locator("[data-beat=orchard_keeps]")
            .get_by_text(ENDING)
            .wait_for(state="attached")
        )
        panes = {"live": ".flow", "light": "[data-seat=ada]", "near": "[data-beat=chime] .lack"}
        for pane, part in panes.items():
            if size == PHONE:
                await desk.page.click(f"[data-pane={pane}]")
            await desk.page.locator(part).wait_for()
            await checked(desk)


async def test_the_first_load_is_small(visits: Visits, node: Node) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        ada = await visits.arrive(world)
        await ada.be("ada")
        loaded = await ada.page.evaluate(LOADED)
        door_ms = await ada.page.evaluate(DOOR)
        assert len([began_ms for began_ms, _ in loaded if began_ms < door_ms]) < FILES_MAX
        assert sum(size_bytes for _, size_bytes in loaded) < LOAD_BYTES_MAX


async def test_the_story_is_a_live_region_and_the_picture_is_said_in_words(
    visits: Visits, node: Node
) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        ada = await visits.arrive(world)
        await ada.be("ada")
        await dream.enter(world.id, role="ben", invite=world.invite)
        log = ada.page.get_by_role("log")
        assert await log.get_attribute("aria-live") == "polite"
        await ada.page.get_by_text("Here with you: Ben.").wait_for(state="attached")
        assert (
            await ada.page.get_by_role("meter", name="nerve").get_attribute("aria-valuenow") == "5"
        )


async def test_a_link_that_leads_nowhere_says_so(visits: Visits) -> None:
    async with asyncio.timeout(DEADLINE_S):
        lost = await visits.come("/w")
        await lost.sees("This link leads nowhere")
        shut = await visits.come("/w#nothing_here.none")
        await shut.sees("There is no such world, or it is not open to you.")


async def test_the_lab_sends_what_its_forms_say_and_survives_a_cut(
    visits: Visits, node: Node
) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        lab = await visits.come("/lab")
        await lab.page.select_option("#type", "enter")
        await lab.page.fill("#field-world", world.id)
        await lab.page.select_option("#field-as", "player")
        await lab.page.fill("#field-role", "ada")
        await lab.page.fill("#field-invite", world.invite)
        await lab.sees('viewer = await dream.enter("')
        await lab.page.get_by_label("Write it as").select_option("C#")
        await lab.sees("var viewer = await DreamsyncClient.Enter(")
        await lab.page.get_by_label("Write it as").select_option("GDScript")
        await lab.sees("var entered: Dictionary = await viewer.enter(")
        await lab.page.click("form .primary")
        await lab.sees("← entered")
        await lab.page.select_option("#type", "act")
        await lab.page.fill("#field-action", "talk")
        await lab.page.fill("#field-params", '{"words": "from the lab"}')
        await lab.page.click("form .primary")
        await lab.sees("← view")
        await lab.page.get_by_role("button", name="Cut the line").click()
        await lab.sees("→ resume")
        await checked(lab)


async def test_the_lab_can_make_its_line_slow_and_say_things_twice_and_it_is_done_once(
    visits: Visits, node: Node
) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        ada = await dream.enter(world.id, role="ada", invite=world.invite)
        lab = await visits.come("/lab")
        await lab.page.select_option("#type", "enter")
        await lab.page.fill("#field-world", world.id)
        await lab.page.select_option("#field-as", "player")
        await lab.page.fill("#field-role", "ben")
        await lab.page.fill("#field-invite", world.invite)
        await lab.page.click("form .primary")
        await lab.sees("← entered")
        await lab.page.check("#slow")
        await lab.page.check("#twice")
        await lab.page.select_option("#type", "act")
        await lab.page.fill("#field-action", "talk")
        await lab.page.fill("#field-params", '{"words": "once and for all"}')
        await lab.page.click("form .primary")
        await lab.sees("← view")
        assert await lab.page.get_by_text("→ act").count() == 2
        assert (await ada.act("talk", words="done")).ok
        heard = []
        async for event in ada.events():
            heard.append(event.text)
            if event.text == "done":
                break
        assert heard.count("once and for all") == 1
