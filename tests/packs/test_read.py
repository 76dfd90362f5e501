"""Folders and files handed in: bounded, plain, and nothing from outside."""

import os
from pathlib import Path

import pytest

from dreamsync_server.limits import PACK_BYTES_MAX, PACK_FILE_BYTES_MAX, PACK_FILES_MAX
from dreamsync_server.packs import check_files, check_folder
from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.read import read_folder, take_files
from dreamsync_server.packs.sample import SAMPLE


def read(folder: Path) -> tuple[dict[str, str], list[str]]:
    faults = Faults()
    files = read_folder(folder, faults)
    return dict(files), [f"{f.code} {f.file}:{f.line}:{f.column}" for f in faults.listed()[0]]


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path = path.with_name(path.name + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def test_yaml_files_of_all_folders_are_read_by_path(tmp_path: Path) -> None:
    write(tmp_path, pack="a", text__en="b", story__beats="c")
    (tmp_path / ".hidden.yaml").write_text("no")
    (tmp_path / "notes.md").write_text("no")

    assert read(tmp_path) == ({"pack.yaml": "a", "story/beats.yaml": "c", "text/en.yaml": "b"}, [])


def test_line_ends_and_a_byte_order_mark_are_normalised(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_bytes(b"\xef\xbb\xbfa\r\nb\rc")
    assert read(tmp_path) == ({"pack.yaml": "a\nb\nc"}, [])


def test_a_link_out_of_the_folder_is_refused_and_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("secret")
    folder = write(tmp_path / "pack", pack="a")
    (folder / "leak.yaml").symlink_to(secret)
    (folder / "up").symlink_to(tmp_path, target_is_directory=True)

    assert read(folder) == ({"pack.yaml": "a"}, ["file_link leak.yaml:1:1", "file_link up:1:1"])


def test_a_link_to_its_own_folder_is_no_endless_walk(tmp_path: Path) -> None:
    write(tmp_path, pack="a")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    assert read(tmp_path) == ({"pack.yaml": "a"}, ["file_link again:1:1"])


def test_bytes_that_are_no_text_are_told_where_they_stand(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_bytes(b"ab\nc\xff")
    assert read(tmp_path) == ({}, ["file_encoding pack.yaml:2:2"])


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    write(tmp_path, pack="x" * (PACK_FILE_BYTES_MAX + 1))
    assert read(tmp_path) == ({}, ["file_size pack.yaml:1:1"])


def test_what_the_machine_does_not_let_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    write(tmp_path, pack="a")
    monkeypatch.setattr(Path, "open", deny)
    assert read(tmp_path) == ({}, ["file_unreadable pack.yaml:1:1"])


def test_names_that_are_not_plain_are_refused(tmp_path: Path) -> None:
    write(tmp_path, pack="a")
    (tmp_path / "two words.yaml").write_text("b")
    (tmp_path / "other.yml").write_text("c")
    assert read(tmp_path)[1] == ["file_name other.yml:1:1", "file_name two words.yaml:1:1"]


def test_a_link_to_nothing_and_what_is_no_file_are_told_and_not_opened(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("a")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nothing.yaml")
    os.mkfifo(tmp_path / "pipe.yaml")
    told = ["file_unreadable gone.yaml:1:1", "file_unreadable pipe.yaml:1:1"]
    assert read(tmp_path) == ({"pack.yaml": "a"}, told)


def test_a_folder_that_is_not_there_is_one_fault(tmp_path: Path) -> None:
    assert read(tmp_path / "none") == ({}, ["file_missing pack.yaml:1:1"])


def test_files_handed_in_are_held_to_the_same_bounds() -> None:
    faults = Faults()
    files = {f"f{k}.yaml": "" for k in range(PACK_FILES_MAX + 1)}
    assert len(take_files(files, faults)) == PACK_FILES_MAX

    big = {f"f{k}.yaml": "x" * PACK_FILE_BYTES_MAX for k in range(9)}
    taken = take_files(big, faults)
    assert sum(map(len, taken.values())) <= PACK_BYTES_MAX

    odd = ("../up.yaml", "a//b.yaml", "/etc/x.yaml", ".hidden.yaml", "a/.b/c.yaml", "a b.yaml")
    assert take_files(dict.fromkeys(odd, ""), faults) == {}
    codes = {fault.code for fault in faults.listed()[0]}
    assert codes == {"file_size", "file_name"}


def test_a_pack_without_pack_yaml_says_so() -> None:
    faults = check_files({"base.yaml": SAMPLE["base.yaml"]}).faults
    assert "file_missing" in {fault.code for fault in faults}


def test_the_id_of_a_pack_on_disk_is_its_folder(tmp_path: Path) -> None:
    for name, text in SAMPLE.items():
        path = tmp_path / "other" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    faults = check_folder(tmp_path / "other").faults

    assert [str(fault) for fault in faults] == [
        "pack.yaml:2:5: the id 'sample' is not the name of its folder; did you mean 'other'?"
    ]
