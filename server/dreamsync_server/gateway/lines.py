"""A client's line as those behind it know it, and what all lines of a gateway share."""

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

from websockets.typing import LoggerLike

from dreamsync_server.clock import Clock
from dreamsync_server.gateway.admission import Admission
from dreamsync_server.gateway.auth import Trust, Visitor
from dreamsync_server.gateway.deadlines import Deadlines
from dreamsync_server.gateway.http import Site
from dreamsync_server.gateway.outbox import Outbox, Writer
from dreamsync_server.gateway.wire import ParserPool
from dreamsync_server.limits import READ_BYTES
from dreamsync_server.telemetry import Telemetry


class Receiver(Protocol):
    """Who stands behind a line. Nothing here may wait; what it raises costs it the line."""

    def received(self, payload: bytes | str) -> None:
        """Take one message in: bytes of a binary one, str of a text one."""
        ...

    def answered(self, ping: bytes) -> None:
        """Know that the client answered a ping that held this; it may have made it up."""
        ...

    def late(self) -> None:
        """Say goodbye: no message came within HELLO_S. The line is closed behind it."""
        ...

    def congested(self, is_congested: bool) -> None:
        """Stop queuing (more than BUFFER_SOFT_BYTES wait), or go on where it has drained."""
        ...

    def lost(self, code: int) -> None:
        """Know that nothing can be sent any more; called once, in a turn of its own."""
        ...


class Line(Writer, Protocol):
    """A client's line, open until it is closed. Nothing here waits or raises."""

    subprotocol: str
    visitor: Visitor
    due_slot: int  # of Deadlines

    def write(self, frame: bytes) -> None:
        """Write a prepared frame before the loop's next turn; no-op once the line is shut."""
        ...

    def close(self, code: int, text: str = "") -> None:
        """Write what was sent, close with a code and cut the line CLOSE_S later."""
        ...

    def abort(self) -> None:
        """Cut the line at once."""
        ...

    def buffered(self) -> int:
        """Return what the socket has not taken yet; what was sent this turn is not counted."""
        ...

    def is_open(self) -> bool:
        """Return whether messages can be sent."""
        ...

    def due(self, now_s: float) -> None:
        """Do what the time asks for."""
        ...


class Connect(Protocol):
    """Makes who stands behind a new line, once its handshake is done."""

    def __call__(self, line: Line) -> Receiver:
        """Return who takes the line's messages."""
        ...


@dataclass(slots=True)
class Common:
    """What all lines of a gateway share. `lines` are all there are, also those about to end."""

    loop: asyncio.AbstractEventLoop
    clock: Clock
    telemetry: Telemetry
    trust: Trust
    site: Site
    connect: Connect
    admission: Admission
    deadlines: Deadlines[Line]
    outbox: Outbox
    pool: ParserPool
    library_log: LoggerLike
    # Bytes are read into one buffer for all: each is done with them before the next one reads.
    read: memoryview = field(default_factory=lambda: memoryview(bytearray(READ_BYTES)))
    lines: dict[Line, None] = field(default_factory=dict)
    lingering: int = 0  # lines beyond the bound that are just being told so
    is_draining: bool = False
    emptied: asyncio.Event = field(default_factory=asyncio.Event)  # set where there are no lines

    def add(self, line: Line) -> None:
        """Know of a new line."""
        self.lines[line] = None
        self.emptied.clear()

    def remove(self, line: Line) -> None:
        """Forget a line that is gone."""
        self.lines.pop(line, None)
        self.deadlines.drop(line)
        self.outbox.take(line)
        if not self.lines:
            self.emptied.set()
