"""What a child process does first: its loop, and how often it looks for garbage."""

import asyncio
import gc
import importlib.util
import subprocess
import sys

import pytest

from dreamsync_server.cli.child import GARBAGE_THRESHOLDS, run_loop


@pytest.fixture(autouse=True)
def _leave_the_collector_as_it_was() -> object:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


async def loop_name(into: list[str]) -> None:
    into.append(type(asyncio.get_running_loop()).__module__.partition(".")[0])


@pytest.mark.skipif(importlib.util.find_spec("uvloop") is None, reason="uvloop is an extra")
def test_a_child_runs_on_uvloop_where_that_is_installed() -> None:
    found: list[str] = []
    run_loop(loop_name(found))
    run_loop(loop_name(found), is_fast=False)
    assert found == ["uvloop", "asyncio"]


def test_a_child_runs_without_uvloop_as_well() -> None:
    program = (
        "import sys; sys.modules['uvloop'] = None\n"
        "import asyncio\n"
        "from dreamsync_server.cli.child import run_loop\n"
        "async def main(): print(type(asyncio.get_running_loop()).__module__)\n"
        "run_loop(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30
    )
    assert done.stdout.startswith("asyncio"), done.stderr


def test_what_was_there_at_the_start_is_never_looked_through() -> None:
    seen: list[tuple[int, tuple[int, int, int]]] = []

    async def main() -> None:
        seen.append((gc.get_freeze_count(), gc.get_threshold()))

    run_loop(main(), is_fast=False)
    ((frozen, thresholds),) = seen
    assert frozen > 10_000
    assert thresholds == GARBAGE_THRESHOLDS
