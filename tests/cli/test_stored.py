"""Finding the store of a running server, and worlds in it."""

from pathlib import Path

import pytest

import dreamsync
from dreamsync_server.cli.assembly import Node
from dreamsync_server.cli.stored import reading, url_of, world_in
from dreamsync_server.errors import OperatorError


def test_a_folder_that_no_server_runs_on_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "store.socket").write_text(str(tmp_path / "gone.sock"))
    for data in (tmp_path, tmp_path / "missing"):
        with pytest.raises(OperatorError, match="no server runs on the data folder"):
            url_of("", data)


async def test_a_store_that_does_not_answer_is_said_without_its_password() -> None:
    for url in ("redis://:hush@127.0.0.1:1/0", "redis://127.0.0.1:1/0?password=hush"):
        with pytest.raises(OperatorError) as refused:
            async with reading(url, Path()):
                pass
        assert str(refused.value) == "the store at redis://127.0.0.1:1/0 does not answer"


async def test_a_class_is_told_from_its_worlds(stored_node: Node, valkey_url: str) -> None:
    async with dreamsync.connect(f"ws://127.0.0.1:{stored_node.port}") as dream:
        made = await dream.open_class("starter", 2)
    with pytest.raises(OperatorError, match=f"is a class .* are {', '.join(made.worlds)}"):
        async with world_in(valkey_url, Path(), made.id):
            pass


async def test_a_world_is_found_by_id_beginning_and_link(
    stored_node: Node, valkey_url: str
) -> None:
    async with dreamsync.connect(f"ws://127.0.0.1:{stored_node.port}") as dream:
        world = await dream.create_world("starter", private=False)
    for asked in (world.id, world.id[:8], f"http://h:1/w#{world.id}.secret"):
        async with world_in(valkey_url, Path(), asked) as found:
            assert (found.card.world, found.pack.id) == (world.id, "starter")


@pytest.mark.parametrize("asked", ["zzzz-not-there", "abc", ""])
async def test_a_world_that_is_not_there_is_said(valkey_url: str, asked: str) -> None:
    with pytest.raises(OperatorError, match=r"there is no world|no address"):
        async with world_in(valkey_url, Path(), asked):
            pass
