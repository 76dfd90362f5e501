"""`import`: a world from a file goes on where it ended; a bad file makes nothing at all."""

import contextlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio
from cli.nights import WORDS, exported

import dreamsync
from dreamsync_server.cli.assembly import Node
from dreamsync_server.cli.branch import branch
from dreamsync_server.cli.importing import import_world
from dreamsync_server.cli.replay import replay
from dreamsync_server.errors import OperatorError
from dreamsync_server.store.archive import ArchiveWriter, End, Head, PackFiles, Page, read_archive
from dreamsync_server.world.commit import Change


async def imported(
    node: Node, store: str, file: Path, capsys: pytest.CaptureFixture[str], **given: Any
) -> Any:
    url = f"ws://127.0.0.1:{node.port}"
    capsys.readouterr()
    assert await import_world(file, store, Path(), url, is_json=True, **given) == 0
    return json.loads(capsys.readouterr().out)


async def keys_of(store: str) -> set[bytes]:
    client = redis.asyncio.from_url(store)
    try:
        found = set(await client.keys("*"))
    finally:
        await client.aclose()
    # Of who runs, and of worlds that other tests left awake.
    return {key for key in found if not key.startswith((b"lease:", b"nodes")) and
            not key.endswith((b":status", b":seen"))}  # fmt: skip


async def test_a_world_goes_on_in_another_place(
    stored_node: Node, valkey_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    played, file = await exported(stored_node, valkey_url, tmp_path)
    made = await imported(stored_node, valkey_url, file, capsys, title="Again")
    assert made["id"] != played.world.id
    async with dreamsync.connect(f"ws://127.0.0.1:{stored_node.port}") as dream:
        ben = await dream.enter(made["id"], role="ben", name="Cleo", invite=made["invite"])
        assert ben.world.title == "Again"
        desk = await dream.desk(made["id"], token=made["desk_token"])
        assert WORDS in str((await desk.look(played.whispered, "ben")).lines)
        assert ben.facts["ada.held"] == "nobody"
        assert (await ben.act("talk", words="on we go")).ok
    assert await replay(made["id"], valkey_url, Path(), seen_by="ben") == 0
    told = capsys.readouterr().out
    assert WORDS in told
    assert "on we go" in told


async def test_an_archive_can_be_looked_at_and_not_played(
    stored_node: Node, valkey_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, file = await exported(stored_node, valkey_url, tmp_path)
    made = await imported(stored_node, valkey_url, file, capsys, is_closed=True)
    async with dreamsync.connect(f"ws://127.0.0.1:{stored_node.port}") as dream:
        card = await dream.card(made["id"], invite=made["invite"])
        assert card.state == "ended"
        desk = await dream.desk(made["id"], token=made["desk_token"])
        player = await dream.enter(made["id"], role="ben", invite=made["invite"])
        with contextlib.suppress(dreamsync.DreamsyncError):  # it may be let go before the answer
            assert not (await player.act("talk", words="hello?")).ok
        assert (await desk.look(3)).facts["ada.nerve"] == 5
    assert await replay(made["id"], valkey_url, Path()) == 0
    with pytest.raises(OperatorError, match=rf"over there: .* \(--at {made['seq']}\)"):
        await branch(made["id"], "", valkey_url, Path(), "")
    await import_world(file, valkey_url, Path(), "", is_closed=True)
    told = capsys.readouterr().out
    assert "The archive " in told
    assert "To play" not in told


def rewritten(raw: bytes, change: Callable[[Any], Any], digest: int | None = None) -> bytes:
    """Return a file written anew, each part of it changed."""
    out = io.BytesIO()
    writer = ArchiveWriter(out.write)
    last = 0
    for part in map(change, read_archive(io.BytesIO(raw).read)):
        match part:
            case Head():
                writer.head(part.card, (1, part.tail), 1, "x")
            case PackFiles():
                writer.pack(part.hash, part.files)
            case Page():
                writer.page(part.commits)
                last = part.commits[-1].digest
            case End():
                writer.end(last if digest is None else digest)
    return out.getvalue()


def another_pack(part: Any) -> Any:
    if isinstance(part, PackFiles):
        name, text = next(iter(part.files.items()))
        return PackFiles(part.hash, {**part.files, name: f"{text}\n# changed\n"})
    return part


def another_card(part: Any) -> Any:
    return replace(part, card=replace(part.card, pack_hash="e" * 64)) if (
        isinstance(part, Head)) else part  # fmt: skip


def no_pack_at_all(part: Any) -> Any:
    return PackFiles(part.hash, {"pack.yaml": "{"}) if isinstance(part, PackFiles) else part


def a_forged_fact(part: Any) -> Any:
    if not isinstance(part, Page):
        return part
    commits = [*part.commits]
    commits[1] = replace(commits[1], changes=(*commits[1].changes, Change("ada.nerve", 10)))
    return Page(commits)


@pytest.mark.parametrize(
    ("change", "digest", "match"),
    [
        (another_pack, None, r"hash does not come out|cannot be played"),
        (another_card, None, "not the one that the world was opened with"),
        (no_pack_at_all, None, "cannot be played"),
        (a_forged_fact, None, "digest"),
        (lambda part: part, 5, "ends otherwise"),
    ],
    ids=["changed pack", "foreign pack", "broken pack", "forged fact", "wrong digest"],
)
async def test_a_world_that_does_not_come_out_is_refused_and_nothing_is_made(
    stored_node: Node, valkey_url: str, tmp_path: Path, change: Any, digest: int | None, match: str
) -> None:
    _, file = await exported(stored_node, valkey_url, tmp_path)
    bad = tmp_path / "bad.dream"
    bad.write_bytes(rewritten(file.read_bytes(), change, digest))
    before = await keys_of(valkey_url)
    with pytest.raises(OperatorError, match=match):
        await import_world(bad, valkey_url, Path(), "ws://127.0.0.1:1")
    assert await keys_of(valkey_url) <= before


async def test_a_file_that_is_cut_off_is_refused_and_nothing_is_made(
    stored_node: Node, valkey_url: str, tmp_path: Path
) -> None:
    _, file = await exported(stored_node, valkey_url, tmp_path)
    raw = file.read_bytes()
    before = await keys_of(valkey_url)
    for size in (0, 10, 200, len(raw) // 2, len(raw) - 1):
        cut = tmp_path / "cut.dream"
        cut.write_bytes(raw[:size])
        with pytest.raises(OperatorError, match=r"cut off|damaged|no exported world"):
            await import_world(cut, valkey_url, Path(), "ws://127.0.0.1:1")
    assert await keys_of(valkey_url) <= before
    with pytest.raises(OperatorError, match="cannot be read"):
        await import_world(tmp_path / "none.dream", valkey_url, Path(), "ws://127.0.0.1:1")
