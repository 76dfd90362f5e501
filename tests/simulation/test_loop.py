"""The loop: virtual time, one order a seed, frozen and killed processes."""

import asyncio
from collections.abc import Iterator

import pytest

from simulation.loop import SimLoop, StuckError, spawn


@pytest.fixture
def loop() -> Iterator[SimLoop]:
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    made = SimLoop(1)
    yield made
    made.bury()
    asyncio._set_running_loop(before)


def ticking(told: list[str], name: str, wait_s: float = 1.0) -> object:
    async def tick() -> None:
        try:
            while True:
                told.append(name)
                await asyncio.sleep(wait_s)
        finally:
            told.append(f"{name} ends")

    return tick


def test_an_hour_takes_no_time(loop: SimLoop) -> None:
    loop.run_until_complete(
        asyncio.wait_for(
            asyncio.sleep(
                3600,
                "late",
            ),
            4000,
        )
    )
    assert 3600 <= loop.time() < 3601


def order_of(seed: int) -> list[str]:
    loop, told = SimLoop(seed), list[str]()
    for name in "abcd":
        spawn(loop, name, ticking(told, name))  # type: ignore[arg-type]
    loop.run_until_complete(asyncio.sleep(5))
    loop.bury()
    return told


async def test_the_seed_chooses_the_order_of_processes() -> None:
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        assert order_of(1) == order_of(1)
        assert order_of(1) != order_of(2)
    finally:
        asyncio._set_running_loop(running)


def test_within_a_process_the_order_is_kept(loop: SimLoop) -> None:
    told: list[int] = []
    for i in range(50):
        loop.call_soon(told.append, i)
    loop.run_until_complete(asyncio.sleep(1))
    assert told == list(range(50))


def test_a_frozen_process_finds_what_waits_when_it_goes_on(loop: SimLoop) -> None:
    told: list[str] = []
    spawn(loop, "a", ticking(told, "a"))  # type: ignore[arg-type]
    loop.run_until_complete(asyncio.sleep(2.5))
    loop.freeze("a")
    loop.run_until_complete(asyncio.sleep(10))
    assert told == ["a"] * 3
    loop.thaw("a")
    loop.run_until_complete(asyncio.sleep(0.5))
    assert told == ["a"] * 4


def test_a_killed_process_runs_no_finally(loop: SimLoop) -> None:
    told: list[str] = []
    spawn(loop, "a", ticking(told, "a"))  # type: ignore[arg-type]
    loop.run_until_complete(asyncio.sleep(0.5))
    loop.kill("a")
    loop.run_until_complete(asyncio.sleep(10))
    assert told == ["a"]


def test_who_waits_for_nothing_is_stuck(loop: SimLoop) -> None:
    async def forever() -> None:
        await asyncio.Event().wait()

    with pytest.raises(StuckError, match="nothing is left"):
        loop.run_until_complete(forever())


def test_who_spins_is_stopped() -> None:
    loop = SimLoop(1, steps_max=1_000)

    async def spin() -> None:
        while True:
            await asyncio.sleep(0)

    with pytest.raises(StuckError, match="steps"):
        loop.run_until_complete(spin())
    loop.bury()


def test_threads_are_refused(loop: SimLoop) -> None:
    async def ask() -> None:
        await asyncio.to_thread(int)

    with pytest.raises(RuntimeError, match="no threads"):
        loop.run_until_complete(ask())
