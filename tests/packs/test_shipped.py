"""Where worlds are found: the operator's folder, the checkout's, the wheel's."""

from importlib import resources
from pathlib import Path

import pytest

from dreamsync_server.packs import shipped


def test_a_checkout_has_its_worlds(checkout: Path) -> None:
    assert shipped.worlds_folders() == (checkout / "worlds",)
    assert shipped.find_world("starter") == checkout / "worlds" / "starter"


def test_the_operators_folder_is_asked_first(tmp_path: Path) -> None:
    for name in ("starter", "mine", "Not-A-Pack"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pack.yaml").write_text("")
    (tmp_path / "empty").mkdir()

    worlds = shipped.list_worlds(tmp_path)

    assert worlds["starter"] == tmp_path / "starter"
    assert worlds["mine"] == tmp_path / "mine"
    assert not {"Not-A-Pack", "empty"} & set(worlds)
    assert list(worlds) == sorted(worlds)


def test_an_installed_wheel_has_its_worlds_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "dreamsync_server"
    (package / "worlds" / "expo").mkdir(parents=True)
    (package / "worlds" / "expo" / "pack.yaml").write_text("")
    monkeypatch.setattr(resources, "files", lambda _: package)

    assert shipped.find_world("expo") == package / "worlds" / "expo"


@pytest.mark.parametrize("name", ["..", "/etc", "starter/../starter", "", "no_such"])
def test_what_is_not_there_is_none_whatever_is_asked(name: str) -> None:
    assert shipped.find_world(name) is None
