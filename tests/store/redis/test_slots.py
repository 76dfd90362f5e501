"""No call touches two slots: the whole contract on a server in cluster mode that owns them all.

A server in cluster mode refuses what reaches over slots, even where all of them are its own.
"""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import (
    ConnectionError,  # noqa: A004 - the library's name
    ResponseError,
)
from store.bench import Bench
from store.contract import StoreContract
from support.valkey import fresh_prefix

from dreamsync_server.store import tether
from dreamsync_server.store.binary import find_server
from dreamsync_server.store.redis.store import RedisStore

START_S = 20.0


@pytest.fixture(scope="module")
def cluster_url(valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server in cluster mode and give it all slots."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1] % 30_000 + 20_000  # its bus takes the port 10,000 above
    folder: Path = tmp_path_factory.mktemp("cluster")
    command = [str(find_server()), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    command += ["--cluster-enabled", "yes", "--appendonly", "yes", "--save", ""]
    if sys.platform == "linux":
        command = [sys.executable, tether.__file__, str(os.getpid()), *command]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
        url = f"redis://127.0.0.1:{port}"
        try:
            asyncio.run(own_all_slots(url))
            yield url
        finally:
            child.kill()


async def own_all_slots(url: str) -> None:
    """Wait until a server answers, then until it serves every slot."""
    redis: Any = Redis.from_url(url)
    async with asyncio.timeout(START_S):
        while not await is_serving(redis):
            await asyncio.sleep(0.02)
    await redis.aclose()


async def is_serving(redis: Any) -> bool:
    """Give a server all slots, and return whether it has taken them."""
    try:
        told = await redis.execute_command("CLUSTER INFO")
        if told["cluster_slots_assigned"] == "0":
            await redis.execute_command("CLUSTER ADDSLOTSRANGE", 0, 16383)
    except ConnectionError:
        return False
    return bool(told["cluster_state"] == "ok")


@pytest.fixture
async def bench(cluster_url: str) -> AsyncIterator[Bench]:
    store, other = RedisStore(cluster_url), RedisStore(cluster_url)

    async def pass_time(ms: int) -> None:
        await asyncio.sleep(ms / 1000)

    yield Bench(store, other, pass_time, fresh_prefix())
    await asyncio.gather(store.close(), other.close())


class TestInClusterMode(StoreContract):
    """The contract, where slots are watched."""


async def test_the_server_does_watch_its_slots(cluster_url: str) -> None:
    redis: Any = Redis.from_url(cluster_url)

    with pytest.raises(ResponseError, match="hash to the same slot"):
        await redis.mget("a", "b")
    await redis.aclose()
