"""Reads what is typed, in the event loop: whole lines, or single keys from a terminal."""

import asyncio
import codecs
import contextlib
import os
from collections.abc import Iterator
from typing import Final

_READ_BYTES: Final = 4096
LINE_BYTES_MAX: Final = 8192  # a longer line is cut


class Keyboard:
    """What stands at a file descriptor: a terminal, a pipe or a file."""

    def __init__(self, fd: int = 0) -> None:
        self._fd = fd
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._is_at_end = False

    async def line(self) -> str | None:
        """Return the next line without its end; None when there are no more."""
        while "\n" not in self._rest and not self._is_at_end:
            if len(self._rest) > LINE_BYTES_MAX:
                break
            await self._fill()
        if not self._rest:
            return None
        line, _, self._rest = self._rest.partition("\n")
        return line.rstrip("\r")

    async def keys(self) -> str:
        """Return what was typed since, "" at the end of it."""
        if not self._rest and not self._is_at_end:
            await self._fill()
        keys, self._rest = self._rest, ""
        return keys

    async def _fill(self) -> None:
        """Wait until something is there, for as long as a person takes, and take it in."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()

        def be_ready() -> None:
            if not ready.done():
                ready.set_result(None)

        with contextlib.suppress(PermissionError):  # of a plain file, which is always ready
            loop.add_reader(self._fd, be_ready)
            try:
                await ready
            finally:
                loop.remove_reader(self._fd)
        data = os.read(self._fd, _READ_BYTES)
        self._is_at_end = not data
        self._rest += self._decoder.decode(data, final=not data)

    @contextlib.contextmanager
    def raw(self) -> Iterator[None]:
        """Let keys come one by one and unseen while this lasts; Ctrl-C stays what it is."""
        import termios
        import tty

        before = termios.tcgetattr(self._fd)
        tty.setcbreak(self._fd)
        try:
            yield
        finally:
            termios.tcsetattr(self._fd, termios.TCSADRAIN, before)
