"""A new pack from the starter."""

from pathlib import Path

import pytest

from dreamsync_server.errors import OperatorError
from dreamsync_server.packs import check_folder
from dreamsync_server.packs.new import copy_starter


def test_a_copy_can_be_played_under_its_own_name(tmp_path: Path) -> None:
    folder = copy_starter("my_house", tmp_path / "worlds")

    assert folder == tmp_path / "worlds" / "my_house"
    checked = check_folder(folder)
    assert checked.faults == ()
    assert checked.pack is not None
    assert checked.pack.id == "my_house"
    assert [path.name for path in folder.parent.iterdir()] == ["my_house"]


@pytest.mark.parametrize("name", ["My-House", "../up", "", "1st", "a" * 65])
def test_a_name_that_cannot_be_an_id_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OperatorError, match="cannot be the name of a pack"):
        copy_starter(name, tmp_path)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "pack.yaml").write_text("keep")
    with pytest.raises(OperatorError, match="is there already"):
        copy_starter("mine", tmp_path)
    assert (tmp_path / "mine" / "pack.yaml").read_text() == "keep"


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OperatorError, match="cannot be written"):
        copy_starter("mine", tmp_path / "file")
