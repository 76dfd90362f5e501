"""The commands about a world's past, as they are typed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dreamsync_server.cli.main import app


@pytest.mark.parametrize(
    "words",
    ["import x.dream", "export w", "branch w --at 3", "erase w somebody", "replay w --as leo"],
    ids=lambda words: words.split()[0],
)
def test_what_cannot_be_done_is_one_sentence(words: str, tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, [*words.split(), "--data", str(tmp_path)])
    assert ended.exit_code == 1
    assert ended.stderr.startswith("dreamsync: no server runs on the data folder")
    assert len(ended.stderr.strip().splitlines()) == 1


def test_a_file_needs_no_server_to_be_replayed(tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, ["replay", str(tmp_path / "none.dream"), "--json"])
    assert ended.exit_code == 1
    assert '"code": "cannot"' in ended.stdout
