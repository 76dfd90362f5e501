"""Lines between clients and gateways: they delay, stall, break, and say proposals twice.

A line keeps its order, as TCP does. Cut, it loses what is under way, and each end learns of it in
its own time: a gateway may believe in a dead line for seconds. Stalled, it carries nothing until it
goes on or is cut.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from typing import Any, Protocol, cast

from support.stage import payload_of, pinged
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosedError

from dreamsync.connection import Connection
from dreamsync.protocol.codec import decode_server
from dreamsync_server.gateway.auth import Visitor
from dreamsync_server.gateway.conversation import Conversation
from simulation.loop import SimLoop
from simulation.tracing import Trace

_NUMBERED = (b"\xa1n", b'"n":')
_SOFT_BYTES = 3_000  # that a stalled line takes before its node is told to wait with more


class Gateway(Protocol):
    """A node as the network knows it."""

    process: str
    context: Context

    @property
    def is_up(self) -> bool:
        """Whether its port is open."""
        ...

    def connect(self, line: "GatewayEnd") -> Conversation:
        """Take a line."""
        ...


@dataclass
class LineWeather:
    """How lines are just now."""

    delay_s: tuple[float, float] = (0.0005, 0.005)
    says_twice: float = 0.0


@dataclass(frozen=True)
class Ping:
    """A ping, and on the way back its pong."""

    held: bytes


class Way:
    """One direction of a line: what is sent arrives in order, in the receiver's context."""

    def __init__(self, wire: "Wire", context: Context, arrive: Callable[[Any], None]) -> None:
        self.waiting: deque[Any] = deque()
        self._wire = wire
        self._context = context
        self._arrive = arrive
        self._last_s = 0.0

    def send(self, what: Any) -> None:
        """Put something on its way."""
        network = self._wire.network
        loop = network.loop
        self.waiting.append(what)
        due_s = max(self._last_s, loop.time() + network.delay_s())
        self._last_s = due_s
        loop.call_at(due_s, self.deliver, context=self._context)

    def deliver(self) -> None:
        """Let the first that waits arrive."""
        if self.waiting and not self._wire.is_stalled:
            self._arrive(self.waiting.popleft())


class Wire:
    """One connection between a client and a gateway."""

    def __init__(self, network: "Network", client: str, subprotocol: str, node: Gateway) -> None:
        self.network = network
        self.client = client
        self.node = node
        self.is_stalled = False
        self.is_cut = False
        self.told: list[tuple[int, bytes | str]] = []
        client_context = network.loop.context_of(client)
        self.up = Way(self, node.context, self._at_gateway)
        self.down = Way(self, client_context, self._at_client)
        self.socket = ClientEnd(self)
        self.line = GatewayEnd(self, subprotocol)
        self.talk: Conversation | None = None
        self._contexts = (client_context, node.context)

    def _at_gateway(self, payload: Any) -> None:
        if self.talk is None or not self.line.is_up or self.is_cut:
            return
        if payload is None:
            self.line.lost(1000)
            return
        if isinstance(payload, Ping):
            self.talk.answered(payload.held)
            return
        try:
            self.talk.received(payload)
        except Exception as error:  # noqa: BLE001 - it is noted as a fault of ours
            self.network.raised.append(f"{self.client}: {error!r}")
            self.cut()

    def _at_client(self, what: Any) -> None:
        if self.is_cut:
            return
        if isinstance(what, Ping):
            if self.socket.close_code is None:
                self.up.send(what)
            return
        self.socket.put(what)

    def stall(self, is_stalled: bool) -> None:
        """Let nothing through, or all that waits."""
        self.is_stalled = is_stalled
        if is_stalled or self.is_cut:
            return
        self.line.congest(False)
        loop = self.network.loop
        for way, context in zip((self.down, self.up), self._contexts, strict=True):
            for _ in way.waiting:
                loop.call_soon(way.deliver, context=context)

    def cut(self, later_s: float = 0.0) -> None:
        """Break the line: the client sees it soon, the gateway `later_s` after that."""
        if self.is_cut:
            return
        self.is_cut = True
        loop, network = self.network.loop, self.network
        network.wires.pop(self, None)
        network.trace.note(self.client, f"line to {self.node.process} is cut")
        client, node = self._contexts
        loop.call_later(network.delay_s(), self.socket.put, 1006, context=client)
        loop.call_later(network.delay_s() + later_s, self.line.lost, 1006, context=node)


class ClientEnd:
    """What an SDK's connection uses of a socket."""

    def __init__(self, wire: Wire) -> None:
        self.close_code: int | None = None
        self.transport = self
        self._wire = wire
        self._came: deque[Any] = deque()
        self._is_filled = asyncio.Event()

    def put(self, what: Any) -> None:
        """Take what came: a message, or the number that the line was closed with."""
        self._came.append(what)
        self._is_filled.set()

    async def send(self, payload: bytes | str) -> None:
        """Send a message.

        Raises:
            ConnectionClosed: the line is gone.
        """
        wire = self._wire
        if self.close_code is not None or wire.is_cut:
            raise ConnectionClosedError(None, None)
        wire.up.send(payload)
        raw = payload.encode() if isinstance(payload, str) else payload
        network = wire.network
        is_numbered = any(mark in raw for mark in _NUMBERED)
        if is_numbered and network.dice.random() < network.weather.says_twice:
            network.trace.note(wire.client, "says it twice")
            wire.up.send(payload)
        await asyncio.sleep(0)

    def __aiter__(self) -> "ClientEnd":
        return self

    async def __anext__(self) -> Any:
        while not self._came:
            self._is_filled.clear()
            await self._is_filled.wait()
        what = self._came.popleft()
        if isinstance(what, int):
            self.close_code = what
            if what in (1000, 1001):
                raise StopAsyncIteration
            raise ConnectionClosedError(None, None)
        return what

    async def close(self) -> None:
        """Close the line."""
        if self.close_code is None and not self._wire.is_cut:
            self.close_code = 1000
            self._wire.up.send(None)
        await asyncio.sleep(0)

    def abort(self) -> None:
        """Cut the line."""
        self._wire.cut()


