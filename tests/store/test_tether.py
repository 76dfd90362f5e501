"""A tethered program is the same process, and dies with its parent."""

import os
import select
import subprocess
import sys

import pytest

from dreamsync_server.store import tether

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
RUN = [sys.executable, "-I", "-S", tether.__file__]


def test_it_becomes_the_program() -> None:
    command = [*RUN, str(os.getpid()), sys.executable, "-c", "import os; print(os.getpid())"]

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        said, _ = child.communicate(timeout=20)

    assert said.strip() == str(child.pid)


def test_the_program_dies_when_its_parent_is_killed() -> None:
    waits = "import sys; sys.stdin.read()"
    middle = (
        "import os, subprocess, sys;"
        f" child = subprocess.Popen({RUN!r} + [str(os.getpid()), sys.executable, '-c',"
        " 'import sys; print(1, flush=True); sys.stdin.read()'], stdout=subprocess.PIPE);"
        " child.stdout.readline(); print(child.pid, flush=True);" + waits
    )
    with subprocess.Popen(
        [sys.executable, "-c", middle], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        handle = os.pidfd_open(pid)
        parent.kill()
    # A handle of a process becomes readable when the process ends.
    with os.fdopen(handle) as gone:
        assert select.select([gone], [], [], 20)[0]


def test_a_parent_that_died_already_is_noticed() -> None:
    command = [*RUN, "1", sys.executable, "-c", "print('it ran')"]

    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    assert done.returncode != 0
    assert "the parent died" in done.stderr
    assert "it ran" not in done.stdout
