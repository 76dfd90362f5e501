"""`serve` as an operator meets it: a poster, a clean end, no orphans, plain refusals."""

import asyncio
import os
import signal
import socket
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from cli.serving import serving, until_gone

import dreamsync
from dreamsync_server.cli.child import ChildSettings
from dreamsync_server.settings import Settings

ANY_PORT = ("--port", "0", "--public", "starter")


async def test_it_opens_a_public_world_says_so_and_ends_cleanly(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", *ANY_PORT) as served:
        await served.until("Ctrl-C stops everything")
        family = served.family()
        assert len(family) == 3, "store, node and director"
        assert "Dreamsync is open: The House That Slept" in served.printed
        assert str(tmp_path / "data") in served.printed
        assert await served.end(signal.SIGINT) == 0
    await until_gone(family)
    assert "Traceback" not in served.printed


async def test_no_password_stands_on_a_command_line_that_everybody_can_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DREAMSYNC_OPERATOR_TOKEN", "canary-of-the-operator")
    async with serving(tmp_path / "data", *ANY_PORT) as served:
        await served.until("Ctrl-C stops everything")
        for pid in served.family():
            assert b"canary" not in command_of(pid)
            assert b'store.sock"' not in command_of(pid), "nor the store's address"


async def test_a_fault_that_only_a_node_finds_is_one_sentence_too(tmp_path: Path) -> None:
    told = ChildSettings(name="n", store_url="memory://", settings=Settings(tls_cert="none"))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dreamsync_server.cli.node_process", told.model_dump_json(),
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(20):
        _, said = await process.communicate()
    assert process.returncode == 2
    assert said.decode().strip().splitlines() == [
        "dreamsync: TLS needs both a certificate and its key (--tls-cert, --tls-key)"
    ]


async def test_it_ends_cleanly_also_before_its_world_is_open(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", *ANY_PORT) as served:
        async with asyncio.timeout(20):
            while not any(b"node_process" in command_of(pid) for pid in served.family()):
                await asyncio.sleep(0.01)
        assert await served.end(signal.SIGINT) == 0
    assert "Traceback" not in served.printed


async def test_nothing_is_left_behind_when_the_parent_is_killed(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", *ANY_PORT) as served:
        await served.until("Ctrl-C stops everything")
        family = served.family()
        await served.end(signal.SIGKILL)
        await until_gone(family)


async def test_a_world_is_there_again_with_its_link_after_a_restart(tmp_path: Path) -> None:
    links = []
    for _ in range(2):
        async with serving(tmp_path / "data", *ANY_PORT) as served:
            await served.until("Ctrl-C stops everything")
            links.append(served.printed.split("/w#")[1].split()[0])
            assert await served.end() == 0
    assert links[0] == links[1]


async def test_what_was_acked_survives_the_death_of_everything(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", *ANY_PORT) as served:
        await served.until("Ctrl-C stops everything")
        async with dreamsync.connect(f"ws://127.0.0.1:{served.port}") as dream:
            world = (await dream.worlds())[0].id
            ada = await dream.enter(world, role="ada", name="Ari")
            assert (await ada.act("snuff_lamp")).ok
        family = served.family()
        await served.end(signal.SIGKILL)
        await until_gone(family)
    async with serving(tmp_path / "data", *ANY_PORT) as served:
        await served.until("Ctrl-C stops everything")
        async with dreamsync.connect(f"ws://127.0.0.1:{served.port}") as dream:
            watcher = await dream.watch(world)
            assert watcher.facts["house.kitchen.lamp"] is False


async def test_a_node_that_is_killed_is_there_again_and_clients_go_on(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", *ANY_PORT) as served:
        await served.until("Ctrl-C stops everything")
        async with dreamsync.connect(f"ws://127.0.0.1:{served.port}") as dream:
            world = (await dream.worlds())[0].id
            ada = await dream.enter(world, role="ada", name="Ari")
            node = next(pid for pid in served.family() if b"node_process" in command_of(pid))
            os.kill(node, signal.SIGKILL)
            async with asyncio.timeout(20):
                outcome = await ada.act("snuff_lamp")
            assert outcome.ok
            assert ada.resets == 0


async def test_a_port_in_use_is_one_sentence_and_nothing_is_touched(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with serving(tmp_path / "data", "--port", str(port)) as served:
            async with asyncio.timeout(20):
                code = await served.process.wait()
            await served.end()
    assert code == 2
    assert f"port {port}" in served.printed
    assert len(served.printed.strip().splitlines()) == 1
    assert not (tmp_path / "data").exists()


async def test_a_folder_that_is_not_ours_is_refused_and_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "dump.rdb").write_bytes(b"REDIS0011")
    async with serving(data, *ANY_PORT) as served:
        async with asyncio.timeout(20):
            code = await served.process.wait()
        await served.end()
    assert code == 2
    assert len(served.printed.strip().splitlines()) == 1
    assert [path.name for path in data.iterdir()] == ["dump.rdb"]


async def test_a_store_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    async with serving(tmp_path, "--store", "redis://127.0.0.1:1/0", *ANY_PORT) as served:
        async with asyncio.timeout(20):
            code = await served.process.wait()
        await served.end()
    assert code == 2
    assert "cannot be reached" in served.printed


async def test_a_profile_that_the_store_does_not_keep_is_refused_with_what_mends_it(
    tmp_path: Path, valkey_url: str
) -> None:
    more = ("--store", valkey_url, "--profile", "replicated", *ANY_PORT)
    async with serving(tmp_path, *more) as served:
        async with asyncio.timeout(20):
            code = await served.process.wait()
        await served.end()
    assert code == 2
    assert "CONFIG SET min-replicas-to-write 1" in served.printed


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


async def test_a_world_with_players_on_two_nodes_is_one_world_also_when_one_dies(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path / "data", *ANY_PORT, "--workers", "2") as served:
        await served.until("Ctrl-C stops everything")
        nodes = [pid for pid in served.family() if b"node_process" in command_of(pid)]
        assert len(nodes) == 2
        url = f"ws://127.0.0.1:{served.port}"
        async with AsyncExitStack() as stack:
            dream = await stack.enter_async_context(dreamsync.connect(url))
            world = await dream.create_world("starter", private=False, spectators=True)
            ada = await dream.enter(world.id, role="ada", name="Ari")
            ben = await dream.enter(world.id, role="ben", name="Bo")
            watchers = [await dream.watch(world.id) for _ in range(12)]
            for k in range(3):
                assert (await ada.act("talk", words=f"from Ada {k}")).ok
                assert (await ben.act("talk", words=f"from Ben {k}")).ok
            os.kill(nodes[0], signal.SIGKILL)
            assert (await ben.act("snuff_lamp")).ok
            assert (await ada.act("talk", words="in the dark")).ok
            async with asyncio.timeout(20):
                while any(w.position < ada.position for w in watchers):
                    await asyncio.sleep(0.05)
            for watcher in watchers:
                assert watcher.facts["house.kitchen.lamp"] is False
                assert watcher.resets == 0