class GatewayEnd:
    """A line as a gateway's conversation has it."""

    due_slot = -1

    def __init__(self, wire: Wire, subprotocol: str) -> None:
        self.subprotocol = subprotocol
        self.visitor = Visitor("198.51.100.1", is_local=True)
        self.is_up = True
        self._is_full = False
        self._wire = wire

    def write(self, frame: bytes) -> None:
        """Send a frame."""
        wire, ping = self._wire, pinged(frame)
        if ping is not None and self.is_up and not wire.is_cut:
            wire.down.send(Ping(ping))
        elif ping is None and self.is_up:
            payload = payload_of(frame)
            wire.told.append((wire.network.trace.tick, payload))
            wire.network.trace.aside(wire.client, lambda: f"<- {brief(payload)}")
            if not wire.is_cut:
                wire.down.send(payload)
                if wire.is_stalled and self.buffered() > _SOFT_BYTES:
                    self.congest(True)

    def congest(self, is_full: bool) -> None:
        """Tell who is behind the line that it is full, or has room again."""
        wire = self._wire
        if is_full is self._is_full or wire.talk is None:
            return
        self._is_full = is_full
        loop, talk = wire.network.loop, wire.talk
        loop.call_soon(talk.congested, is_full, context=wire.node.context)

    def write_now(self, data: bytes) -> None:
        """Send a frame."""
        self.write(data)

    def close(self, code: int, text: str = "") -> None:
        """Close with a code, behind what was sent."""
        if self.is_up:
            self.is_up = False
            if not self._wire.is_cut:
                self._wire.down.send(code)

    def abort(self) -> None:
        """Cut the line."""
        self._wire.cut()

    def lost(self, code: int) -> None:
        """Tell who is behind the line that it is gone."""
        self.is_up = False
        if self._wire.talk is not None:
            self._wire.talk.lost(code)

    def buffered(self) -> int:
        """Return how many bytes wait for a client that does not read."""
        waiting = self._wire.down.waiting
        return sum(len(some) for some in waiting if isinstance(some, bytes | str))

    def is_open(self) -> bool:
        """Return whether messages can be sent."""
        return self.is_up

    def due(self, now_s: float) -> None:
        """Do nothing: a conversation has its own deadlines."""


class Network:
    """All lines of a run, and the balancer before the gateways: any node that is up."""

    def __init__(self, loop: SimLoop, seed: int, trace: Trace) -> None:
        self.loop = loop
        self.trace = trace
        self.weather = LineWeather()
        self.is_down = False
        self.dice = random.Random(f"network {seed}")
        self.gateways: dict[Gateway, None] = {}
        self.wires: dict[Wire, None] = {}
        self.of_client: dict[str, list[Wire]] = {}
        self.raised: list[str] = []

    def delay_s(self) -> float:
        """Return how long something is under way now."""
        return self.dice.uniform(*self.weather.delay_s)

    async def dial(self, client: str, subprotocol: str) -> ClientEnd:
        """Open a line to some node.

        Raises:
            OSError: none is up, or it died meanwhile.
        """
        up = [node for node in self.gateways if node.is_up and not self.is_down]
        if not up:
            await asyncio.sleep(self.delay_s())
            raise ConnectionRefusedError("no node is up")
        node = self.dice.choice(up)
        wire = Wire(self, client, subprotocol, node)
        accepted: asyncio.Future[None] = self.loop.create_future()

        def accept() -> None:
            if accepted.done():
                return
            wire.talk = node.connect(wire.line)
            accepted.set_result(None)

        self.loop.call_later(self.delay_s(), accept, context=node.context)
        async with asyncio.timeout(1.0):
            await accepted
        self.wires[wire] = None
        self.of_client.setdefault(client, []).append(wire)
        self.trace.note(client, f"has a line to {node.process}")
        return wire.socket

    def node_died(self, node: Gateway) -> None:
        """Cut all its lines."""
        self.gateways.pop(node, None)
        for wire in tuple(self.wires):
            if wire.node is node:
                wire.cut()


def brief(payload: bytes | str) -> str:
    """Return what a message says, shortly."""
    said = decode_server(payload)
    shown = {
        name: value
        for name, value in said
        if value and name in ("pos", "position", "n", "q", "code", "why", "outcomes", "resumed")
    }
    return f"{said.type} {shown} {len(getattr(said, 'events', ()))} events"


class SimConnection(Connection):
    """An SDK's connection over the simulated network."""

    network: Network
    client: str

    async def _dial(self) -> ClientConnection:
        end = await self.network.dial(self.client, self._subprotocol)
        return cast("ClientConnection", end)
