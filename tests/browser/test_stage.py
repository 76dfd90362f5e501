"""The stage in a real browser: two and a desk, cut and back, by keyboard alone, to an end."""

import asyncio

import pytest
from support.node import Node

from browser.visits import PHONE, Visits

pytestmark = pytest.mark.asyncio(loop_scope="session")
DEADLINE_S = 240.0
SCRIPT = "<script>window.harm = 1</script>"
IMAGE = "<img src=x onerror='window.harm = 1'>"
STEPS = "Overhead, slow steps cross the attic, from the window to the door."


async def test_two_people_and_a_desk_play_and_each_gets_what_is_theirs(
    visits: Visits, node: Node
) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        ada = await visits.arrive(world, is_calm=False)
        ben = await visits.arrive(world, PHONE, is_calm=False)
        desk = await visits.come(f"/desk#{world.id}.{world.desk_token}")
        guest = await visits.arrive(world)
        await guest.page.get_by_role("button", name="Only watch").click()
        await ada.be("ada", IMAGE)
        await ben.be("ben", "Bo")
        await ada.say(SCRIPT)
        await ben.sees(SCRIPT)
        await ben.page.click("[data-action=whisper]")
        await ben.page.fill("textarea", "only you")
        await ben.page.click(".asked .primary")
        await ada.sees("only you")
        await desk.sees(IMAGE)

        await desk.page.fill("#why", "to hear them")
        await desk.page.click("[data-beat=footsteps] button")
        await ada.sees(STEPS)
        await ben.sees(STEPS)
        await guest.sees(STEPS)
        causes = [dict(commit.cause.arguments) for commit in node.commits[world.id]]
        assert any(cause.get("beat") == "footsteps" for cause in causes)

        for visitor in (ada, ben, desk):
            assert await visitor.page.evaluate("window.harm") is None
        for secret in ("ben.knows_song", "ben.nerve", "ben.vow"):
            assert not any(secret in frame for frame in ada.frames)
            assert any(secret in frame for frame in ben.frames)
        assert any("only you" in frame for frame in ada.frames)
        assert not any("only you" in frame for frame in guest.frames)


async def test_who_loses_the_line_sees_it_and_misses_nothing(visits: Visits, node: Node) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        ada = await visits.arrive(world)
        await ada.be("ada")
        ben = await dream.enter(world.id, role="ben", invite=world.invite)
        await ada.page.context.set_offline(True)
        node.cut_lines()
        await ada.page.wait_for_selector(".is-away")
        assert await ada.page.locator("[data-action=make_tea]").is_disabled()
        for number in range(3):
            assert (await ben.act("talk", words=f"missed {number}")).ok
        await ada.page.context.set_offline(False)
        for number in range(3):
            await ada.sees(f"missed {number}")
        await ada.page.wait_for_selector(".stage:not(.is-away)")
        heard = await ada.page.locator(".line.said q").all_inner_texts()
        assert heard == [f"missed {number}" for number in range(3)]
        assert await ada.page.locator(".line.gap").count() == 1


async def test_a_page_that_is_loaded_again_goes_on_as_the_same_person(
    visits: Visits, node: Node
) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        ada = await visits.arrive(world)
        await ada.be("ada", "Ari")
        await ada.say("still here")
        await ada.sees("still here")
        await ada.page.reload()
        await ada.page.wait_for_selector(".frame")
        await ada.sees("You are")
        desk = await dream.desk(world.id, token=world.desk_token)
        assert "Ari" in [person.name for person in await desk.people()]


async def test_the_keyboard_alone_is_enough(visits: Visits, node: Node) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        ada = await visits.arrive(world)
        keyboard = ada.page.keyboard
        await ada.page.focus("#name")
        await keyboard.type("Ari")
        await keyboard.press("Tab")
        await keyboard.press("Enter")
        await ada.page.wait_for_selector(".frame")
        ben = await dream.enter(world.id, role="ben", invite=world.invite)
        await ada.page.locator(".mark").focus()
        for _ in range(40):
            await keyboard.press("Tab")
            if await ada.page.evaluate("document.activeElement.dataset.action") == "talk":
                break
        await keyboard.press("Enter")
        await ada.page.wait_for_selector("textarea:focus")
        await keyboard.type("by hand")
        await keyboard.press("Enter")
        await ada.sees("by hand")
        await ada.page.focus(".frame")
        await keyboard.down("ArrowLeft")
        async with asyncio.timeout(5):
            while "ada" not in ben.poses:
                await asyncio.sleep(0.02)
            first = ben.poses["ada"][0]
            while ben.poses["ada"][0] >= first > 0:
                await asyncio.sleep(0.02)
        await keyboard.up("ArrowLeft")


async def test_an_ending_gives_a_keepsake(visits: Visits, node: Node) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        ada = await visits.arrive(world)
        await ada.be("ada", "Ari")
        await ada.say(f"keep {SCRIPT}")
        await ada.sees(f"keep {SCRIPT}")
        desk = await dream.desk(world.id, token=world.desk_token)
        assert (await desk.cue("morning", override=True, why="it is late")).ok
        await ada.page.wait_for_selector("dialog.ending")
        async with ada.page.expect_download() as waiting:
            await ada.page.get_by_role("button", name="Keep this evening").click()
        kept = (await (await waiting.value).path()).read_text("utf-8")
        assert "Ada, played by Ari" in kept
        assert "Two cups, gone cold." in kept
        assert "keep &lt;script&gt;" in kept
        assert "<script" not in kept


async def test_a_spectator_looks_on_and_may_do_nothing(visits: Visits, node: Node) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        guest = await visits.arrive(world)
        await guest.page.get_by_role("button", name="Only watch").click()
        await guest.sees("You watch")
        ada = await dream.enter(world.id, role="ada", invite=world.invite)
        assert (await ada.act("talk", words="is somebody there?")).ok
        await guest.sees("is somebody there?")
        assert await guest.page.locator(".action").count() == 0


async def test_a_refusal_is_said_and_a_veiled_action_shows_no_reason(
    visits: Visits, node: Node
) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        ben = await visits.arrive(world)
        await ben.be("ben")
        await ben.page.click("[data-action=promise]")
        await ben.page.fill("textarea", "I stay. Not one of them sleeps. house.attic")
        await ben.page.keyboard.press("Enter")
        vow = ben.page.locator(".panel.own .entry", has_text="I stay. Not one of them sleeps.")
        await vow.wait_for()
        await ben.page.click("[data-action=hum_to_ada]")
        await ben.sees("The first note will not come. Not now.")
        await ben.page.click(".later summary")
        reasons = await ben.page.locator(".later .why").all_inner_texts()
        assert all(reasons)
        labels = await ben.page.locator(".later .label").all_inner_texts()
        assert not any("hum" in label for label in labels)
