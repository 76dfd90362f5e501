"""`learn`: odds are written into the pack, found good, and told to be of another one later."""

import json
import shutil
from pathlib import Path

import pytest

from dreamsync_server.cli.learn import learn
from dreamsync_server.packs import load_folder


@pytest.fixture
def folder(tmp_path: Path, checkout: Path) -> Path:
    shutil.copytree(checkout / "worlds/starter", tmp_path / "starter")
    return tmp_path / "starter"


def test_it_writes_odds_that_the_pack_goes_by(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert learn(str(folder), 20, 1, 1) == 0
    assert "learned from 20 runs" in capsys.readouterr().out
    text = (folder / "odds.yaml").read_text("utf-8")
    odds = load_folder(folder).odds
    assert odds is not None
    assert odds.runs == 20

    assert learn(str(folder), 20, 1, 1) == 0
    assert (folder / "odds.yaml").read_text("utf-8") == text


def test_check_says_whether_they_are_of_this_pack(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert learn(str(folder), 20, 1, 1, is_check=True) == 1
    assert "nothing was learned yet" in capsys.readouterr().out
    learn(str(folder), 20, 1, 1, is_json=True)
    assert json.loads(capsys.readouterr().out)["runs"] == 20
    assert learn(str(folder), 20, 1, 1, is_check=True) == 0

    with (folder / "facts.yaml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")

    assert learn(str(folder), 20, 1, 1, is_check=True) == 1
    assert "learned with other rules" in capsys.readouterr().out
