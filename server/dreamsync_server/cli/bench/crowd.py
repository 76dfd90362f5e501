"""Many light clients on raw sockets: they speak just enough websocket to load a server.

A client that only listens counts bytes and looks into nothing, so that the load costs little
beside what is measured. Frames go out masked with a key of zeros, which the protocol allows and
which leaves the payload as it is.
"""

import contextlib
import selectors
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import msgpack

from dreamsync.protocol.bounds import SUBPROTOCOL_MSGPACK
from dreamsync.protocol.codec import encode

DEADLINE_S: Final = 60.0
_READ_BYTES: Final = 256 * 1024
_AT_ONCE: Final = 50  # clients that shake hands or enter at the same time
_HEAD: Final = (
    "GET /dream HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    f"Sec-WebSocket-Protocol: {SUBPROTOCOL_MSGPACK}\r\n\r\n"
).encode()
_PING: Final = 0x9
_CLOSE: Final = 0x8

Message = dict[str, Any]
Heard = Callable[["Client", Message], None]


class LoadError(Exception):
    """The load could not be made: a client was refused, or nothing came in time."""


class Client:
    """One client's socket. `heard` is called with each message while it is set.

    Once `is_deaf` it only counts bytes, for good: it no longer knows where a frame begins.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.heard: Heard | None = None
        self.session = ""
        self.world = ""
        self.n = 0  # of its last proposal
        self.count_bytes = 0
        self.is_over = False
        self.is_deaf = False
        self.last: Message = {}  # the last message of a kind that was waited for
        self._rest = b""
        self._is_open = False

    def send(self, message: Message) -> None:
        """Send one message. What the kernel does not take at once is an error of the load."""
        self.write(client_frame(encode(message)))

    def act(self, action: str, **params: Any) -> int:
        """Propose an act; return its number."""
        self.n += 1
        self.send({"type": "act", "n": self.n, "action": action, "params": params})
        return self.n

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        if self.sock.send(data) != len(data):
            raise LoadError("a client's line is full: the server does not read")

    def read(self) -> None:
        """Take in what has come."""
        try:
            data = self.sock.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.is_over = True
            return
        self.count_bytes += len(data)
        if self.is_deaf:
            return
        self._rest += data
        if not self._is_open:
            head, end, self._rest = self._rest.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            if not head.startswith(b"HTTP/1.1 101 "):
                raise LoadError(f"no handshake: {head[:80]!r}")
            self._is_open = True
        self._take_frames()

    @property
    def is_open(self) -> bool:
        """Whether the handshake is done."""
        return self._is_open

    def _take_frames(self) -> None:
        data, at = self._rest, 0
        while (found := _frame_at(data, at)) is not None:
            opcode, payload, at = found
            if opcode == _PING:
                self.write(client_frame(payload, 0xA))
            elif opcode == _CLOSE:
                self.is_over = True
            elif self.heard is not None:
                self.heard(self, msgpack.unpackb(payload, strict_map_key=False))
        self._rest = data[at:]


class Crowd:
    """Clients that are read from in one loop, ours."""

    def __init__(self) -> None:
        self.clients: list[Client] = []
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> "Crowd":
        return self

    def __exit__(self, *_: object) -> None:
        for client in self.clients:
            client.sock.close()
        self._selector.close()

    def watch(self, readable: Any, call: Callable[[], None]) -> None:
        """Call something whenever there is something to read there, too."""
        self._selector.register(readable, selectors.EVENT_READ, call)

    def unwatch(self, readable: Any) -> None:
        """Forget it."""
        self._selector.unregister(readable)

    def turn(self, wait_s: float) -> None:
        """Read everything that has come, waiting at most `wait_s` for the first of it."""
        for key, _ in self._selector.select(max(0.0, wait_s)):
            key.data()

    def run(self, seconds: float) -> None:
        """Read for a while."""
        until_s = time.perf_counter() + seconds
        while (left_s := until_s - time.perf_counter()) > 0:
            self.turn(left_s)

    def until(self, is_so: Callable[[], bool], what: str, timeout_s: float = DEADLINE_S) -> None:
        """Read until something is so.

        Raises:
            LoadError: it was not within `timeout_s`.
        """
        until_s = time.perf_counter() + timeout_s
        while not is_so():
            if time.perf_counter() > until_s:
                raise LoadError(f"waited {timeout_s:g} s for {what}")
            self.turn(0.1)

    # --- coming in ---------------------------------------------------------------------------

    def connect(self, port: int, count: int, *, receive_bytes: int = 0) -> list[Client]:
        """Return `count` clients that have shaken hands and said hello."""
        found: list[Client] = []
        while len(found) < count:
            some = [
                self._connect(port, receive_bytes) for _ in range(min(_AT_ONCE, count - len(found)))
            ]
            self._shaken(some)
            self.ask(some, ({"type": "hello", "v": 1, "client": "bench", "lang": "en"},), "welcome")
            found += some
        return found

    def enter(self, clients: Sequence[Client], world: str, kind: str, role: str = "") -> None:
        """Let clients into a public world, each in a seat of its own where a role is named."""
        enter: Message = {"type": "enter", "q": 1, "world": world, "as": kind}
        if role:
            enter["role"] = role
        for start in range(0, len(clients), _AT_ONCE):
            some = clients[start : start + _AT_ONCE]
            self.ask(some, (enter,), "entered")
            for client in some:
                client.world, client.session = world, client.last["session"]

    def go(self, clients: Sequence[Client], scene: str) -> None:
        """Let clients walk to another scene."""
        for start in range(0, len(clients), _AT_ONCE):
            some = clients[start : start + _AT_ONCE]
            self.do(some, "go", to=scene)

    def do(self, clients: Sequence[Client], action: str, **params: Any) -> None:
        """Let each client do something, and wait until each is told that it is done.

        Raises:
            LoadError: one was refused.
        """
        waiting: dict[Client, int] = {}

        def heard(client: Client, message: Message) -> None:
            if message["type"] == "error":
                raise LoadError(f"{action}: {message}")
            for outcome in message.get("outcomes", ()):
                if not outcome["ok"]:
                    raise LoadError(f"{action}: {outcome}")
                if waiting.get(client) == outcome["n"]:
                    del waiting[client]

        for client in clients:
            client.heard = heard
            waiting[client] = client.act(action, **params)
        self.until(lambda: not waiting, f"outcomes of {action}")
        for client in clients:
            client.heard = None

    def ask(self, clients: Iterable[Client], messages: Iterable[Message], answer: str) -> None:
        """Send messages from each client and wait until each has had an answer of a type.

        Raises:
            LoadError: one got an error instead, or nothing in time.
        """
        waiting = dict.fromkeys(clients)

        def heard(client: Client, message: Message) -> None:
            if message["type"] in ("error", "bye"):
                raise LoadError(f"{answer}: {message.get('code')}: {message.get('text')}")
            if message["type"] == answer and client in waiting:
                client.last = message
                client.heard = None
                del waiting[client]

        for client in tuple(waiting):
            client.heard = heard
            for message in messages:
                client.send(message)
        self.until(lambda: not waiting, answer)

    def drop(self, client: Client) -> None:
        """Close a client's socket and forget it."""
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(client.sock)
        client.sock.close()
        if client in self.clients:
            self.clients.remove(client)

    def _shaken(self, clients: Sequence[Client]) -> None:
        self.until(lambda: all(client.is_open for client in clients), "handshakes")

    def _connect(self, port: int, receive_bytes: int) -> Client:
        sock = socket.socket()
        if receive_bytes:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect(("127.0.0.1", port))
        sock.setblocking(False)
        client = Client(sock)
        self.clients.append(client)

        def read() -> None:
            client.read()
            if client.is_over:
                with contextlib.suppress(KeyError, ValueError):
                    self._selector.unregister(sock)

        self._selector.register(sock, selectors.EVENT_READ, read)
        sock.send(_HEAD)
        return client


def client_frame(payload: bytes, opcode: int = 0x2) -> bytes:
    """Return a whole frame as a client sends it, masked with zeros."""
    length = len(payload)
    if length < 126:
        head = bytes((0x80 | opcode, 0x80 | length))
    elif length <= 0xFFFF:
        head = bytes((0x80 | opcode, 0x80 | 126)) + length.to_bytes(2, "big")
    else:
        head = bytes((0x80 | opcode, 0x80 | 127)) + length.to_bytes(8, "big")
    return head + b"\0\0\0\0" + payload


def _frame_at(data: bytes, at: int) -> tuple[int, bytes, int] | None:
    """Return (opcode, payload, where the next begins) of a server's frame; None while not whole."""
    have = len(data) - at
    if have < 2:
        return None
    length, start = data[at + 1], at + 2
    if length == 126:
        length, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
    elif length == 127:
        length, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
    end = start + length
    if end > len(data):
        return None
    return data[at] & 0x0F, data[start:end], end
