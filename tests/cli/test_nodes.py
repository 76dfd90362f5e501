"""`nodes` and `drain`, and a deploy under play: nobody is lost, nothing is done twice."""

import asyncio
import json
import signal
from pathlib import Path

import pytest
from cli.serving import serving

import dreamsync
from dreamsync_server.cli.nodes import drain, listing, nodes
from dreamsync_server.errors import OperatorError
from dreamsync_server.host.lease import lease_of
from dreamsync_server.store.data_folder import socket_in
from dreamsync_server.store.open import open_store

PATIENCE_S = 40.0


def test_a_listing_says_who_does_what() -> None:
    found = {
        "node-b": {"kind": "node", "state": "draining", "worlds": 0, "since_ms": 0, "busy": 3},
        "director-a": {"kind": "director", "worlds": 12, "host": "h", "pid": 7, "version": "1.0"},
    }
    lines = listing(found, 3_700_000).splitlines()
    assert lines[0].split() == "node state worlds clients busy up version where".split()
    assert lines[1].split() == ["director-a", "director", "12", "0", "%", "0", "s", "1.0", "h:7"]
    assert lines[2].split() == ["node-b", "draining", "0", "30", "%", "1", "h", "?", "?:?"]
    assert listing({}, 0) == "No process of a server serves this store."


async def test_a_node_that_is_not_there_is_not_drained(valkey_url: str) -> None:
    with pytest.raises(OperatorError, match="there is no node 'nobody'"):
        await drain("nobody", valkey_url, Path())
    with pytest.raises(OperatorError, match="name a node; there are: "):
        await drain("", valkey_url, Path())


async def test_a_director_needs_no_draining(valkey_url: str) -> None:
    store = open_store(valkey_url)
    try:
        await store.put_node("director-x", {"kind": "director"})
        assert await store.lease(lease_of("director-x"), "t", 30)
        with pytest.raises(OperatorError, match="director-x is no node: it serves no client"):
            await drain("director-x", valkey_url, Path())
        await store.drop_lease(lease_of("director-x"))
    finally:
        await store.close()


class Playing:
    """Somebody who says one thing after the other, and what was heard of it."""

    def __init__(self, player: dreamsync.Player, name: str) -> None:
        self.player = player
        self.name = name
        self.said: list[str] = []
        self.work = asyncio.create_task(self._play())

    async def _play(self) -> None:
        while True:
            words = f"{self.name} {len(self.said)}"
            outcome = await self.player.act("talk", words=words)
            assert outcome.ok, outcome
            self.said.append(words)
            await asyncio.sleep(0.03)

    async def go_on(self, count: int) -> None:
        """Wait until it has said so much more."""
        until = len(self.said) + count
        async with asyncio.timeout(PATIENCE_S):
            while len(self.said) < until:
                assert not self.work.done(), self.work.exception()
                await asyncio.sleep(0.02)


async def names_of(data: Path) -> set[str]:
    """Return the nodes that serve."""
    store = open_store(f"unix://{socket_in(data)}")
    try:
        found = await store.nodes()
    finally:
        await store.close()
    return {name for name, said in found.items() if said["kind"] == "node"}


async def owner_in(data: Path) -> str:
    """Return the node that says it owns a world: what nodes say is a second old."""
    store = open_store(f"unix://{socket_in(data)}")
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for name, said in (await store.nodes()).items():
                    if said["kind"] == "node" and said["worlds"]:
                        return name
                await asyncio.sleep(0.1)
    finally:
        await store.close()


async def opened(dream: dreamsync.Dream) -> str:
    """Open a world; a server that has just started may not be so far."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return (await dream.create_world("starter", private=False)).id
            except dreamsync.BusyError:
                await asyncio.sleep(0.2)


async def test_players_play_on_through_a_drain_and_a_deploy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "d"
    async with serving(data, "--port", "0", "--public", "", "--workers", "2") as served:
        await served.until("http://127.0.0.1:")
        async with dreamsync.connect(f"ws://127.0.0.1:{served.port}") as dream:
            world = await opened(dream)
            players = [await dream.enter(world, role=role, name=role) for role in ("ada", "ben")]
            ada, ben = (Playing(player, player.role) for player in players)
            await ada.go_on(5)
            first = await names_of(data)
            capsys.readouterr()
            assert await nodes("", data, is_json=True) == 0
            listed = json.loads(capsys.readouterr().out)["nodes"]
            assert {one["node"] for one in listed if one["kind"] == "node"} == first
            owner = await owner_in(data)

            assert await drain(owner, "", data) == 0
            assert "handed over and ended" in capsys.readouterr().out
            await ada.go_on(5)
            await ben.go_on(5)

            served.process.send_signal(signal.SIGHUP)
            await served.until("3 of 3 processes were replaced")
            await ada.go_on(5)
            await ben.go_on(5)
            assert not first & await names_of(data)
            for one in (ada, ben):
                one.work.cancel()
                await asyncio.gather(one.work, return_exceptions=True)
                assert one.player.resets == 0
            for hearer in (ada, ben):
                heard: list[str] = []
                async with asyncio.timeout(PATIENCE_S):
                    while not {ada.said[-1], ben.said[-1]} <= set(heard):
                        heard += [event.text for event in hearer.player.new_events()]
                        await asyncio.sleep(0.02)
                for one in (ada, ben):
                    lines = [text for text in heard if text.startswith(f"{one.name} ")]
                    assert lines[: len(one.said)] == one.said
                    assert len(lines) <= len(one.said) + 1
        assert await served.end() == 0
