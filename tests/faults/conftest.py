"""Fixtures of the fault tests: where a rig lies, and that it leaves no process behind."""

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

GONE_S = 5.0
_VARIABLE = "DREAMSYNC_TEST_RUN"


@pytest.fixture(autouse=True)
async def no_orphans(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Mark every process that the test starts, and see that each has gone at the end."""
    token = secrets.token_hex(8)
    monkeypatch.setenv(_VARIABLE, token)
    yield token
    async with asyncio.timeout(GONE_S):
        while left := processes_of(token):
            await asyncio.sleep(0.02)
    assert not left


def processes_of(token: str) -> dict[int, str]:
    """Return the processes that were started under a token, with their command lines."""
    if sys.platform != "linux":
        return {}
    wanted = f"{_VARIABLE}={token}".encode()
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal() or int(folder.name) == os.getpid():
            continue
        try:
            if wanted in (folder / "environ").read_bytes():
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue  # it has just gone, or is somebody else's
    return found
