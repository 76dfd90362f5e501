"""Texts that want to be scripts, from packs and from people, in every place a page shows a text."""

import asyncio
from pathlib import Path

import pytest
from support.node import open_node

from browser.packs import put_alone, starter_in
from browser.visits import visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")
DEADLINE_S = 240.0
BAD = "<img src=x onerror=window.harm=1>"
PEOPLE = "<script>window.harm=1</script><svg onload=window.harm=1>"
HARM = """[window.harm,
  document.querySelectorAll("img, script:not([src]), [onerror], [onload]").length]"""


def spoilt(text: str) -> str:
    """Return a text of a pack with a picture in it that is none."""
    plain = text.replace("'", "’").strip('"')
    return f"'{BAD} {plain}'"


async def test_no_text_of_a_pack_or_a_person_is_ever_run(
    browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = starter_in(tmp_path, "en", spoilt)
    put_alone(monkeypatch, pack)
    async with (
        asyncio.timeout(DEADLINE_S), open_node() as node, visiting(browser, node.url) as visits,
        node.connect() as dream,
    ):  # fmt: skip
        world = await dream.create_world(
            "starter", seed=7, understudies=False, private=True, title=BAD + PEOPLE[:30]
        )
        home, lab = await asyncio.gather(visits.come("/"), visits.come("/lab"))
        await home.sees(BAD)
        for visitor in (home, lab):
            assert await visitor.page.evaluate(HARM) == [None, 0]
            await visitor.page.context.close()
        ada, ben = await asyncio.gather(visits.arrive(world), visits.arrive(world))
        await asyncio.gather(ada.be("ada", BAD), ben.be("ben", PEOPLE[:40]))
        await ada.say(PEOPLE)
        await ben.sees(PEOPLE)
        desk = await visits.come(f"/desk#{world.id}.{world.desk_token}.{world.invite}")
        await desk.page.fill("#whisper-text", PEOPLE)
        await desk.page.click("form .primary")
        await desk.give_why(BAD)
        await desk.sees(BAD)
        await ben.page.get_by_role("button", name="About what").first.click()
        await ben.page.fill("#minding-why", PEOPLE)
        await ben.page.get_by_role("button", name="Report it").click()
        await ben.sees("Whoever leads the game has it now.")
        await ben.page.get_by_role("button", name="Close").click()
        await desk.page.wait_for_selector(".reported q")
        assert await desk.page.inner_text(".reported q") == PEOPLE
        for sight in ("graph", "curve", "facts"):
            await desk.page.click(f"[data-sight={sight}]")
        desk_hand = await dream.desk(world.id, token=world.desk_token)
        await desk_hand.cue("morning", override=True)
        await ada.page.wait_for_selector("dialog.ending")
        for visitor in (ada, ben, desk):
            assert await visitor.page.evaluate(HARM) == [None, 0]
        assert not any("Report" in frame and PEOPLE in frame for frame in ada.frames)
        assert not any('"reported"' in frame for frame in (*ada.frames, *ben.frames))
