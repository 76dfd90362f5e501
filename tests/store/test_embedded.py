"""The embedded store starts, survives, dies with its parent, and refuses what it must."""

import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from dreamsync_server.errors import OperatorError
from dreamsync_server.store.data_folder import title_of
from dreamsync_server.store.embedded import EmbeddedStore

DEADLINE_S = 20.0
PARENT = """
import asyncio, pathlib, sys
from dreamsync_server.store.embedded import EmbeddedStore

async def main():
    async with EmbeddedStore(pathlib.Path(sys.argv[1])) as server:
        print(server.pid, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def _needs_a_server(valkey_url: str) -> None:
    """Skip where this machine has no store to run, as the fixture does."""


async def told(url: str, *names: str) -> dict[str, str]:
    """Return settings of a running server."""
    redis: Any = Redis.from_url(url, decode_responses=True)
    values: dict[str, str] = {}
    for name in names:
        values |= await redis.config_get(name)
    await redis.aclose()
    return values


def others_may(path: Path) -> int | None:
    """Return what anybody but its owner may do with a file, None where there is none."""
    return path.stat().st_mode & 0o077 if path.exists() else None


def names_in(path: Path) -> list[str]:
    """Return the names of what lies in a folder."""
    return sorted(each.name for each in path.iterdir())


async def ended(pid: int) -> None:
    """Wait until a process that is not our child is gone."""
    async with asyncio.timeout(DEADLINE_S):
        while title_of(pid):
            await asyncio.sleep(0.01)


async def test_it_keeps_what_is_promised_on_a_socket_for_this_user_alone(tmp_path: Path) -> None:
    async with EmbeddedStore(tmp_path / "data") as server:
        said = await told(
            server.url, "appendonly", "appendfsync", "save", "port", "maxmemory*", "dir"
        )
        socket = Path(server.url.removeprefix("unix://"))

        assert server.name.startswith(("Valkey ", "Redis "))
        assert {**said, "maxmemory-clients": ""} == {
            **said,
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "port": "0",
            "maxmemory": "0",
            "maxmemory-policy": "noeviction",
            "maxmemory-clients": "",
            "dir": str(tmp_path / "data"),
        }
        assert others_may(socket.parent) == others_may(socket) == 0
    assert others_may(socket) is None


async def test_data_is_there_after_a_stop_and_after_a_kill(tmp_path: Path) -> None:
    server = EmbeddedStore(tmp_path / "data")
    for round_ in range(3):
        await server.start()
        redis: Any = Redis.from_url(server.url)
        assert await redis.incr("rounds") == round_ + 1
        await redis.aclose()
        if round_ == 0:
            await server.stop()
        else:
            os.kill(server.pid, signal.SIGKILL)
            assert await server.wait() == -signal.SIGKILL
    await server.stop()


async def test_a_folder_in_use_is_refused_while_its_server_goes_on(tmp_path: Path) -> None:
    async with EmbeddedStore(tmp_path / "data") as server:
        with pytest.raises(OperatorError, match="in use by another server"):
            await EmbeddedStore(tmp_path / "data").start()

        redis: Any = Redis.from_url(server.url)
        assert await redis.ping()
        await redis.aclose()


async def test_a_folder_that_must_not_be_used_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "dump.rdb").write_bytes(b"REDIS0011")

    with pytest.raises(OperatorError, match="RDB"):
        await EmbeddedStore(tmp_path).start()

    assert names_in(tmp_path) == ["dump.rdb"]


async def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    for place in (tmp_path / "data", tmp_path / "data" / "below"):
        with pytest.raises(OperatorError, match="data folder"):
            await EmbeddedStore(place).start()


async def test_a_folder_that_lost_its_log_is_refused_where_a_new_one_has_none_yet(
    tmp_path: Path,
) -> None:
    async with EmbeddedStore(tmp_path / "data"):
        pass
    shutil.rmtree(tmp_path / "data" / "appendonlydir")
    with pytest.raises(OperatorError, match="lost its append-only file"):
        await EmbeddedStore(tmp_path / "data").start()
    # One that was killed before its store had made the file is taken again.
    (tmp_path / "data" / "VERSION").write_text("1 new\n")
    async with EmbeddedStore(tmp_path / "data"):
        assert (tmp_path / "data" / "VERSION").read_text() == "1\n"


async def test_a_damaged_log_is_told_with_the_servers_own_words(tmp_path: Path) -> None:
    async with EmbeddedStore(tmp_path / "data"):
        pass
    (manifest,) = (tmp_path / "data" / "appendonlydir").glob("*.manifest")
    manifest.write_text("nonsense\n")

    with pytest.raises(OperatorError, match=r"ended at once .*Its log is .*store\.log"):
        await EmbeddedStore(tmp_path / "data").start()


async def test_no_process_is_left_when_the_parent_is_killed(tmp_path: Path) -> None:
    parent, pid = await started_parent(tmp_path / "data")

    parent.kill()
    await parent.wait()

    if sys.platform == "linux":
        await ended(pid)
    async with EmbeddedStore(tmp_path / "data") as again:  # elsewhere it stops the orphan
        assert again.pid != pid
    await ended(pid)


async def test_an_orphan_is_stopped_before_its_folder_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.system", lambda: "Elsewhere")  # so that nothing tethers it
    left = EmbeddedStore(tmp_path / "data")
    await left.start()
    pid = left.pid
    monkeypatch.undo()
    lock = left._folder._lock
    assert lock is not None
    os.close(lock)  # as the system does when a process dies
    left._folder._lock = None

    async with EmbeddedStore(tmp_path / "data") as again:
        assert await left.wait() in (0, -signal.SIGTERM)
        assert again.pid != pid


async def test_ctrl_c_for_us_is_not_for_the_store(tmp_path: Path) -> None:
    async with EmbeddedStore(tmp_path / "data") as server:
        assert os.getpgid(server.pid) != os.getpgid(0)


async def started_parent(data_dir: Path) -> tuple[asyncio.subprocess.Process, int]:
    """Start a process that runs an embedded store, and return it and the store's pid."""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(data_dir), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    async with asyncio.timeout(DEADLINE_S):
        return parent, int(await parent.stdout.readline())
