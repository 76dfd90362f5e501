"""`erase`: a person's words leave the store, every node and every branch; the rest still checks."""

from pathlib import Path

import pytest
import redis.asyncio
from cli.nights import exported
from cli.test_branch import branched

import dreamsync
from dreamsync_server.cli import erase as erase_command
from dreamsync_server.cli.assembly import Node
from dreamsync_server.cli.erase import erase
from dreamsync_server.cli.export import export
from dreamsync_server.cli.replay import replay
from dreamsync_server.errors import OperatorError
from dreamsync_server.store.archive import read_archive
from dreamsync_server.store.open import open_store

WORDS, NAME = "the nightjar calls", "Arianrhod"


async def everything(store: str) -> bytes:
    """Return every key of a store with all that it holds."""
    client = redis.asyncio.from_url(store)
    found = b""
    try:
        for key in await client.keys("*"):
            kind = await client.type(key)
            match kind:
                case b"string":
                    value = await client.get(key)
                case b"hash":
                    value = await client.hgetall(key)
                case b"stream":
                    value = await client.xrange(key)
                case b"zset":
                    value = await client.zrange(key, 0, -1)
                case b"set":
                    value = await client.smembers(key)
                case b"none":  # it has just expired
                    continue
                case _:
                    value = await client.lrange(key, 0, -1)
            found += repr((key, value)).encode()
    finally:
        await client.aclose()
    return found


async def test_a_persons_words_are_nowhere_and_every_digest_comes_out(
    stored_node: Node, valkey_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    played, _ = await exported(stored_node, valkey_url, tmp_path, WORDS, NAME)
    world = played.world.id
    made = await branched(stored_node, valkey_url, world, str(played.whispered), capsys)
    url = f"ws://127.0.0.1:{stored_node.port}"
    async with dreamsync.connect(url) as dream:
        desk = await dream.desk(world, token=played.world.desk_token)
        assert WORDS.encode() in await everything(valkey_url)
        assert await erase(world, NAME, valkey_url, Path()) == 0
        told = capsys.readouterr().out
        assert f"{world}: 3 texts erased." in told
        assert f"{made['id']}: 2 texts erased." in told
        held = await everything(valkey_url)
        assert WORDS.encode() not in held
        assert NAME.encode() not in held
        assert b"Bo" in held
        late = await dream.enter(world, role="guest", name="Cleo", invite=played.world.invite)
        marks = [mark async for mark in desk.history()]
        looks = [await desk.look(seq, "ben") for seq in range(1, played.tail + 1)]
        seen = str((dict(late.facts), late.recap, dict(desk.facts), marks, looks))
        assert "nightjar" not in seen
        assert NAME not in seen
    for name in (world, made["id"]):
        capsys.readouterr()
        assert await replay(name, valkey_url, Path(), seen_by="ben") == 0
        assert "nightjar" not in capsys.readouterr().out
    after = tmp_path / "after.dream"
    await export(world, valkey_url, Path(), out=after)
    with after.open("rb") as file:
        assert "nightjar" not in str(list(read_archive(file.read)))


async def test_who_is_not_there_or_not_the_only_one_is_asked_about(
    stored_node: Node, valkey_url: str
) -> None:
    async with dreamsync.connect(f"ws://127.0.0.1:{stored_node.port}") as dream:
        world = await dream.create_world("starter", understudies=False)
        for _ in range(2):
            await dream.enter(world.id, role="guest", name="Gil", invite=world.invite)
        with pytest.raises(OperatorError, match="nobody came into this world as 'Zoe'"):
            await erase(world.id, "Zoe", valkey_url, Path())
        with pytest.raises(OperatorError, match="2 sessions came as 'Gil'"):
            await erase(world.id, "Gil", valkey_url, Path())
        assert await erase(world.id, "Gil", valkey_url, Path(), is_all=True) == 0


async def test_what_is_half_done_says_how_it_is_done_to_the_end(
    stored_node: Node, valkey_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    played, _ = await exported(stored_node, valkey_url, tmp_path, "the corncrake calls", "Ceridwen")
    world = played.world.id
    made = await branched(stored_node, valkey_url, world, str(played.whispered), capsys)
    store = open_store(valkey_url)
    try:
        held = await store.held(made["id"])
        assert await store.acquire(made["id"], "a-ghost", "n", held) is not None
    finally:
        await store.close()
    monkeypatch.setattr(erase_command, "ERASE_S", 0.2)
    with pytest.raises(
        OperatorError, match=f"not all is erased; .*{made['id']}: .* by session"
    ) as no:
        await erase(world, "Ceridwen", valkey_url, Path())
    assert b"corncrake" not in await everything(valkey_url)
    session = str(no.value).split()[-1]
    with pytest.raises(OperatorError, match=f"erase {world} {session}"):
        await erase(world, session, valkey_url, Path())
    with pytest.raises(OperatorError, match="by name or session, or it is erased"):
        await erase(world, "Ceridwen", valkey_url, Path())


async def test_who_erases_in_a_branch_hears_of_the_world_it_came_from(
    stored_node: Node, valkey_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    played, _ = await exported(stored_node, valkey_url, tmp_path, WORDS, "Branwen")
    world = played.world.id
    made = await branched(stored_node, valkey_url, world, str(played.whispered), capsys)
    url = f"ws://127.0.0.1:{stored_node.port}"
    async with dreamsync.connect(url) as dream:
        await dream.enter(made["id"], role="guest", name="Later", invite=made["invite"])
    assert await erase(made["id"], "Later", valkey_url, Path()) == 0
    assert world not in capsys.readouterr().out
    assert await erase(made["id"], "Branwen", valkey_url, Path()) == 0
    assert f"erase {world} " in capsys.readouterr().out
