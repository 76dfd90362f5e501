"""A child ends with its parent, also when that one was killed."""

import asyncio
import os
import subprocess
import sys

from dreamsync_server.cli.lifeline import watch_parent

CHILD = (
    "import os, sys, time; from dreamsync_server.cli.lifeline import die_with_parent;"
    "die_with_parent(int(sys.argv[1])); print(os.getpid(), flush=True); time.sleep(600)"
)
PARENT = (
    "import os, subprocess, sys, time;"
    f"subprocess.Popen([sys.executable, '-c', {CHILD!r}, str(os.getpid())]); time.sleep(600)"
)


def is_there(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_child_dies_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert is_there(child)
    parent.kill()
    parent.wait()
    async with asyncio.timeout(5):
        while is_there(child):
            await asyncio.sleep(0.01)


async def test_a_child_whose_parent_has_gone_already_ends_at_once() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    child = subprocess.run([sys.executable, "-c", CHILD, str(gone.pid)], timeout=10, check=False)
    assert child.returncode == 1


async def test_watching_ends_when_the_parent_is_another() -> None:
    async with asyncio.timeout(5):
        await watch_parent(os.getppid() + 1)
