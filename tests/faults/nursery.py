"""Starts server processes by fork, with all imports done: a killed one is back in some 30 ms.

Run as a process. One line of JSON on stdin starts one: {"module", "told", "log", "bounds"}; its
pid comes back as {"pid"}, and when it has ended {"ended", "code"} (negative: the signal). The
children are real processes that run the real main functions, and die with this one. With "netns"
it is started in a network namespace of that name, with "wall" under a wall clock that is set by
hand: it is wrong by so many ms as that file says.
"""

import ctypes
import importlib
import json
import os
import select
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from dreamsync_server.cli import assembly, director_process, node_process
from dreamsync_server.cli.child import run_child
from dreamsync_server.cli.lifeline import die_with_parent
from dreamsync_server.clock import SystemClock
from dreamsync_server.settings import Settings

_NEW_NET = 0x40000000  # CLONE_NEWNET
_MAINS = {"node": node_process.run, "director": director_process.run}


class WrongClock(SystemClock):
    """The machine's clocks, but the wall clock is wrong by what a file says."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY)

    def now_ms(self) -> int:
        """Return milliseconds since 1970 (UTC), as the file has them wrong."""
        return super().now_ms() + int(os.pread(self._file, 32, 0))


def main() -> None:
    """Start what is asked for until stdin ends."""
    die_with_parent(int(os.environ["DREAMSYNC_PARENT"]))
    os.environ["DREAMSYNC_PARENT"] = str(os.getpid())
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    say({"ready": True})
    rest = b""
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            reap()
        if 0 in ready:
            some = os.read(0, 65536)
            if not some:
                return
            *lines, rest = (rest + some).split(b"\n")
            for line in lines:
                say({"pid": start(json.loads(line))})


def start(asked: dict[str, Any]) -> int:
    """Start one process; return its pid."""
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for number, source in ((0, nothing), (1, log), (2, log)):
            os.dup2(source, number)
        os.closerange(3, 256)
        if "netns" in asked:
            enter_namespace(asked["netns"])
        if "wall" in asked:
            clock = WrongClock(Path(asked["wall"]))
            for module in (assembly, director_process):
                vars(module)["SystemClock"] = lambda: clock
        for name, bound in asked["bounds"].items():
            module, _, attribute = name.rpartition(".")
            setattr(importlib.import_module(module), attribute, bound)
        code = run_child([known_to_us(asked["told"])], _MAINS[asked["module"]])
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stderr.flush()
        os._exit(code)


def known_to_us(told: str) -> str:
    """Leave out the settings that this version of the code does not know."""
    child = json.loads(told)
    settings = child["settings"]
    child["settings"] = {name: settings[name] for name in settings if name in Settings.model_fields}
    return json.dumps(child)


def enter_namespace(name: str) -> None:
    """Move this process into a network namespace that `ip netns` made."""
    space = os.open(f"/run/netns/{name}", os.O_RDONLY)
    if ctypes.CDLL(None, use_errno=True).setns(space, _NEW_NET):
        raise OSError(ctypes.get_errno(), f"cannot enter the namespace {name}")
    os.close(space)


def reap() -> None:
    """Tell of each process that has ended."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        say({"ended": pid, "code": os.waitstatus_to_exitcode(status)})


def say(told: dict[str, Any]) -> None:
    """Write one line."""
    os.write(1, json.dumps(told).encode() + b"\n")


if __name__ == "__main__":
    main()
