"""A server's connections: behind Sentinels only to a primary."""

import asyncio
from pathlib import Path

import pytest
from redis.exceptions import ReadOnlyError
from support.stores import running_stores

from dreamsync_server.store.redis.client import Server


async def test_a_server_that_is_a_replica_is_not_taken_for_the_primary(tmp_path: Path) -> None:
    for stores in running_stores("replicas", tmp_path):
        primary, replica = stores.servers
        good = Server("p", f"redis://127.0.0.1:{primary.port}", timeout_s=2, must_be_primary=True)
        bad = Server("r", f"redis://127.0.0.1:{replica.port}", timeout_s=2, must_be_primary=True)
        until_s = asyncio.get_running_loop().time() + 2

        assert await good.writer.call([("SET", "a", "1")], until_s) == [b"OK"]
        with pytest.raises(ReadOnlyError, match="replica"):
            await bad.reader.call([("GET", "a")], until_s)

        await good.close()
        await bad.close()
