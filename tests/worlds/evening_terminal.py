"""A terminal of one's own with a program in it: types lines, and keeps what was shown and when."""

import codecs
import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Self

COLUMNS: Final = 92
END_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One line that was typed or shown, and how many seconds after the start."""

    kind: Literal["typed", "shown"]
    text: str
    at_s: float


class Terminal:
    """Runs a command in a pseudo-terminal until it is left; `entries` is all that happened."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.entries: list[Entry] = []
        self._fd, there = pty.openpty()
        fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
        modes = termios.tcgetattr(there)
        modes[3] &= ~termios.ECHO  # what is typed is kept apart from what is shown
        termios.tcsetattr(there, termios.TCSANOW, modes)
        self._program = subprocess.Popen(
            command, stdin=there, stdout=there, stderr=there, cwd=folder, start_new_session=True
        )
        os.close(there)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._rest = ""
        self._start_s = time.monotonic()
        self._seen = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.listen(1.0)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._program.wait(END_S)
        if self._program.poll() is None:
            self._program.kill()
            self._program.wait(END_S)
        os.close(self._fd)

    def type(self, line: str) -> None:
        """Type a line and Enter."""
        self._note("typed", line)
        os.write(self._fd, f"{line}\n".encode())

    def listen(self, for_s: float) -> list[str]:
        """Read for so long; return the lines that were shown meanwhile."""
        begun = len(self.entries)
        until_s = time.monotonic() + for_s
        while (left_s := until_s - time.monotonic()) > 0:
            if not select.select([self._fd], [], [], left_s)[0]:
                break
            try:
                data = os.read(self._fd, 65536)
            except OSError:  # the program has ended
                break
            *lines, self._rest = (self._rest + self._decoder.decode(data)).split("\n")
            for line in lines:
                self._note("shown", line.rstrip("\r"))
        return [entry.text for entry in self.entries[begun:] if entry.kind == "shown"]

    def recent(self) -> list[str]:
        """Return the lines shown since this was last asked."""
        new = self.entries[self._seen :]
        self._seen = len(self.entries)
        return [entry.text for entry in new if entry.kind == "shown"]

    def _note(self, kind: Literal["typed", "shown"], text: str) -> None:
        self.entries.append(Entry(kind, text, time.monotonic() - self._start_s))
