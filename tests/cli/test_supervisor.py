"""Supervision: a child that dies is started again, one that cannot run is not."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from dreamsync_server.cli.supervisor import (
    UNUSABLE,
    Child,
    ChildFailedError,
    how_it_ended,
    python_module,
)

PATIENCE_S = 10.0
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


async def until_running(child: Child, not_pid: int | None = None) -> int:
    async with asyncio.timeout(PATIENCE_S):
        while child.pid is None or child.pid == not_pid:
            await asyncio.sleep(0.01)
    pid = child.pid
    assert pid is not None
    return pid


async def test_a_child_that_is_killed_is_started_again_behind_its_wake() -> None:
    deaths: list[int] = []

    async def on_death(start: int) -> None:
        deaths.append(start)

    child = Child("sleeper", lambda: SLEEPER, on_death)
    work = asyncio.create_task(child.run())
    first = await until_running(child)
    os.kill(first, signal.SIGKILL)
    await until_running(child, first)
    await child.stop()
    await work
    assert deaths == [1]
    assert child.starts == 2
    assert child.pid is None


async def test_a_child_that_cannot_run_until_somebody_acts_is_not_started_again() -> None:
    child = Child("unusable", lambda: [sys.executable, "-c", f"raise SystemExit({UNUSABLE})"])
    with pytest.raises(ChildFailedError, match="unusable"):
        async with asyncio.timeout(PATIENCE_S):
            await child.run()
    assert child.starts == 1


async def test_a_child_that_does_not_heed_a_request_to_stop_is_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dreamsync_server.cli.supervisor.STOP_S", 0.2)
    deaf = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print('deaf', flush=True); time.sleep(600)"
    )
    child = Child("deaf", lambda: [sys.executable, "-c", deaf])
    work = asyncio.create_task(child.run())
    await until_running(child)
    async with asyncio.timeout(PATIENCE_S):
        await child.stop()
        await work
    assert child.pid is None


async def test_a_child_is_replaced_once_the_new_one_is_ready() -> None:
    asked: list[int] = []

    async def is_ready(start: int) -> bool:
        asked.append(start)
        return len(asked) > 2

    child = Child("sleeper", lambda: SLEEPER, is_ready=is_ready)
    work = asyncio.create_task(child.run())
    first = await until_running(child)
    assert await child.replace()
    second = await until_running(child, first)
    assert set(asked) == {2}
    assert not os.path.exists(f"/proc/{first}")

    os.kill(second, signal.SIGKILL)
    await until_running(child, second)
    assert child.starts == 3
    await child.stop()
    await work


async def test_a_new_process_that_does_not_come_up_leaves_the_old_one_in_place() -> None:
    commands = [SLEEPER, [sys.executable, "-c", "raise SystemExit(1)"]]

    async def is_ready(start: int) -> bool:
        return False

    child = Child("sleeper", lambda: commands[child.starts - 1], is_ready=is_ready)
    work = asyncio.create_task(child.run())
    first = await until_running(child)
    assert not await child.replace()
    assert child.pid == first
    await child.stop()
    await work


async def test_stopping_ends_both_while_one_is_being_replaced() -> None:
    is_asked = asyncio.Event()

    async def is_ready(start: int) -> bool:
        is_asked.set()
        return False

    child = Child("sleeper", lambda: SLEEPER, is_ready=is_ready)
    work = asyncio.create_task(child.run())
    await until_running(child)
    replacing = asyncio.create_task(child.replace())
    await is_asked.wait()
    await child.stop()
    async with asyncio.timeout(PATIENCE_S):
        assert not await replacing
        await work
    assert all(life.is_over for life in child._lives)


@pytest.mark.parametrize(
    ("code", "words"), [(0, "exit code 0"), (3, "exit code 3"), (-9, "SIGKILL"), (-99, "signal 99")]
)
def test_an_end_is_said_in_words(code: int, words: str) -> None:
    assert how_it_ended(code) == words


def test_a_module_is_run_by_this_python() -> None:
    assert python_module("a.b", "x") == [sys.executable, "-m", "a.b", "x"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the child looks by itself")
def test_a_child_that_has_not_begun_yet_dies_with_its_parent_too() -> None:
    never_looks = "import time; print(flush=True); time.sleep(600)"
    parent = (
        "import asyncio, sys\n"
        "from dreamsync_server.cli.supervisor import Child\n"
        f"asyncio.run(Child('c', lambda: [sys.executable, '-c', {never_looks!r}]).run())\n"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"\n"
    process.kill()
    # The pipe ends when nobody holds it any more: neither the parent nor its child.
    assert process.communicate(timeout=20)[0] == b""
