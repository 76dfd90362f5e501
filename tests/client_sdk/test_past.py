"""A world's past through the Python SDK, on a real node."""

import asyncio

import pytest
from support.node import open_node

from dreamsync.errors import RefusedError

DEADLINE_S = 20.0


async def test_a_desk_reads_looks_branches_and_erases() -> None:
    async with asyncio.timeout(DEADLINE_S), open_node() as node, node.connect() as dream:
        world = await dream.create_world("starter", seed=7, understudies=False)
        ada = await dream.enter(world.id, role="ada", name="Ari", invite=world.invite)
        said = await ada.act("whisper", who="ben", words="just us")
        desk = await dream.desk(world.id, token=world.desk_token)
        await desk.cue("chime", override=True, why="they wait")
        marks = [mark async for mark in desk.history()]
        assert next(mark.name for mark in marks if mark.kind == "join") == "Ari"
        assert [mark.why for mark in marks if mark.kind == "beat"] == ["they wait"]
        look = await desk.look(said.position[1], "ben")
        assert any("just us" in (line.text or "") for line in look.lines)
        branch = await desk.branch(said.position[1], "What if?")
        there = await dream.enter(branch.id, role="ben", invite=branch.invite)
        assert there.world.title == "What if?"
        session = next(mark.session for mark in marks if mark.name == "Ari")
        assert await desk.erase(session) == 2
        look = await desk.look(said.position[1], "ben")
        assert not any("just us" in (line.text or "") for line in look.lines)
        await ada.until(lambda facts: facts["ada.player"] == "", timeout_s=10)
        with pytest.raises(RefusedError, match="no such moment"):
            await desk.look(9_999)
