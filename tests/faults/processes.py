"""Which processes a test has started, however far down: read from /proc."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

MARK = "DREAMSYNC_TEST_RUN"
"""A variable of the environment, which children inherit."""


@dataclass(frozen=True)
class Started:
    """What was started under a token, or works in a folder of the test."""

    token: str
    folder: Path

    def processes(self) -> dict[int, str]:
        """Return pid -> command line of those that run. Linux only: {} elsewhere."""
        if sys.platform != "linux":
            return {}
        found = {}
        for process in Path("/proc").iterdir():
            if not process.name.isdecimal() or int(process.name) == os.getpid():
                continue
            try:
                if self._is_ours(process):
                    line = (process / "cmdline").read_text(errors="replace").replace("\0", " ")
                    found[int(process.name)] = line
            except OSError:
                continue  # it has just gone, or is somebody else's
        return found

    def _is_ours(self, process: Path) -> bool:
        if f"{MARK}={self.token}".encode() in (process / "environ").read_bytes():
            return True
        # A store writes its title over its environment; but it works in its data folder.
        return (process / "cwd").readlink().is_relative_to(self.folder)
