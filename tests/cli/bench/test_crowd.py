"""The bench's clients, against a real listener: they speak websocket, and count when deaf."""

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest
from support.lines import open_gate

from dreamsync_server.cli.bench.crowd import Crowd, LoadError, client_frame


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a listener in a thread of its own, with an echo behind every line."""
    found: list[int] = []
    is_open, is_done = threading.Event(), threading.Event()

    async def serve() -> None:
        async with open_gate() as gate:
            found.append(gate.port)
            is_open.set()
            await asyncio.to_thread(is_done.wait, 30)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert is_open.wait(10)
    yield found[0]
    is_done.set()
    thread.join(10)


def test_clients_shake_hands_and_hear_what_is_sent(port: int) -> None:
    with Crowd() as crowd:
        client = crowd._connect(port, 0)
        crowd.until(lambda: client.is_open, "the handshake", 10)
        heard: list[str] = []
        client.heard = lambda _, message: heard.append(message["text"])
        for text in ("short", "x" * 300, "y" * 40_000):
            client.send({"type": "said", "text": text})
        crowd.until(lambda: len(heard) == 3, "the echo", 10)
        assert [len(text) for text in heard] == [5, 300, 40_000]


def test_a_deaf_client_only_counts_bytes(port: int) -> None:
    with Crowd() as crowd:
        client = crowd._connect(port, 0)
        crowd.until(lambda: client.is_open, "the handshake", 10)
        before = client.count_bytes
        client.is_deaf = True
        client.heard = lambda *_: pytest.fail("it is deaf")
        client.send({"type": "said", "text": "hello"})
        crowd.until(lambda: client.count_bytes > before, "the echo", 10)


def test_who_is_no_server_is_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, Crowd() as crowd:
        client = crowd._connect(other.getsockname()[1], 0)
        line, _ = other.accept()
        line.sendall(b"HTTP/1.1 404 Not Found\r\n\r\n")
        with line, pytest.raises(LoadError, match="no handshake"):
            crowd.until(lambda: client.is_open, "the handshake", 10)


def test_what_does_not_come_is_an_error_of_the_load() -> None:
    with Crowd() as crowd, pytest.raises(LoadError, match=r"waited 0\.01 s for rain"):
        crowd.until(lambda: False, "rain", 0.01)


def test_frames_are_masked_with_zeros() -> None:
    assert client_frame(b"ab") == b"\x82\x82\0\0\0\0ab"
    assert client_frame(b"a" * 126)[:4] == b"\x82\xfe\x00\x7e"
    assert client_frame(b"a" * 65_536)[:10] == b"\x82\xff" + (65_536).to_bytes(8, "big")
