"""A node is killed under people in browsers: they see it, come back by themselves, miss nothing."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from cli.serving import serving

import dreamsync
from browser.visits import visiting

pytestmark = pytest.mark.asyncio(loop_scope="session")
DEADLINE_S = 240.0
ARGUMENTS = ("--port", "0", "--public", "", "--workers", "2")


def nodes_of(pids: list[int]) -> list[int]:
    return [pid for pid in pids if b"node_process" in Path(f"/proc/{pid}/cmdline").read_bytes()]


async def test_a_node_is_killed_under_two_people_and_they_play_on(browser, tmp_path: Path) -> None:
    async with (
        asyncio.timeout(DEADLINE_S), serving(tmp_path / "data", *ARGUMENTS) as served,
    ):  # fmt: skip
        await served.until("Ctrl-C stops everything")
        url = f"ws://127.0.0.1:{served.port}"
        async with visiting(browser, url) as visits, dreamsync.connect(url) as dream:
            world = await dream.create_world("starter", seed=7, understudies=False)
            ada, ben = await asyncio.gather(visits.arrive(world), visits.arrive(world))
            await ada.be("ada")
            await ben.be("ben")
            await ada.say("before")
            await ben.sees("before")
            for pid in nodes_of(served.family()):
                os.kill(pid, signal.SIGKILL)
                # One after the other: whichever node they are on, it dies under them.
                async with asyncio.timeout(60):
                    while pid in served.family() or len(nodes_of(served.family())) < 2:
                        await asyncio.sleep(0.1)
                await ada.page.wait_for_selector(".stage:not(.is-away)")
                await ben.page.wait_for_selector(".stage:not(.is-away)")
                await ada.say(f"after {pid}")
                await ben.sees(f"after {pid}")
            said = await ben.page.locator(".line.said q").all_inner_texts()
            assert len(said) == len(set(said)) == 3
