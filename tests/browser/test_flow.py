"""The flow of lines in a real browser: it follows what comes, unless somebody reads further up."""

import asyncio

import pytest
from support.node import Node

from browser.visits import PHONE, Visitor, Visits
from dreamsync.player import Player

pytestmark = pytest.mark.asyncio(loop_scope="session")
DEADLINE_S = 240.0
LONG = "a long sentence about the house, the rain and the stairs, so that it takes some room"
LEFT = "(one) => Math.round(one.scrollHeight - one.scrollTop - one.clientHeight)"

GROWN = """(one) => {
  one.querySelector(".line:last-child").style.paddingBottom = "200px";
  one.dispatchEvent(new Event("scroll"));
}"""


async def burst(ben: Player, first: int, count: int) -> None:
    for k in range(first, first + count):
        assert (await ben.act("talk", words=f"{k}: {LONG}")).ok


async def follows(ada: Visitor) -> None:
    """Wait until the page's flow has come to its end; forever where it does not follow."""
    while await ada.page.locator(".flow").evaluate(LEFT) > 1:
        await asyncio.sleep(0.05)


async def test_the_flow_follows_however_little_room_is_left_and_waits_for_who_reads(
    visits: Visits, node: Node
) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        ada = await visits.arrive(world, PHONE)
        await ada.be("ada")
        ben = await dream.enter(world.id, role="ben", invite=world.invite)
        flow = ada.page.locator(".flow")
        await burst(ben, 0, 6)
        await ada.sees("5: a long")
        # A line grows, and what is below takes room from the flow: nobody has scrolled.
        await flow.evaluate(GROWN)
        await ada.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1] - 150})
        await burst(ben, 6, 6)
        await ada.sees("11: a long")
        async with asyncio.timeout(20):
            await follows(ada)
        await flow.hover()
        await ada.page.mouse.wheel(0, -400)
        while await flow.evaluate(LEFT) < 200:
            await asyncio.sleep(0.05)
        at = await flow.evaluate("(one) => one.scrollTop")
        await burst(ben, 12, 2)
        await ada.page.get_by_role("button", name="2 new lines").wait_for()
        assert await flow.evaluate("(one) => one.scrollTop") == at
        await ada.page.get_by_role("button", name="2 new lines").click()
        async with asyncio.timeout(20):
            await follows(ada)
        assert await ada.page.locator(".newer").count() == 0
