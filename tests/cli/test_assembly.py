"""A node put together serves a world over a real socket, and lets go of it at the end."""

import pytest

import dreamsync
from dreamsync_server.cli.assembly import open_node
from dreamsync_server.cli.child import ChildSettings
from dreamsync_server.settings import Settings


def settings() -> ChildSettings:
    return ChildSettings(
        name="n1", store_url="memory://", settings=Settings(port=0, public_pack="")
    )


async def test_a_node_opens_a_world_and_plays_it() -> None:
    async with open_node(settings()) as node:
        async with dreamsync.connect(f"ws://127.0.0.1:{node.port}") as dream:
            world = await dream.create_world("starter", seed=3)
            ada = await dream.enter(world.id, role="ada", name="Ari", invite=world.invite)
            assert (await ada.act("make_tea")).ok
            assert node.host.worlds == [world.id]
    assert node.host.worlds == []


async def test_a_world_that_faults_ends_for_its_people_and_for_nobody_else() -> None:
    async with open_node(settings()) as node:
        async with dreamsync.connect(f"ws://127.0.0.1:{node.port}") as dream:
            sick = await dream.create_world("starter", seed=3)
            well = await dream.create_world("starter", seed=4)
            ada = await dream.enter(sick.id, role="ada", invite=sick.invite)
            ben = await dream.enter(well.id, role="ben", invite=well.invite)
            owner = node.host.owner(sick.id)
            assert owner is not None
            owner.state.facts["ada.nerve"] = "not a number"
            with pytest.raises(dreamsync.DreamsyncError, match="fault"):
                await ada.act("make_tea")
            assert (await ben.act("make_tea")).ok
