"""`export`: a running world as one file, whole, and with no secret in it."""

import asyncio
import json
import os
from pathlib import Path

import pytest
from cli.nights import WORDS, exported, night

from dreamsync_server.cli.assembly import Node
from dreamsync_server.cli.export import export
from dreamsync_server.errors import OperatorError
from dreamsync_server.gateway.tokens import hash_of
from dreamsync_server.store.archive import Page, read_archive


async def test_a_world_is_exported_while_it_runs(
    stored_node: Node, valkey_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    played, file = await exported(stored_node, valkey_url, tmp_path)
    assert "digest" not in capsys.readouterr().err
    with file.open("rb") as opened:
        pages = [part for part in read_archive(opened.read) if isinstance(part, Page)]
    commits = [commit for page in pages for commit in page.commits]
    assert [commit.position.seq for commit in commits] == list(range(1, len(commits) + 1))
    assert len(commits) >= played.tail
    assert WORDS in str([commit.texts for commit in commits])
    told = str(commits)
    for secret in (played.world.desk_token, played.world.invite, played.world.code):
        assert secret not in told
        assert hash_of(secret) not in told
    assert not list(tmp_path.glob("*.part"))


async def test_what_people_wrote_may_be_left_out(
    stored_node: Node, valkey_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    played = await night(stored_node)
    file = tmp_path / "bare.dream"
    given = {"out": file, "has_texts": False, "is_json": True}
    assert await export(played.world.id, valkey_url, Path(), **given) == 0  # type: ignore[arg-type]
    assert json.loads(capsys.readouterr().out)["texts"] is False
    with file.open("rb") as opened:
        assert WORDS not in str(list(read_archive(opened.read)))


async def test_a_file_that_cannot_be_written_is_said(
    stored_node: Node, valkey_url: str, tmp_path: Path
) -> None:
    played = await night(stored_node)
    with pytest.raises(OperatorError, match="cannot be written"):
        await export(played.world.id, valkey_url, Path(), out=tmp_path / "no" / "such.dream")
    with pytest.raises(OperatorError, match="cannot be written: File name too long"):
        await export(played.world.id, valkey_url, Path(), out=tmp_path / f"{'a' * 300}.dream")
    assert not list(tmp_path.iterdir())


async def test_only_a_file_is_put_in_the_place_of_what_was_there(
    stored_node: Node, valkey_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    played = await night(stored_node)
    (tmp_path / "link").symlink_to(tmp_path / f"{'a' * 240} b.dream")
    await export(played.world.id, valkey_url, Path(), out=tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "link").stat().st_mode & 0o777 == 0o600
    await export(played.world.id, valkey_url, Path(), out=tmp_path / "two words.dream")
    assert f"replay '{tmp_path / 'two words.dream'}'" in capsys.readouterr().out
    os.mkfifo(tmp_path / "pipe")
    writing = asyncio.to_thread(  # it waits until somebody reads
        asyncio.run, export(played.world.id, valkey_url, Path(), out=tmp_path / "pipe")
    )
    reading = asyncio.to_thread((tmp_path / "pipe").read_bytes)
    async with asyncio.timeout(30):
        ended, read = await asyncio.gather(writing, reading)
    assert ended == 0
    assert read.startswith(b"DREAMSYNC-WORLD\n")
    assert (tmp_path / "pipe").is_fifo()
