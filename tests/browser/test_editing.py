"""A pack is edited while people play it in browsers: a fault at the desk, then the change."""

import asyncio
import shutil
from pathlib import Path

import pytest
from support.node import open_node

from browser.conftest import STARTER
from browser.visits import visiting
from dreamsync_server.cli.workbench import Workbench

pytestmark = pytest.mark.asyncio(loop_scope="session")
DEADLINE_S = 240.0
TITLE = "The clock that nobody wound"


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


async def test_a_fault_stands_at_the_desk_and_a_change_is_seen_with_everybody_in_place(
    browser, tmp_path: Path
) -> None:
    pack = tmp_path / "house"
    shutil.copytree(STARTER, pack)
    rewrite(pack / "pack.yaml", "id: starter", "id: house")
    async with (
        asyncio.timeout(DEADLINE_S), open_node(worlds=tmp_path) as node, node.connect() as dream,
        visiting(browser, node.url) as visits,
    ):  # fmt: skip
        work = Workbench(node.shelf, node.host.repack, node.hall.tell_of_pack, lambda _: None)
        await work.begin()
        world = await visits.open(dream, "house")
        ada = await visits.arrive(world)
        await ada.be("ada")
        desk = await visits.come(f"/desk#{world.id}.{world.desk_token}")
        await desk.page.click("[data-sight=graph]")
        await desk.page.wait_for_selector("[data-node=chime]")

        rewrite(pack / "actions.yaml", "when: me.nerve >= 3", "when: me.nerv >= 3")
        for _ in range(2):
            await work.look()
        faults = desk.page.get_by_role("alert")
        await faults.get_by_text("actions.yaml:").wait_for()
        await ada.say("It goes on.")
        await ada.sees("It goes on.")

        rewrite(pack / "actions.yaml", "when: me.nerv >= 3", "when: me.nerve >= 3")
        rewrite(pack / "text" / "en.yaml", "\nbeat.chime.title: ", f"\nbeat.chime.title: {TITLE} #")
        for _ in range(2):
            await work.look()
        await faults.wait_for(state="detached")
        await desk.page.locator("[data-node=chime]", has_text=TITLE).wait_for()
        await desk.page.locator("[data-beat=chime]", has_text=TITLE).wait_for()
        await ada.say("And so do I.")
        await ada.sees("And so do I.")
