"""The embedded store: a real Valkey as a child of ours, on a socket that only this user reaches.

It fsyncs every commit before it answers (`appendfsync always`), so that a crash of anything but
the disk loses nothing that was acked. It dies with its parent: on Linux the kernel sees to it;
elsewhere the next server over the same folder stops the one that was left behind.
"""

import asyncio
import logging
import os
import platform
import sys
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from dreamsync_server.errors import OperatorError
from dreamsync_server.limits import STORE_START_S, STORE_STOP_S
from dreamsync_server.store import tether
from dreamsync_server.store.binary import check_server, find_server
from dreamsync_server.store.data_folder import DataFolder, end_process

log = logging.getLogger(__name__)

_LOOK_S: Final = 0.01  # between looks whether it answers


class EmbeddedStore:
    """A store server that runs while its context lasts, over one data folder.

    `start` may be called again after the server died; what was acked is still there. Start it in
    the main thread: on Linux the child dies with the thread that started it.
    """

    def __init__(self, data_dir: Path, *, server: Path | None = None) -> None:
        """Choose the folder; nothing is touched before `start`.

        `server` is the program to run (the one found on this machine otherwise).
        """
        self.name = ""  # what runs, once started: "Valkey 9.1.2"
        self._folder = DataFolder(data_dir)
        self._server = server
        self._socket: Path | None = None
        self._child: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """Where it listens; known once it was started."""
        assert self._socket is not None, "not started"
        return f"unix://{self._socket}"

    @property
    def pid(self) -> int:
        """Its process; known once it was started."""
        assert self._child is not None, "not started"
        return self._child.pid

    @property
    def data_dir(self) -> Path:
        """Its data folder."""
        return self._folder.path

    async def start(self) -> None:
        """Start the server and wait until it answers.

        Raises:
            OperatorError: it must not or cannot run; where it must not, nothing was touched.
        """
        self._folder.check_room()
        server = self._server or find_server()
        self.name = await check_server(server)
        try:
            orphan = self._folder.orphan()
            self._socket = self._folder.prepare()
            if orphan is not None:
                log.warning("stopping the store that an earlier server left behind: %d", orphan)
                await asyncio.to_thread(end_process, orphan, STORE_STOP_S)
            self._child = await self._spawned(server, self._socket)
            await self._until_it_answers(self._child, self._socket)
            self._folder.settle()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the server, by force where it does not end by itself, and give the folder up."""
        child, self._child = self._child, None
        try:
            if child is not None:
                await _end(child)
        finally:
            self._folder.leave()

    async def wait(self) -> int:
        """Wait until the server has ended, and return its exit code (negative: the signal)."""
        assert self._child is not None, "not started"
        return await self._child.wait()

    async def _spawned(self, server: Path, socket: Path) -> asyncio.subprocess.Process:
        folder = self._folder
        command = [str(server), "--port", "0", "--unixsocket", str(socket)]
        command += ["--unixsocketperm", "700", "--dir", str(folder.path), "--save", ""]
        command += ["--appendonly", "yes", "--appendfsync", "always", "--databases", "1"]
        command += ["--maxmemory", "0", "--maxmemory-policy", "noeviction"]
        command += ["--logfile", str(folder.log_path), "--pidfile", str(folder.pid_path)]
        command += ["--daemonize", "no", "--proc-title-template", "{title} {listen-addr}"]
        if platform.system() == "Linux":
            stub = [sys.executable, "-I", "-S", tether.__file__, str(os.getpid())]
            command = stub + command
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us: it must still be there while we close
            umask=0o077,
        )

    async def _until_it_answers(self, child: asyncio.subprocess.Process, socket: Path) -> None:
        """Wait until the server has read its data and takes commands.

        Raises:
            OperatorError: it ended, or took too long.
        """
        try:
            async with asyncio.timeout(STORE_START_S):
                while child.returncode is None:
                    if await _answers(socket):
                        return
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError as error:
            raise OperatorError(
                f"The store did not start within {STORE_START_S:.0f} s; its log is"
                f" {self._folder.log_path}."
            ) from error
        raise OperatorError(
            f"The store ended at once (code {child.returncode}): {self._folder.last_words()}"
            f" Its log is {self._folder.log_path}."
        )


async def _answers(socket: Path) -> bool:
    """Return whether a server on a socket answers, and is not still reading its data."""
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError:
        return False
    try:
        writer.write(b"PING\r\n")
        return await reader.readline() == b"+PONG\r\n"
    except OSError:
        return False
    finally:
        writer.close()


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    child.terminate()
    try:
        async with asyncio.timeout(STORE_STOP_S):
            await child.wait()
    except TimeoutError:
        log.warning("the store did not end by itself and is killed")
        child.kill()
        await child.wait()
