"""Two languages at once, a switch during play, and a page that is read from right to left."""

import asyncio
from pathlib import Path

import pytest
from support.node import Node, open_node

from browser.packs import in_arabic, put_alone, starter_in
from browser.visits import DESKTOP, PHONE, visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")
DEADLINE_S = 240.0
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
MIDDLE = """(name) => {
  const box = document.querySelector(name).getBoundingClientRect();
  return (box.left + box.right) / 2 / innerWidth;
}"""
CUT_OFF = """[...document.querySelectorAll("button, .button, h1, h2, h3, label")].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width && !one.closest(".scene, .visually-hidden, .graph, .topbar .where")
    && !one.matches(".visually-hidden") && (box.left < -1 || box.right > innerWidth + 1);
}).map((one) => one.outerHTML.slice(0, 120))"""


async def test_two_people_read_one_scene_in_two_languages_and_one_switches(
    browser, expo: Node
) -> None:
    async with (
        asyncio.timeout(DEADLINE_S), visiting(browser, expo.url) as visits, expo.connect() as dream,
    ):  # fmt: skip
        world = await dream.create_world("expo", seed=7, understudies=False)
        ava = await visits.arrive(world, lang="en-GB")
        leo = await visits.arrive(world, lang="de-DE")
        await leo.sees("Wer willst du sein?")
        await ava.be("ava", "Kim")
        await leo.be("leo", "Lee")
        await leo.sees("Du bist Leo")
        await ava.sees("You are Ava")
        assert await leo.page.evaluate("document.documentElement.lang") == "de"
        english = await ava.page.inner_text(".panel.world h2")
        await leo.page.get_by_role("button", name="Leute").click()
        await leo.page.get_by_role("button", name="English").click()
        await leo.page.get_by_role("heading", name="People").wait_for()
        await leo.page.get_by_role("button", name="Close").click()
        await leo.page.wait_for_selector("html[lang=en]")
        assert await leo.page.inner_text(".panel.world h2") == english
        assert await ava.page.evaluate("document.documentElement.lang") == "en"


async def test_what_a_server_refuses_at_the_door_is_said_in_the_pages_language(
    browser, expo: Node
) -> None:
    async with asyncio.timeout(DEADLINE_S), visiting(browser, expo.url) as visits:
        visitor = await visits.come("/w#nothing.here", PHONE, lang="de-DE")
        await visitor.sees("Eine solche Welt gibt es nicht, oder sie steht dir nicht offen.")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_a_world_in_arabic_is_laid_out_from_right_to_left(
    browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    pack = starter_in(tmp_path, "ar", in_arabic)
    put_alone(monkeypatch, pack)
    async with (
        asyncio.timeout(DEADLINE_S), open_node() as node, visiting(browser, node.url) as visits,
        node.connect() as dream,
    ):  # fmt: skip
        world = await visits.open(dream)
        ada = await visits.arrive(world, size, lang="ar")
        await ada.be("ada")
        await ada.page.wait_for_selector("[data-action=talk]")
        desk = await visits.come(f"/desk#{world.id}.{world.desk_token}", size, lang="ar")
        await desk.page.wait_for_selector("[data-beat=chime]", state="attached")
        for visitor, pane in ((ada, ""), (desk, "near"), (desk, "light"), (desk, "live")):
            if pane and size == PHONE:
                await visitor.page.click(f"[data-pane={pane}]")
            assert await visitor.page.evaluate("document.documentElement.dir") == "rtl"
            assert await visitor.page.evaluate(WIDER) <= 0
            assert await visitor.page.evaluate(CUT_OFF) == []
        assert await ada.page.evaluate(MIDDLE, ".topbar .mark") > 0.5
        if size == DESKTOP:
            assert await ada.page.evaluate(MIDDLE, ".side") < 0.5
            assert await desk.page.evaluate(MIDDLE, ".beats") < 0.5
