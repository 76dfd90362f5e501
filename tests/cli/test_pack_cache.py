"""Checked packs that are kept play as those that were just checked, and only our own are read."""

import os
from pathlib import Path

import pytest
from support.packs import starter

from dreamsync_server.cli import pack_cache
from dreamsync_server.cli.pack_cache import PackCache, own_cache
from dreamsync_server.packs import check_folder
from dreamsync_server.packs.shipped import find_world
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.model import Pack

FILES = {"pack.yaml": "id: starter\n"}


def kept(folder: Path) -> Pack:
    """Return the starter pack as it comes back."""
    PackCache(folder).put(FILES, starter())
    pack = PackCache(folder).get(FILES)
    assert pack is not None
    return pack


def test_a_kept_pack_plays_as_the_one_that_was_checked(tmp_path: Path) -> None:
    digests = []
    for pack in (starter(), kept(tmp_path), kept(tmp_path)):
        play = Playthrough(pack, 7, has_understudies=False)
        play.join("a", "ada")
        for _ in range(3):
            play.act("a", "make_tea")
            play.act("a", "wind_box")
            play.pass_ms(60_000)
        digests.append([commit.digest for commit in play.commits])
    assert digests[0] == digests[1] == digests[2]


def test_the_shipped_worlds_can_be_kept(tmp_path: Path) -> None:
    folder = find_world("expo", None)
    assert folder is not None
    checked = check_folder(folder)
    assert checked.pack is not None
    PackCache(tmp_path).put(checked.files, checked.pack)
    assert PackCache(tmp_path).get(checked.files) == checked.pack


def test_other_files_or_another_engine_are_another_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path)
    assert PackCache(tmp_path).get({**FILES, "more.yaml": ""}) is None
    monkeypatch.setattr(pack_cache, "_engine", lambda: "another")
    assert PackCache(tmp_path).get(FILES) is None


def test_what_is_cut_off_or_writable_by_others_is_not_read(tmp_path: Path) -> None:
    kept(tmp_path)
    (path,) = tmp_path.iterdir()
    os.chmod(path, 0o666)
    assert PackCache(tmp_path).get(FILES) is None
    os.chmod(path, 0o600)
    path.write_bytes(path.read_bytes()[:-9])
    assert PackCache(tmp_path).get(FILES) is None


def test_only_so_many_are_kept_and_a_folder_that_cannot_be_had_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack_cache, "KEPT_MAX", 2)
    cache = PackCache(tmp_path / "a")
    for number in range(4):
        cache.put({"pack.yaml": str(number)}, starter())
    assert len(list((tmp_path / "a").iterdir())) == 2

    (tmp_path / "file").touch()
    PackCache(tmp_path / "file").put(FILES, starter())
    assert PackCache(tmp_path / "file").get(FILES) is None


def test_it_lies_in_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    own_cache().put(FILES, starter())
    assert list((tmp_path / "dreamsync" / "packs").iterdir())
