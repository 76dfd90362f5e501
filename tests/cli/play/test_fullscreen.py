"""Playing on a whole screen: a real terminal, a real process."""

import asyncio
import fcntl
import os
import pty
import struct
import sys
import termios

import dreamsync

PATIENCE_S = 30.0


class Screen:
    """A process in a terminal of 80 by 24; `shown` is all that it wrote."""

    def __init__(self, *args: str) -> None:
        self._main, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._terminal = terminal
        self._args = args
        self.shown = ""

    async def __aenter__(self) -> "Screen":
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "dreamsync_server.cli", *self._args, stdin=self._terminal,
            stdout=self._terminal, stderr=self._terminal, start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color"},
        )  # fmt: skip
        os.close(self._terminal)
        asyncio.get_running_loop().add_reader(self._main, self._read)
        return self

    async def __aexit__(self, *_raised: object) -> None:
        asyncio.get_running_loop().remove_reader(self._main)
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        os.close(self._main)

    def _read(self) -> None:
        try:
            data = os.read(self._main, 65_536)
        except OSError:  # the process has closed its end
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._main)
        self.shown += data.decode(errors="replace")

    def type(self, keys: str) -> None:
        os.write(self._main, keys.encode())

    async def until(self, words: str) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while words not in self.shown:
                assert self.process.returncode is None, self.shown[-2000:]
                await asyncio.sleep(0.02)

    async def end(self) -> int:
        async with asyncio.timeout(PATIENCE_S):
            return await self.process.wait()


async def test_a_player_sees_speaks_and_leaves(dream: dreamsync.Dream, url: str) -> None:
    world = await dream.create_world("starter", private=False)
    ben = await dream.enter(world.id, role="ben", name="Bo")
    async with Screen("play", f"{url}/#{world.id}", "--role", "ada", "--name", "Ari") as screen:
        await screen.until("The House That Slept · The night · the kitchen")
        screen.type("who is theer\x7f\x7fre?\r")
        await screen.until("You say: “who is there?”")
        assert (await ben.act("talk", words="only me")).ok
        await screen.until("Ben: “only me”")
        screen.type("/leave\r")
        assert await screen.end() == 0
    assert "You have left The House That Slept." in screen.shown


async def test_ctrl_c_gives_the_seat_back_at_once(dream: dreamsync.Dream, url: str) -> None:
    world = await dream.create_world("starter", private=False)
    async with Screen("play", f"{url}/#{world.id}", "--role", "ada", "--name", "Ari") as screen:
        await screen.until("the kitchen")
        os.kill(screen.process.pid, 2)
        assert await screen.end() == 130
    assert "Traceback" not in screen.shown
    assert (await dream.enter(world.id, role="ada", name="Cy")).role == "ada"
