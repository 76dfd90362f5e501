"""`branch`: a world from any moment, also before what was sealed, and at a node that is killed."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio
from cli.nights import night

import dreamsync
from dreamsync_server.cli.assembly import Node
from dreamsync_server.cli.branch import branch
from dreamsync_server.errors import OperatorError
from dreamsync_server.limits import STAGED_S
from dreamsync_server.store.open import open_store


async def branched(
    node: Node, store: str, world: str, at: str, capsys: pytest.CaptureFixture[str]
) -> Any:
    capsys.readouterr()
    url = f"ws://127.0.0.1:{node.port}"
    assert await branch(world, at, store, Path(), url, title="What if?", is_json=True) == 0
    return json.loads(capsys.readouterr().out)


async def test_a_branch_begins_as_the_origin_was_and_the_origin_is_not_touched(
    stored_node: Node, valkey_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    played = await night(stored_node)
    made = await branched(
        stored_node, valkey_url, played.world.id, str(played.whispered), capsys
    )  # fmt: skip
    store = open_store(valkey_url)
    try:
        ours, theirs = [await store.read(world, 0, played.whispered)
                        for world in (played.world.id, made["id"])]  # fmt: skip
        assert list(ours) == list(theirs)
        card = await store.card(made["id"])
        assert card is not None
        assert (card.origin, card.title, card.is_private) == (played.world.id, "What if?", True)
    finally:
        await store.close()
    async with dreamsync.connect(f"ws://127.0.0.1:{stored_node.port}") as dream:
        ada = await dream.enter(made["id"], role="ada", invite=made["invite"])
        assert (await ada.act("talk", words="otherwise")).ok
        desk = await dream.desk(made["id"], token=made["desk_token"])
        marks = [mark async for mark in desk.history()]
        assert "branch" in [mark.kind for mark in marks]
        with pytest.raises(dreamsync.DreamsyncError):
            await dream.desk(made["id"], token=played.world.desk_token)


@pytest.mark.parametrize(
    ("at", "match"), [("9999", "no such moment"), ("soon", "no moment"), ("0", "no moment")]
)
async def test_a_moment_that_never_was_makes_nothing(
    stored_node: Node, valkey_url: str, at: str, match: str
) -> None:
    played = await night(stored_node)
    with pytest.raises(OperatorError, match=match):
        await branch(played.world.id, at, valkey_url, Path(), "ws://127.0.0.1:1")
    store = open_store(valkey_url)
    try:
        assert played.world.id not in [card.origin for card in await store.worlds()]
    finally:
        await store.close()


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from dreamsync_server.cli.branch import branch
from dreamsync_server.store.redis.store import RedisStore

method, side, count = sys.argv[4], sys.argv[5], int(sys.argv[6])
plain = getattr(RedisStore, method)

async def killed(self, *given, **more):
    global count
    count -= 1
    if count == 0 and side == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    done = await plain(self, *given, **more)
    if count == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return done

setattr(RedisStore, method, killed)
asyncio.run(branch(sys.argv[1], sys.argv[2], sys.argv[3], Path(), "ws://127.0.0.1:1"))
"""


@pytest.mark.parametrize(
    ("method", "side", "count", "is_made"),
    [
        pytest.param("stage", "before", 1, False, marks=pytest.mark.slow),
        pytest.param("stage", "after", 1, False, marks=pytest.mark.slow),
        ("stage", "after", 2, False),
        pytest.param("create_world", "before", 1, False, marks=pytest.mark.slow),
        ("create_world", "after", 1, True),
    ],
)
async def test_who_branches_may_be_killed_at_any_moment(
    stored_node: Node, valkey_url: str, method: str, side: str, count: int, is_made: bool
) -> None:
    played = await night(stored_node)
    world = played.world.id
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, world, str(played.whispered), valkey_url, method, side,
        str(count),
    )  # fmt: skip
    async with asyncio.timeout(30):
        assert await process.wait() == -signal.SIGKILL
    store = open_store(valkey_url)
    client = redis.asyncio.from_url(valkey_url)
    try:
        made = [card for card in await store.worlds() if card.origin == world]
        assert len(made) == is_made
        for card in made:
            assert len(await store.read(card.world, 0)) == played.whispered + 1
        for key in await client.keys("*:segments"):
            name = key.decode()[3:].partition("}")[0]
            if await store.card(name) is None:  # what is left of it goes by itself
                assert 0 < await client.pttl(key) <= STAGED_S * 1000
    finally:
        await client.aclose()
        await store.close()
    async with dreamsync.connect(f"ws://127.0.0.1:{stored_node.port}") as dream:
        desk = await dream.desk(world, token=played.world.desk_token)
        assert (await desk.cue("chime", override=True)).ok
