"""What goes out at the end of this turn of the loop: one write a client, whatever was sent to it.

Most of a delivery is the kernel's `send`, so frames that are sent to one client in one turn are
written together, and the metrics are touched once a turn.
"""

import asyncio
from typing import Protocol

from dreamsync_server.telemetry import Telemetry


class Writer(Protocol):
    """Where a client's bytes go. Never raises: a line that is gone swallows them."""

    def write_now(self, data: bytes) -> None:
        """Give bytes to the socket."""
        ...


class Outbox:
    """The frames of this turn, by client. Order is kept within a client and between clients."""

    __slots__ = ("_frame_count", "_frames", "_loop", "_telemetry")

    def __init__(self, loop: asyncio.AbstractEventLoop, telemetry: Telemetry) -> None:
        self._loop = loop
        self._telemetry = telemetry
        self._frames: dict[Writer, bytes] = {}
        self._frame_count = 0

    def put(self, client: Writer, frame: bytes) -> None:
        """Write a prepared frame to a client before the loop's next turn."""
        frames = self._frames
        if not frames:
            self._loop.call_soon(self.flush)
        if client in frames:
            frames[client] += frame
        else:
            frames[client] = frame
        self._frame_count += 1

    def take(self, client: Writer) -> bytes:
        """Return what was not written yet to a client, which now writes it itself."""
        return self._frames.pop(client, b"")

    def flush(self) -> None:
        """Write everything now."""
        waiting, self._frames = self._frames, {}
        frame_count, self._frame_count = self._frame_count, 0
        size_bytes = 0
        for client, data in waiting.items():
            size_bytes += len(data)
            client.write_now(data)
        self._telemetry.messages_out.inc(frame_count)
        self._telemetry.bytes_out.inc(size_bytes)
        self._telemetry.writes.inc(len(waiting))
