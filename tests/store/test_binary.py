"""The store server is found, or the operator is told what to install."""

import sys
from pathlib import Path

import pytest

from dreamsync_server.errors import OperatorError
from dreamsync_server.store import binary
from dreamsync_server.store.binary import check_server, check_version, find_server


def program(path: Path, says: str) -> Path:
    """Write a program that answers anything with a line."""
    path.write_text(f"#!{sys.executable}\nprint({says!r})\n")
    path.chmod(0o755)
    return path


async def test_the_server_of_this_machine_is_found_and_new_enough(valkey_url: str) -> None:
    assert await check_server(find_server())


def test_without_the_shipped_one_the_path_is_searched_and_valkey_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binary, "shipped_server", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    redis = program(tmp_path / "redis-server", "")
    assert find_server() == redis

    valkey = program(tmp_path / "valkey-server", "")
    assert find_server() == valkey


def test_with_none_the_operator_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binary, "shipped_server", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(OperatorError, match=r"install Valkey 8 .*--store URL"):
        find_server()


@pytest.mark.parametrize(
    ("says", "name"),
    [
        ("Valkey server v=9.1.2 sha=0:0 malloc=jemalloc", "Valkey 9.1.2"),
        ("Redis server v=7.0.15 sha=0:0", "Redis 7.0.15"),
    ],
)
async def test_a_server_says_its_version(tmp_path: Path, says: str, name: str) -> None:
    assert await check_server(program(tmp_path / "server", says)) == name


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ("Redis server v=6.2.14 sha=0:0", "6.2.14, which is too old"),
        ("Valkey server v=7.2.0", "7.2.0, which is too old"),
        ("hello", "is no Valkey or Redis server"),
    ],
)
async def test_an_old_or_other_program_is_refused(tmp_path: Path, says: str, sentence: str) -> None:
    with pytest.raises(OperatorError, match=sentence):
        await check_server(program(tmp_path / "server", says))


async def test_a_program_that_does_not_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="does not run here"):
        await check_server(tmp_path / "nothing")


def test_the_first_good_versions_are_good() -> None:
    assert check_version("VALKEY", "8.0.0", "x") == "Valkey 8.0.0"
    assert check_version("redis", "7", "x") == "Redis 7"
