"""A change of a pack's files goes live under everybody; a fault is told and changes nothing."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest_asyncio
from support.node import Node, open_node
from support.packs import WORLDS

from dreamsync_server.cli.workbench import Workbench, marks_of
from dreamsync_server.clock import SystemClock
from dreamsync_server.store.memory import MemoryStore

PATIENCE_S = 20.0


class Bench:
    """A node with a folder of packs that is watched; its looks are taken by hand."""

    def __init__(self, folder: Path, node: Node) -> None:
        self.folder = folder
        self.node = node
        self.said: list[str] = []
        self.work = Workbench(
            node.shelf, node.host.repack, node.hall.tell_of_pack, self.said.append
        )

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    async def look(self) -> None:
        """Look twice: a change that is at rest is taken in."""
        await self.work.look()
        await self.work.look()


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    folder = tmp_path / "house"
    shutil.copytree(WORLDS / "starter", folder)
    pack = folder / "pack.yaml"
    pack.write_text(pack.read_text("utf-8").replace("id: starter", "id: house"), "utf-8")
    store = MemoryStore(SystemClock())
    async with open_node(store, worlds=tmp_path) as node:
        made = Bench(folder, node)
        await made.work.begin()
        yield made


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():
            await asyncio.sleep(0.01)


async def test_a_change_goes_live_with_everybody_in_place(bench: Bench) -> None:
    async with asyncio.timeout(PATIENCE_S), bench.node.connect() as dream:
        world = await dream.create_world("house", seed=7, understudies=False)
        ada = await dream.enter(world.id, role="ada", invite=world.invite)
        desk = await dream.desk(world.id, token=world.desk_token)
        await desk.watching()
        assert (await ada.act("make_tea")).ok
        before = ada.facts["ada.nerve"]
        bench.edit("actions.yaml", "add: {me.nerve: 1}", "add: {me.nerve: 3}")
        bench.edit("text/en.yaml", "tea.made:", "tea.made: Very quickly now.\nold.tea:")
        await bench.look()
        assert bench.said[0].startswith("house: changed; 1 world goes on under it")
        await until(lambda: "repack" in [c.cause.kind for c in bench.node.commits[world.id]])
        assert (await ada.act("make_tea")).ok
        assert ada.facts["ada.nerve"] == min(10, before + 3)
        assert ada.seat == "ada"
        assert desk.pack_faults == ""


async def test_a_fault_is_told_with_its_place_and_the_world_goes_on(bench: Bench) -> None:
    async with asyncio.timeout(PATIENCE_S), bench.node.connect() as dream:
        world = await dream.create_world("house", seed=7, understudies=False)
        ada = await dream.enter(world.id, role="ada", invite=world.invite)
        desk = await dream.desk(world.id, token=world.desk_token)
        bench.edit("actions.yaml", "when: me.nerve >= 3", "when: me.nerv >= 3")
        await bench.look()
        assert "actions.yaml:" in bench.said[0]
        assert "nerv" in bench.said[0]
        await until(lambda: "actions.yaml:" in desk.pack_faults)
        assert (await ada.act("make_tea")).ok
        bench.edit("actions.yaml", "when: me.nerv >= 3", "when: me.nerve >= 3")
        await bench.look()
        await until(lambda: desk.pack_faults == "")
        assert bench.said[-1] == "house: good again"
        assert "repack" not in [c.cause.kind for c in bench.node.commits[world.id]]


async def test_a_desk_that_comes_later_or_comes_back_is_told_what_was_told_last(
    bench: Bench,
) -> None:
    async with asyncio.timeout(PATIENCE_S), bench.node.connect() as dream:
        world = await dream.create_world("house", seed=7, understudies=False)
        bench.edit("actions.yaml", "when: me.nerve >= 3", "when: me.nerv >= 3")
        await bench.look()
        desk = await dream.desk(world.id, token=world.desk_token)
        await until(lambda: "actions.yaml:" in desk.pack_faults)
        bench.node.cut_lines()
        bench.edit("actions.yaml", "when: me.nerv >= 3", "when: me.nerve >= 3")
        await bench.look()
        await until(lambda: desk.pack_faults == "")


async def test_new_worlds_are_made_of_what_the_files_say_now(bench: Bench) -> None:
    async with asyncio.timeout(PATIENCE_S), bench.node.connect() as dream:
        bench.edit("facts.yaml", "range: [0, 10], start: 5", "range: [0, 10], start: 9")
        await bench.look()
        world = await dream.create_world("house", seed=7, understudies=False)
        ada = await dream.enter(world.id, role="ada", invite=world.invite)
        assert ada.facts["ada.nerve"] == 9


async def test_a_session_that_was_away_over_a_change_comes_back_to_its_seat(bench: Bench) -> None:
    async with asyncio.timeout(PATIENCE_S), bench.node.connect() as dream:
        world = await dream.create_world("house", seed=7, understudies=False)
        ada = await dream.enter(world.id, role="ada", invite=world.invite)
        ben = await dream.enter(world.id, role="ben", invite=world.invite)
        bench.edit("actions.yaml", "add: {me.nerve: 1}", "add: {me.nerve: 2}")
        bench.node.cut_lines()
        await bench.look()
        assert (await ben.act("make_tea")).ok
        assert (await ada.act("make_tea")).ok
        assert (ada.seat, ben.seat) == ("ada", "ben")
        assert ada.facts["ada.nerve"] == 7


async def test_a_restarted_node_goes_on_under_the_pack_in_force(bench: Bench) -> None:
    async with asyncio.timeout(PATIENCE_S), bench.node.connect() as dream:
        world = await dream.create_world("house", seed=7, understudies=False)
        ada = await dream.enter(world.id, role="ada", invite=world.invite)
        bench.edit("actions.yaml", "add: {me.nerve: 1}", "add: {me.nerve: 4}")
        await bench.look()
        assert (await ada.act("talk", words="hello")).ok
    await bench.node.host.drain()
    async with open_node(bench.node.store, name="two", worlds=bench.folder.parent) as other:
        async with asyncio.timeout(PATIENCE_S), other.connect() as dream:
            ben = await dream.enter(world.id, role="ben", invite=world.invite)
            assert (await ben.act("make_tea")).ok
            assert ben.facts["ben.nerve"] == 9


async def test_a_desk_is_shown_the_story_as_it_is_now(bench: Bench) -> None:
    async with asyncio.timeout(PATIENCE_S), bench.node.connect() as dream:
        world = await dream.create_world("house", seed=7, understudies=False)
        desk = await dream.desk(world.id, token=world.desk_token)
        before = {node.id for node in (await desk.graph()).nodes}
        for file in ("story.yaml", "text/en.yaml"):
            bench.edit(file, "footsteps", "tapping")
        await bench.look()
        assert bench.said[0].startswith("house: changed")
        await until(lambda: "repack" in [c.cause.kind for c in bench.node.commits[world.id]])
        now = {node.id for node in (await desk.graph()).nodes}
        assert now - before == {"tapping"}


async def test_a_file_that_is_still_being_written_is_waited_for(bench: Bench) -> None:
    bench.edit("actions.yaml", "times: 3", "times: 4")
    await bench.work.look()
    assert bench.said == []
    await bench.work.look()
    assert len(bench.said) == 1


async def test_it_looks_by_itself(bench: Bench) -> None:
    running = asyncio.create_task(bench.work.run())
    try:
        await asyncio.sleep(0)
        bench.edit("actions.yaml", "times: 3", "times: 5")
        await until(lambda: bool(bench.said))
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


def test_marks_tell_a_change_of_any_file(tmp_path: Path) -> None:
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "en.yaml").write_text("a: b\n", "utf-8")
    before = marks_of(tmp_path)
    (tmp_path / "text" / "en.yaml").write_text("a: bc\n", "utf-8")
    assert marks_of(tmp_path) != before
