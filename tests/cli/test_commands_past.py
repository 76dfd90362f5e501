"""The commands about a world's past, as they are typed."""

import subprocess
import sys
from pathlib import Path

import pytest


def typed(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dreamsync_server.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    "words",
    [("import", "x.dream"), ("replay", "x.dream"), ("export", "w"), ("branch", "w"), ("erase", "w", "p")],
    ids=lambda words: words[0],
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(words: tuple[str, ...], tmp_path: Path) -> None:
    given = words if words[0] == "replay" else (*words, "--data", str(tmp_path))
    ended = typed(*given)
    assert ended.returncode == 1
    assert ended.stderr.startswith("dreamsync: ")
    assert len(ended.stderr.strip().splitlines()) == 1
