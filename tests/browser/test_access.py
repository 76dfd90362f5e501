"""What who sees little or nothing is given on every page: names, places, contrast, size."""

import asyncio
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support.node import Node

from browser.visits import DESKTOP, PHONE, Visitor, Visits

pytestmark = pytest.mark.asyncio(loop_scope="session")
DEADLINE_S = 240.0
CONTROLS = frozenset(
    "button link textbox combobox checkbox radio slider searchbox meter dialog menuitem".split()
)
FAINT = "() =>" + (Path(__file__).parent / "contrast.js").read_text("utf-8").partition("() =>")[2]
LANDMARKS = '[...document.querySelectorAll("main, [role=main]")].length'
HEADINGS = """[...document.querySelectorAll("h1, h2, h3, h4")]
  .filter((one) => one.offsetParent).map((one) => +one.tagName[1])"""
CLIPPED = """[...document.querySelectorAll("button, .button, label, h1, h2, h3, summary")]
  .filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width && !one.closest(".scene, .graph, .topbar .where, .visually-hidden")
    && !one.matches(".visually-hidden")
    && (box.right > innerWidth + 1 || one.scrollWidth > one.clientWidth + 4);
}).map((one) => one.outerHTML.slice(0, 120))"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def nameless(visitor: Visitor) -> list[str]:
    """Return the controls of a page's accessibility tree that have no name."""
    session = await visitor.page.context.new_cdp_session(visitor.page)
    tree = await session.send("Accessibility.getFullAXTree")
    found = []
    for node in tree["nodes"]:
        role = node.get("role", {}).get("value", "")
        name: Any = node.get("name", {}).get("value", "")
        if not node.get("ignored") and role in CONTROLS and not str(name).strip():
            found.append(f"{role} {node.get('properties')}")
    return found


async def fit_for_all(visitor: Visitor) -> None:
    page = visitor.page
    assert await nameless(visitor) == []
    assert await page.evaluate(LANDMARKS) == 1
    levels = await page.evaluate(HEADINGS)
    assert levels.count(1) == 1, levels
    assert all(later <= before + 1 for before, later in pairwise(levels)), levels
    assert await page.evaluate(FAINT) == []


async def test_every_page_has_names_landmarks_and_contrast(visits: Visits, node: Node) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        home = await visits.come("/")
        await home.page.wait_for_selector(".cover")
        await fit_for_all(home)
        await home.page.context.close()
        lab = await visits.come("/lab")
        await lab.page.wait_for_selector("#type")
        await fit_for_all(lab)
        await lab.page.context.close()
        ada = await visits.arrive(world)
        await fit_for_all(ada)
        await ada.be("ada")
        ben = await dream.enter(world.id, role="ben", invite=world.invite)
        await ben.act("talk", words="Can you read this?")
        await ada.sees("Can you read this?")
        await fit_for_all(ada)
        desk = await visits.come(f"/desk#{world.id}.{world.desk_token}.{world.invite}")
        await desk.page.wait_for_selector("[data-beat=chime] .leaves", state="attached")
        for sight in ("live", "curve", "facts", "graph"):
            await desk.page.click(f"[data-sight={sight}]")
            await desk.page.wait_for_selector(
                {"live": ".flow", "curve": ".curve svg", "facts": "dl", "graph": ".node"}[sight]
            )
            await fit_for_all(desk)
        await desk.page.locator("[data-beat] .does button").first.click()
        await desk.page.wait_for_selector("dialog.why")
        await fit_for_all(desk)


async def test_texts_twice_as_large_are_whole_on_stage_and_desk(visits: Visits, node: Node) -> None:
    half = (DESKTOP[0] // 2, DESKTOP[1] // 2)  # a window in which all is twice as large
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        ada = await visits.arrive(world, half, device_scale_factor=2)
        await ada.be("ada")
        await ada.page.wait_for_selector("[data-action=talk]")
        desk = await visits.come(
            f"/desk#{world.id}.{world.desk_token}", half, device_scale_factor=2
        )
        await desk.page.wait_for_selector("[data-beat=chime] .leaves", state="attached")
        for visitor in (ada, desk):
            assert await visitor.page.evaluate(WIDER) <= 0
            assert await visitor.page.evaluate(CLIPPED) == []
            box = await visitor.page.locator(".topbar").bounding_box()
            assert box is not None
            assert box["height"] < half[1] / 2


async def test_a_phone_whose_texts_are_twice_as_large_still_shows_every_button(
    visits: Visits, node: Node
) -> None:
    double = "document.documentElement.style.fontSize = '200%'"
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        ada = await visits.arrive(world, PHONE)
        await ada.page.evaluate(double)
        assert await ada.page.evaluate(WIDER) <= 0
        assert await ada.page.evaluate(CLIPPED) == []
        await ada.be("ada")
        desk = await visits.come(f"/desk#{world.id}.{world.desk_token}", PHONE)
        await desk.page.evaluate(double)
        await desk.page.wait_for_selector("[data-pane]")
        for visitor in (ada, desk):
            assert await visitor.page.evaluate(WIDER) <= 0
            assert await visitor.page.evaluate(CLIPPED) == []


async def test_who_wants_no_motion_is_shown_none_and_captions_stay(
    visits: Visits, node: Node
) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        ada = await visits.arrive(world)
        await ada.be("ada")
        desk = await dream.desk(world.id, token=world.desk_token)
        await desk.cue("footsteps", override=True, why="to hear them")
        caption = ada.page.locator(".beat-caption")
        await caption.wait_for()
        moving = "document.getAnimations().filter((one) => one.playState === 'running').length"
        while await ada.page.evaluate(moving):
            await asyncio.sleep(0.02)
        assert float(await caption.evaluate("(one) => getComputedStyle(one).opacity")) == 1.0


async def test_in_colours_of_ones_own_what_is_chosen_and_how_much_is_still_seen(
    visits: Visits, node: Node
) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        await dream.enter(world.id, role="ada", invite=world.invite)
        desk = await visits.come(f"/desk#{world.id}.{world.desk_token}", forced_colors="active")
        await desk.page.click("[data-sight=facts]")
        outlines = "(one) => getComputedStyle(one).outlineStyle"
        assert await desk.page.locator("[data-sight=facts]").evaluate(outlines) == "solid"
        assert await desk.page.locator("[data-sight=live]").evaluate(outlines) == "none"
        colours = "(one) => getComputedStyle(one.firstChild).backgroundColor"
        track = desk.page.locator(".track.thin").first
        assert await track.evaluate(colours) not in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
