"""A client that floods, in a process of its own: python -m …flooder '{"kind": "pings", …}'.

It comes again whenever it is cut, as an attacker would.
"""

import contextlib
import json
import os
import socket
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from dreamsync.protocol.codec import encode
from dreamsync_server.cli.bench.crowd import Client, Crowd, LoadError, client_frame

_PINGS_AT_ONCE: Final = 200
_BIG_BYTES: Final = 60 * 1024  # below the bound of a frame: it is read, and judged
_NICE: Final = 10
_AGAIN_S: Final = 0.02
_SMALL_BUFFER: Final = 4096


def main(told: dict[str, Any]) -> None:
    """Flood until killed."""
    os.nice(_NICE)  # the load must not slow the one who measures
    print("begun", flush=True)
    while True:
        if told["kind"] == "none":
            _keep_busy()
            continue
        with contextlib.suppress(OSError, LoadError, KeyError), Crowd() as crowd:
            _flood(crowd, told["kind"], told["port"], told["world"])
        time.sleep(_AGAIN_S)


def _flood(crowd: Crowd, kind: str, port: int, world: str) -> None:
    receive = _SMALL_BUFFER if kind == "unread" else 0
    (client,) = crowd.connect(port, 1, receive_bytes=receive)
    crowd.enter([client], world, "player", "guest")
    if kind == "unread":
        _ask_and_never_read(client)
        return
    frames = _FRAMES[kind]()
    while not client.is_over:
        try:
            client.sock.send(frames)
        except BlockingIOError:
            crowd.turn(0.001)
        else:
            crowd.turn(0)


def _ask_and_never_read(client: Client) -> None:
    """Ask for much, as often as is let through, and never read the answers."""
    frame = client_frame(encode({"type": "resync"}))
    while True:
        with contextlib.suppress(BlockingIOError):
            client.sock.send(frame)
        time.sleep(0.03)


def _pings() -> bytes:
    return client_frame(b"ping", 0x9) * _PINGS_AT_ONCE


def _messages() -> bytes:
    pose = {"type": "pose", "x": 1, "y": 1, "facing": 0}
    return client_frame(encode(pose)) * _PINGS_AT_ONCE


def _big() -> bytes:
    params = {"text": "x" * _BIG_BYTES}
    return client_frame(encode({"type": "act", "n": 1, "action": "work", "params": params}))


def _keep_busy() -> None:
    """Do what a flooder does, but to nobody."""
    one, other = socket.socketpair()
    frames = _pings()
    with one, other:
        until_s = time.monotonic() + 1.0
        while time.monotonic() < until_s:
            one.send(frames)
            other.recv(65536)


_FRAMES: Final[dict[str, Callable[[], bytes]]] = {
    "pings": _pings,
    "messages": _messages,
    "big": _big,
}

if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
