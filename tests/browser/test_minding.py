"""The desk mutes somebody in a real browser, and knows them again when they come back anew."""

import asyncio

import pytest
from support.node import Node

from browser.visits import Visits

pytestmark = pytest.mark.asyncio(loop_scope="session")
DEADLINE_S = 240.0


async def test_who_was_muted_and_comes_back_anew_is_marked_at_the_desk(
    visits: Visits, node: Node
) -> None:
    async with asyncio.timeout(DEADLINE_S), node.connect() as dream:
        world = await visits.open(dream)
        ben = await dream.enter(world.id, role="ben", name="Bo", invite=world.invite)
        await dream.enter(world.id, role="ada", name="Ari", invite=world.invite)
        desk = await visits.come(f"/desk#{world.id}.{world.desk_token}")
        row = desk.page.locator("[data-person=ben]")
        await row.get_by_role("button", name="Mute").click()
        await desk.give_why("unkind words")
        await row.get_by_text("muted", exact=False).wait_for()
        await desk.sees("muted Ben")  # what was done, and below whom that was told to
        await desk.sees("to Ben alone")
        assert (await ben.act("talk", words="unkind")).code == "muted"
        await ben.leave()
        await row.wait_for(state="detached")
        await dream.enter(world.id, name="Bo", invite=world.invite)
        await desk.sees("was muted before")
        assert await desk.page.get_by_text("was muted before").count() == 1
        # Whoever takes the role anew is muted with it: the desk sees it, and who writes is told.
        again = await visits.arrive(world)
        await again.be("ben")
        await row.get_by_text("muted", exact=False).wait_for()
        await again.say("unkind again")
        await again.sees("The desk has muted you")
