"""A server's connections: behind Sentinels only to a primary."""

from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import ReadOnlyError
from support.stores import running_stores

from dreamsync_server.store.redis.client import Server


async def test_a_server_that_is_a_replica_is_not_taken_for_the_primary(tmp_path: Path) -> None:
    for stores in running_stores("replicas", tmp_path):
        primary, replica = stores.servers
        good = Server("p", f"redis://127.0.0.1:{primary.port}", timeout_s=2, must_be_primary=True)
        bad = Server("r", f"redis://127.0.0.1:{replica.port}", timeout_s=2, must_be_primary=True)
        reader: Any = bad.reader

        assert await good.writer.set("a", "1")
        with pytest.raises(ReadOnlyError, match="replica"):
            await reader.get("a")

        await good.close()
        await bad.close()
