"""The folder in which an embedded store keeps its data: who may use it, and how it is laid out.

VERSION         the layout's number; a folder of another layout is not touched. "new" behind it
                until the store has answered once: till then there need not be an append-only file
lock            locked by the server process that uses the folder
appendonlydir/  the store's append-only file
store.log .pid  of the store's process
store.socket    where its socket is, which is in a folder of mode 0700
"""

import fcntl
import os
import platform
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

from dreamsync_server.errors import OperatorError
from dreamsync_server.limits import MIB, STORE_DISK_FREE_MIN

LAYOUT: Final = "1"
_BEGUN: Final = f"{LAYOUT} new"
AOF_FOLDER: Final = "appendonlydir"
SOCKET_PATH_BYTES_MAX: Final = 100  # macOS has room for 104 with the end mark, Linux for 108
_SOCKET_NAME: Final = "store.sock"


class DataFolder:
    """One data folder. `prepare` refuses, or takes it for this process until `leave`."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.log_path = self.path / "store.log"
        self.pid_path = self.path / "store.pid"
        self._socket_file = self.path / "store.socket"
        self._lock: int | None = None
        self._socket_folder: Path | None = None

    def prepare(self) -> Path:
        """Take the folder, made where it is missing, and return the path for the socket.

        Raises:
            OperatorError: it must not be used; then nothing in it was touched.
        """
        try:
            return self._prepared()
        except OSError as error:
            raise OperatorError(
                f"The data folder {self.path} cannot be used: {error.strerror or error}."
            ) from error

    def settle(self) -> None:
        """Note that the store has answered: from now on its append-only file must be there."""
        version = self.path / "VERSION"
        if version.read_text() != f"{LAYOUT}\n":
            version.write_text(f"{LAYOUT}\n")

    def _prepared(self) -> Path:
        if self._lock is None:
            self._refuse_foreign()
            self._take_lock()
            self._refuse_foreign()  # now that nobody else can change it
            version = self.path / "VERSION"
            if not version.exists():
                version.write_text(f"{_BEGUN}\n")
        folder = self._made_socket_folder()
        socket = folder / _SOCKET_NAME
        socket.unlink(missing_ok=True)
        self._socket_file.write_text(str(socket))
        return socket

    def orphan(self) -> int | None:
        """Return the process that a server which died has left behind in this folder.

        Only a process that still names this folder's socket in its title is one.
        """
        try:
            pid = int(self.pid_path.read_text())
            socket = self._socket_file.read_text()
        except (OSError, ValueError):
            return None
        return pid if socket and socket in title_of(pid) else None

    def check_room(self) -> None:
        """See that a store could write there at all.

        Raises:
            OperatorError: the disk is as good as full.
        """
        there = next(each for each in (self.path, *self.path.absolute().parents) if each.is_dir())
        left = shutil.disk_usage(there).free
        if left < STORE_DISK_FREE_MIN:
            raise OperatorError(
                f"The disk under {self.path} is full ({left // 1024} KiB left), so that no world"
                f" could go on: make {STORE_DISK_FREE_MIN // MIB} MiB free there, or name another"
                " folder by --data."
            )

    def last_words(self) -> str:
        """Return the last line that the store's process logged."""
        try:
            lines = self.log_path.read_text(errors="replace").split("\n")
        except FileNotFoundError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def leave(self) -> None:
        """Give the folder up."""
        if self._socket_folder is not None:
            shutil.rmtree(self._socket_folder, ignore_errors=True)
            self._socket_folder = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _refuse_foreign(self) -> None:
        """Check what lies there.

        Raises:
            OperatorError: it is not ours to use.
        """
        path = self.path
        if not path.exists():
            return
        if not path.is_dir():
            raise OperatorError(f"The data folder {path} is not a folder.")
        if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
            raise OperatorError(f"The data folder {path} may not be written to by this user.")
        version = path / "VERSION"
        found = version.read_text(errors="replace").strip() if version.exists() else _BEGUN
        if found not in (LAYOUT, _BEGUN):
            raise OperatorError(
                f"The data folder {path} has layout {found[:40]!r}, and this server uses layout"
                f" {LAYOUT!r}: run the version that made it, or choose another folder."
            )
        has_aof = any((path / AOF_FOLDER).glob("*.manifest"))
        if not has_aof and any(path.glob("*.rdb")):
            raise OperatorError(
                f"The data folder {path} has an RDB file and no append-only file: a store with"
                " AOF would start empty over it; convert it first, or choose another folder."
            )
        if not has_aof and found == LAYOUT:
            raise OperatorError(
                f"The data folder {path} has lost its append-only file ({AOF_FOLDER}): every"
                " world in it would be gone; put it back, or choose another folder."
            )
        if not version.exists() and any(each.name != "lock" for each in path.iterdir()):
            raise OperatorError(
                f"The folder {path} is not empty and is no data folder of this server: choose"
                " another one."
            )

    def _take_lock(self) -> None:
        """Lock the folder for this process; the system unlocks it when the process ends.

        Raises:
            OperatorError: another process has it, or the folder cannot be made.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise OperatorError(
                f"The data folder {self.path} cannot be made: {error.strerror}."
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise OperatorError(
                f"The data folder {self.path} is in use by another server that is running: stop"
                " it, or choose another folder."
            ) from error
        self._lock = lock

    def _made_socket_folder(self) -> Path:
        """Return a folder that only this user may enter, near enough for a socket's path."""
        if self._socket_folder is None:
            near = self.path / "run"
            if len(os.fsencode(near / _SOCKET_NAME)) <= SOCKET_PATH_BYTES_MAX:
                near.mkdir(mode=0o700, exist_ok=True)
                near.chmod(0o700)
                self._socket_folder = near
            else:
                # tempfile's own choice may be as deep (it is on macOS), so /tmp comes first.
                place = "/tmp" if os.access("/tmp", os.W_OK) else None
                self._socket_folder = Path(tempfile.mkdtemp(prefix="dreamsync-", dir=place))
        return self._socket_folder


def socket_in(path: Path) -> Path | None:
    """Return the socket of the server that runs over a data folder, None where none does.

    One that was killed may have left its socket behind: whoever connects finds out.
    """
    try:
        socket = Path((path.absolute() / "store.socket").read_text("utf-8").strip())
    except (FileNotFoundError, NotADirectoryError):
        return None
    return socket if socket.is_socket() else None


def title_of(pid: int) -> str:
    """Return how a process calls itself, "" where there is none."""
    if platform.system() == "Linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
        except OSError:
            return ""
    command = ["ps", "-ww", "-o", "args=", "-p", str(pid)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    return answer.stdout


def end_process(pid: int, patience_s: float) -> None:
    """Ask a process that is no child of ours to end, and kill it where it does not."""
    for sent in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, sent)
        except ProcessLookupError:
            return
        until_s = time.monotonic() + patience_s
        while time.monotonic() < until_s:
            if not title_of(pid):
                return
            time.sleep(0.02)
