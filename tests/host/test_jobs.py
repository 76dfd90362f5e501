"""Work that must not be cut off runs to its end, whoever stops waiting for it."""

import asyncio

import pytest

from dreamsync_server.errors import FencedError, StoreUnavailableError
from dreamsync_server.host.jobs import Jobs


async def test_finished_work_gives_its_answer() -> None:
    async def work() -> int:
        return 5

    jobs = Jobs()
    assert await jobs.finish(work()) == 5
    assert len(jobs) == 0


async def test_what_the_work_raises_reaches_who_waits() -> None:
    async def work() -> None:
        raise FencedError("another")

    with pytest.raises(FencedError):
        await Jobs().finish(work())


async def test_work_goes_on_when_who_waits_is_cancelled() -> None:
    jobs, go_on, done = Jobs(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await go_on.wait()
        done.set()

    waiting = asyncio.create_task(jobs.finish(work()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    go_on.set()
    await jobs.join(5.0)
    assert done.is_set()


async def test_overdue_work_is_of_unknown_outcome_and_goes_on() -> None:
    jobs, go_on, done = Jobs(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await go_on.wait()
        done.set()

    with pytest.raises(StoreUnavailableError):
        await jobs.finish(work(), within_s=0.0)
    go_on.set()
    await jobs.join(5.0)
    assert done.is_set()


@pytest.mark.parametrize(
    ("error", "line"),
    [(StoreUnavailableError("away"), "left undone: away"), (KeyError("x"), "a job broke")],
)
async def test_what_a_started_job_raises_is_logged(
    error: Exception, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        raise error

    jobs = Jobs()
    jobs.start(work())
    await jobs.join(5.0)
    await asyncio.sleep(0)
    assert line in caplog.text
