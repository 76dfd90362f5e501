"""Fixtures of the fault tests: that none of them leaves a process behind."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from faults.processes import MARK, Started

GONE_S = 5.0


@pytest.fixture(autouse=True)
async def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Started]:
    """Mark every process that the test starts, and see that each has gone at the end."""
    known = Started(secrets.token_hex(8), tmp_path)
    monkeypatch.setenv(MARK, known.token)
    yield known
    async with asyncio.timeout(GONE_S):
        while known.processes():
            await asyncio.sleep(0.02)
