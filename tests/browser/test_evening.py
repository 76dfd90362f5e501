"""Four people and a desk play the expo to an end, in two languages; each gets what is theirs."""

import asyncio
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support.node import Node

from browser.visits import DESKTOP, PHONE, Visitor, visiting
from dreamsync_server.packs import load_folder
from dreamsync_server.world.model import Pack

pytestmark = pytest.mark.asyncio(loop_scope="session")
DEADLINE_S = 240.0
EXPO = Path(__file__).parents[2] / "worlds" / "expo"
ROLES = ("ava", "leo", "mia", "ellis")
DESK_ONLY = ("desk", "nobody")


@cache
def expo_pack() -> Pack:
    """Return the pack that is played; reading it costs as much as a page does."""
    return load_folder(EXPO)


def facts_of_others(role: str) -> set[str]:
    """Return the facts that a role's player may never be sent: others' own, and the desk's."""
    found = set()
    for name, fact in expo_pack().facts.items():
        visible = set(fact.decl.visible)
        is_others = visible == {"self"} and fact.about[0] != role
        if is_others or (visible and visible <= set(DESK_ONLY)):
            found.add(name)
    return found


def told(part: Any) -> Iterator[str]:
    """Yield the names of all facts in a message, wherever it tells of facts."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in ("facts", "changes", "gone"):
                yield from value
            yield from told(value)
    elif isinstance(part, list):
        for one in part:
            yield from told(one)


def leaks(role: str, frames: list[str]) -> set[str]:
    """Return the facts of others that stand in the frames that a page was sent."""
    return {name for frame in frames for name in told(json.loads(frame))} & facts_of_others(role)


async def click(visitor: Visitor, action: str) -> None:
    """Do an action as soon as it is offered, its only choices taken."""
    await visitor.page.click(f"[data-action={action}]:enabled")


async def test_four_people_and_a_desk_play_the_expo_to_an_end(browser, expo: Node) -> None:
    async with (
        asyncio.timeout(DEADLINE_S), visiting(browser, expo.url) as visits, expo.connect() as dream,
    ):  # fmt: skip
        world = await dream.create_world("expo", seed=7, understudies=False)
        hand = await dream.desk(world.id, token=world.desk_token)

        async def arrive(role: str) -> Visitor:
            lang = "de-DE" if role == "leo" else "en-GB"
            visitor = await visits.arrive(world, PHONE if role == "mia" else DESKTOP, lang=lang)
            await visitor.be(role, role.title())
            return visitor

        desk, *players = await asyncio.gather(
            visits.come(f"/desk#{world.id}.{world.desk_token}.{world.invite}"),
            *(arrive(role) for role in ROLES),
        )
        people = dict(zip(ROLES, players, strict=True))
        await desk.sees("Ellis, the office at the top")

        await people["mia"].say("Is anybody in the stacks?")
        await desk.sees("Is anybody in the stacks?")

        await desk.page.fill(".seek", "the line sings")
        await desk.page.locator("[data-beat] .does button").first.click()
        await desk.give_why("to get them all to the window")
        await desk.sees("to get them all to the window")

        await hand.nudge("hurry", "bedtime", ms=600_000)
        await click(people["leo"], "go_under")
        await people["leo"].sees("Du bist Leo")
        for clock in ("small_hours", "shift_change"):
            await hand.nudge("hurry", clock, ms=900_000)
        await hand.until(lambda facts: facts["chapter"] == "expo", timeout_s=60)
        await hand.nudge("hurry", "doors", ms=100_000)
        await click(people["ellis"], "give_keynote")
        await hand.nudge("hurry", "keynote", ms=300_000)
        await hand.nudge("hurry", "floor_time", ms=900_000)
        for visitor in people.values():
            await visitor.page.wait_for_selector("dialog.ending")
        titles = {
            role: await visitor.page.inner_text("#ending-title") for role, visitor in people.items()
        }
        assert titles["leo"] != titles["ava"]
        assert await people["mia"].page.eval_on_selector("dialog.ending", "it => it.scrollTop") == 0
        told = await people["ava"].page.inner_text(".ending-text")
        assert len(told) > 100
        assert titles["ava"] not in told
        await desk.page.click("[data-sight=graph]")
        await desk.page.wait_for_selector(".node.ending.lit")

        for role, visitor in people.items():
            assert len(visitor.frames) > 5
            assert leaks(role, visitor.frames) == set()
        assert leaks("ava", desk.frames), "the search itself finds what a desk is sent"
