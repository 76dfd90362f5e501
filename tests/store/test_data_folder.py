"""A data folder is taken by one server, and one that must not be used is not touched."""

import os
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dreamsync_server.errors import OperatorError
from dreamsync_server.store.data_folder import (
    SOCKET_PATH_BYTES_MAX,
    DataFolder,
    end_process,
    socket_in,
    title_of,
)


def contents(path: Path) -> dict[str, bytes]:
    """Return everything that lies in a folder."""
    return {
        each.relative_to(path).as_posix(): each.read_bytes() if each.is_file() else b"/"
        for each in path.rglob("*")
    }


def test_a_new_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "deep" / "data")

    socket = folder.prepare()

    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    assert (folder.path / "VERSION").read_text() == "1 new\n"
    folder.settle()
    assert (folder.path / "VERSION").read_text() == "1\n"
    folder.leave()


def test_a_folder_used_before_is_taken_again(tmp_path: Path) -> None:
    first = DataFolder(tmp_path / "data")
    first.prepare()
    first.leave()

    second = DataFolder(tmp_path / "data")
    second.prepare()
    second.leave()


def an_rdb(path: Path) -> None:
    (path / "dump.rdb").write_bytes(b"REDIS0011")


def an_rdb_in_our_layout(path: Path) -> None:
    (path / "VERSION").write_text("1\n")
    (path / "dump.rdb").write_bytes(b"REDIS0011")


def ours_without_its_file(path: Path) -> None:
    (path / "VERSION").write_text("1\n")
    (path / "appendonlydir").mkdir()


def a_folder_for_a_version(path: Path) -> None:
    (path / "VERSION").mkdir()


def another_layout(path: Path) -> None:
    (path / "VERSION").write_text("2\n")


def a_strangers_store(path: Path) -> None:
    (path / "appendonlydir").mkdir()
    (path / "appendonlydir" / "appendonly.aof.manifest").write_text("file x seq 1 type i\n")


def somebodys_files(path: Path) -> None:
    (path / "thesis.txt").write_text("mine")


@pytest.mark.parametrize(
    ("fill", "sentence"),
    [
        (an_rdb, "has an RDB file and no append-only file"),
        (an_rdb_in_our_layout, "has an RDB file and no append-only file"),
        (ours_without_its_file, "has lost its append-only file"),
        (a_folder_for_a_version, "cannot be used: Is a directory"),
        (another_layout, "has layout '2', and this server uses layout '1'"),
        (a_strangers_store, "is no data folder of this server"),
        (somebodys_files, "is no data folder of this server"),
    ],
)
def test_a_folder_that_must_not_be_used_is_refused_and_not_touched(
    tmp_path: Path, fill: Callable[[Path], None], sentence: str
) -> None:
    fill(tmp_path)
    before = contents(tmp_path)

    with pytest.raises(OperatorError, match=sentence):
        DataFolder(tmp_path).prepare()

    assert contents(tmp_path) == before


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    with pytest.raises(OperatorError, match="is not a folder"):
        DataFolder(tmp_path / "data").prepare()
    with pytest.raises(OperatorError, match="cannot be made"):
        DataFolder(tmp_path / "data" / "below").prepare()


def test_a_folder_in_use_is_refused_until_it_is_left(tmp_path: Path) -> None:
    using, second = DataFolder(tmp_path / "data"), DataFolder(tmp_path / "data")
    using.prepare()
    before = contents(tmp_path)

    with pytest.raises(OperatorError, match="in use by another server"):
        second.prepare()
    assert contents(tmp_path) == before

    using.leave()
    second.prepare()
    second.leave()


def test_a_deep_folder_has_its_socket_in_a_short_place(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path.joinpath(*["a_rather_long_name"] * 8))

    socket = folder.prepare()

    assert len(os.fsencode(socket)) <= SOCKET_PATH_BYTES_MAX
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    folder.leave()
    assert not socket.parent.exists()
    assert tempfile.gettempdir()


def test_an_orphan_is_a_process_that_still_names_the_folders_socket(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    socket = folder.prepare()
    waits = "import sys; print(flush=True); sys.stdin.read()"
    with (
        subprocess.Popen(
            [sys.executable, "-c", waits, f"unixsocket:{socket}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as ours,
        subprocess.Popen(
            [sys.executable, "-c", waits], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as strange,
    ):
        for child in (ours, strange):
            assert child.stdout is not None
            child.stdout.readline()
        assert folder.orphan() is None

        folder.pid_path.write_text(f"{strange.pid}\n")
        assert folder.orphan() is None
        folder.pid_path.write_text(f"{ours.pid}\n")
        assert folder.orphan() == ours.pid

        strange.kill()
        ours.kill()
    assert folder.orphan() is None
    folder.leave()


def test_a_process_is_ended_even_if_it_does_not_want_to() -> None:
    deaf = (
        "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        " print(flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", deaf], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    child.stdout.readline()
    assert title_of(child.pid)

    end_process(child.pid, patience_s=0.1)

    assert child.wait(timeout=10) == -9
    for pipe in (child.stdin, child.stdout):
        assert pipe is not None
        pipe.close()
    end_process(child.pid, patience_s=0.1)


def test_the_last_words_are_the_last_line_that_was_logged(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert folder.last_words() == ""

    folder.log_path.write_text("first\nFatal error loading the DB\n\n")

    assert folder.last_words() == "Fatal error loading the DB"


def test_a_folder_says_where_its_server_listens_while_one_runs(tmp_path: Path) -> None:
    assert socket_in(tmp_path) is None
    folder = DataFolder(tmp_path / "data")
    place = folder.prepare()
    assert socket_in(folder.path) is None  # nobody listens yet
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        assert socket_in(folder.path) == place
    folder.leave()
    assert socket_in(folder.path) is None


def test_a_disk_without_room_is_refused_before_anything_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataFolder(tmp_path / "deep" / "data")
    folder.check_room()
    monkeypatch.setattr("dreamsync_server.store.data_folder.STORE_DISK_FREE_MIN", 1 << 62)
    with pytest.raises(OperatorError, match=r"disk under .*data is full .* or name another"):
        folder.check_room()
    assert list(tmp_path.iterdir()) == []
