"""What is asked of a socket beside its transport: its peer, and the short way to the kernel.

A transport's `write` is general; it costs a third as much again as the kernel's part of a small
frame. So a frame goes to the kernel directly while the transport holds nothing back, and what the
kernel does not take goes the transport's way, with all its bounds and its finding of faults.
"""

import asyncio
import os

from dreamsync_server.gateway.auth import UNKNOWN


def direct_fd(transport: asyncio.BaseTransport) -> int:
    """Return a transport's file descriptor, -1 where bytes must go through it (TLS)."""
    if transport.get_extra_info("sslcontext") is not None:
        return -1
    sock = transport.get_extra_info("socket")
    return -1 if sock is None else int(sock.fileno())


def rest_of(fd: int, data: bytes) -> bytes:
    """Write to a socket that does not block; return what it did not take, b"" where it took all.

    Call it only while the transport is open and has nothing waiting, else bytes overtake others.
    """
    try:
        sent = os.write(fd, data)
    except OSError:  # full, or gone: the transport finds out which
        return data
    return b"" if sent == len(data) else data[sent:]


def peer_of(transport: asyncio.BaseTransport) -> str:
    """Return the address a transport comes from, `UNKNOWN` where it is not told."""
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) and peer else UNKNOWN
