"""A moment in words: what a pair of eyes saw of it."""

from pathlib import Path

import pytest
from cli.nights import WORDS, exported

from dreamsync_server.cli.assembly import Node
from dreamsync_server.cli.replay import replay
from dreamsync_server.errors import OperatorError


async def test_one_moment_of_a_file_is_shown_through_a_roles_eyes(
    stored_node: Node, valkey_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    played, file = await exported(stored_node, valkey_url, tmp_path)
    at = str(played.whispered)
    shown = {}
    for eyes in ("ben", "guest.2", "desk"):
        capsys.readouterr()
        assert await replay(str(file), "", Path(), at=at, seen_by=eyes) == 0
        shown[eyes] = capsys.readouterr().out
    assert WORDS in shown["ben"]
    assert f"(seq {at}, running), seen by ben" in shown["ben"]
    assert WORDS not in shown["guest.2"]
    assert "ada.nerve" not in shown["guest.2"]
    assert "ada.nerve = 5" in shown["desk"]
    assert "twice" not in shown["desk"]


async def test_a_file_and_the_world_it_is_of_replay_alike(
    stored_node: Node, valkey_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    played, file = await exported(stored_node, valkey_url, tmp_path)
    told = []
    for where in (str(file), played.world.id):
        capsys.readouterr()
        await replay(where, valkey_url, Path(), seen_by="ben", until=str(played.tail))
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    with pytest.raises(OperatorError, match="the log ends at seq"):
        await replay(str(file), "", Path(), at="9999")
