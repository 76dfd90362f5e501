"""A real store for a whole test session, on a data folder that is thrown away."""

import asyncio
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from dreamsync_server.errors import OperatorError
from dreamsync_server.store.binary import find_server
from dreamsync_server.store.embedded import EmbeddedStore


def running_store(data_dir: Path) -> Iterator[str]:
    """Start a store, yield its URL, stop it. Skips where this machine has no store to run."""
    try:
        server = find_server()
    except OperatorError as error:
        pytest.skip(f"no real store: {error}")
    with asyncio.Runner() as runner:
        store = EmbeddedStore(data_dir, server=server)
        runner.run(store.start())
        try:
            yield store.url
        finally:
            runner.run(store.stop())


def fresh_prefix() -> str:
    """Return the beginning of ids that no other test in this store uses."""
    return f"w{secrets.token_hex(5)}_"
