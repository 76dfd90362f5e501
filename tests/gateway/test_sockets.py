"""The short way to a socket takes what the kernel takes, and gives the rest back."""

import asyncio
import socket

from dreamsync_server.gateway.auth import UNKNOWN
from dreamsync_server.gateway.sockets import direct_fd, peer_of, rest_of


class Told(asyncio.BaseTransport):
    """A transport that only knows about its socket."""


def test_what_the_kernel_takes_whole_leaves_no_rest() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        assert rest_of(ours.fileno(), b"frame") == b""
        assert theirs.recv(10) == b"frame"


def test_what_a_full_socket_does_not_take_is_given_back_in_order() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        data = bytes(range(256)) * 40_000
        rest = rest_of(ours.fileno(), data)
        assert 0 < len(rest) < len(data)
        assert data.endswith(rest)
        assert rest_of(ours.fileno(), b"more") == b"more"


def test_a_socket_that_is_gone_takes_nothing() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        ours.setblocking(False)
        theirs.close()
        assert rest_of(ours.fileno(), b"frame") == b"frame"


def test_tls_and_what_is_no_socket_have_no_short_way() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert direct_fd(Told({"socket": ours})) == ours.fileno()
        assert direct_fd(Told({"socket": ours, "sslcontext": object()})) == -1
        assert direct_fd(Told({})) == -1


def test_a_peer_is_its_address() -> None:
    assert peer_of(Told({"peername": ("192.0.2.7", 4711)})) == "192.0.2.7"
    assert peer_of(Told({"peername": ""})) == UNKNOWN
