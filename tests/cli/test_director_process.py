"""The director process: it looks for worlds until it is told to stop, then ends with code 0."""

import asyncio
import os
import signal
import sys

import pytest

from dreamsync_server.cli.child import ChildSettings
from dreamsync_server.cli.director_process import run
from dreamsync_server.director.director import Director
from dreamsync_server.settings import Settings

PATIENCE_S = 20.0


async def test_it_ends_calmly_at_sigterm() -> None:
    told = ChildSettings(name="d1", store_url="memory://", settings=Settings(verbose=True))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "dreamsync_server.cli.director_process",
        told.model_dump_json(),
        env={**os.environ, "DREAMSYNC_PARENT": str(os.getpid())},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    async with asyncio.timeout(PATIENCE_S):
        said = (await process.stderr.readline()).decode()
        process.send_signal(signal.SIGTERM)
        said += (await process.stderr.read()).decode()
        assert await process.wait() == 0, said
    assert "directing" in said
    assert "Traceback" not in said


async def test_where_the_director_breaks_the_process_ends_so_that_it_is_started_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken(director: Director) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(Director, "run", broken)
    told = ChildSettings(name="d1", store_url="memory://", settings=Settings())
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(ExceptionGroup) as caught:
            await run(told)
    assert caught.group_contains(RuntimeError, match="planted")
