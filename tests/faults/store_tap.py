"""Between a process and the store: knows each command, and strikes at the very one it waits for.

It also keeps what the store confirmed (world, tail, when), which nobody may be shown beyond.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Literal

from support.carrier import CHUNK_BYTES, Carrier, Pair, Streams

from faults.resp import Command, take_commands, take_replies, value_of

Stage = Literal["request", "reply", "passed"]


@dataclass(eq=False)
class Trap:
    """Waits for one command; `strike` is called there, once.

    `request`: it came, and is not passed on. `reply`: it was executed, and its reply is not
    passed on. `passed`: its reply has just been passed on. In the first two the connection is
    cut, as it is when a machine goes down.
    """

    stage: Stage
    wanted: Callable[[Command], bool]
    strike: Callable[[], None]
    sprung: asyncio.Event = field(default_factory=asyncio.Event)

    def spring(self) -> None:
        """Strike."""
        self.strike()
        self.sprung.set()


@dataclass(eq=False)
class Asked(Pair):
    """A connection and what was asked on it."""

    waiting: deque[Command] = field(default_factory=deque)  # forwarded, not answered
    trapped: dict[int, Trap] = field(default_factory=dict)  # id of a command -> its trap
    is_raw: bool = False  # a doorbell's: what comes is not one reply a command


class StoreTap(Carrier[Asked]):
    """Carries what comes to the store's socket.

    `tick` numbers moments, for all taps of one rig together.
    """

    def __init__(self, socket: Callable[[], str], tick: Iterator[int]) -> None:
        super().__init__()
        self.confirmed: dict[str, list[tuple[int, int]]] = {}  # world -> (tick, tail), rising
        self.owned: list[tuple[str, int, str]] = []  # (world, epoch, nonce) of each append
        self.on_confirmed: Callable[[str, int], None] = lambda world, epoch: None
        self._socket = socket
        self._tick = tick
        self._traps: list[Trap] = []

    @property
    def url(self) -> str:
        """How a store's client finds it."""
        return f"redis://127.0.0.1:{self.port}"

    def set(self, trap: Trap) -> Trap:
        """Set a trap."""
        self._traps.append(trap)
        return trap

    def disarm(self, trap: Trap) -> None:
        """Take a trap away that has not sprung."""
        if trap in self._traps:
            self._traps.remove(trap)

    async def reach(self) -> Streams:
        """Connect to the store."""
        return await asyncio.open_unix_connection(self._socket())

    def paired(self, client: asyncio.StreamWriter, beyond: asyncio.StreamWriter) -> Asked:
        """Return a pair on which nothing was asked yet."""
        return Asked(client, beyond)

    def works(
        self, client: asyncio.StreamReader, beyond: asyncio.StreamReader, pair: Asked
    ) -> tuple[Coroutine[None, None, None], Coroutine[None, None, None]]:
        """Return what carries commands there and replies back."""
        return self._there(client, pair), self._back(beyond, pair)

    async def _there(self, reader: asyncio.StreamReader, pair: Asked) -> None:
        buffer = bytearray()
        try:
            while some := await reader.read(CHUNK_BYTES):
                buffer += some
                passing = bytearray()
                for command in take_commands(buffer):
                    if command.name.endswith("SUBSCRIBE"):
                        pair.is_raw = True
                    trap = self._trap_for(command)
                    if trap is not None and trap.stage == "request":
                        pair.beyond.write(bytes(passing))  # what came before it is executed
                        trap.spring()
                        return
                    if trap is not None:
                        pair.trapped[id(command)] = trap
                    if not pair.is_raw:
                        pair.waiting.append(command)
                    passing += command.raw
                pair.beyond.write(bytes(passing))
                await pair.beyond.drain()
        except OSError:
            return

    async def _back(self, reader: asyncio.StreamReader, pair: Asked) -> None:
        buffer = bytearray()
        try:
            while some := await reader.read(CHUNK_BYTES):
                buffer += some
                if pair.is_raw:
                    pair.client.write(bytes(buffer))
                    buffer.clear()
                    continue
                if not self._pass_replies(buffer, pair):
                    return
                await pair.client.drain()
        except OSError:
            return

    def _pass_replies(self, buffer: bytearray, pair: Asked) -> bool:
        """Pass whole replies on; False where one was struck at, and the line is to be cut."""
        passing = bytearray()
        for raw in take_replies(buffer):
            command = pair.waiting.popleft()
            if command.name in ("append", "read"):
                self._note(command, raw)
            trap = pair.trapped.pop(id(command), None)
            if trap is None:
                passing += raw
            elif trap.stage == "passed":
                pair.client.write(bytes(passing + raw))
                passing.clear()
                trap.spring()
            else:
                pair.client.write(bytes(passing))
                trap.spring()
                return False
        pair.client.write(bytes(passing))
        return True

    def _trap_for(self, command: Command) -> Trap | None:
        for trap in self._traps:
            if trap.wanted(command):
                self._traps.remove(trap)
                return trap
        return None

    def _note(self, command: Command, raw: bytes) -> None:
        """Note how far a world's log is confirmed.

        The store answers once all that it has executed is fsynced: an append, and also a read,
        which may show an append whose own answer was lost.
        """
        answer = value_of(raw)
        if not isinstance(answer, list):
            return
        world = command.world
        if command.name == "read":
            self._confirm(world, int(answer[0]))
        elif answer[0] == b"OK":
            self._confirm(world, int(answer[1]))
            epoch, nonce = int(command.args[0]), command.args[1].decode()
            self.owned.append((world, epoch, nonce))
            self.on_confirmed(world, epoch)

    def _confirm(self, world: str, tail: int) -> None:
        known = self.confirmed.setdefault(world, [])
        if not known or known[-1][1] < tail:
            known.append((next(self._tick), tail))
