"""What a process says of itself to the others of its store, once a second, while it lives."""

import asyncio
import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from dreamsync_server.cli.called import own_version
from dreamsync_server.clock import Clock
from dreamsync_server.host.jobs import Jobs
from dreamsync_server.host.lease import NodeLease
from dreamsync_server.host.peers import About, Peers
from dreamsync_server.limits import LEASE_RENEW_S
from dreamsync_server.store import codec
from dreamsync_server.store.port import Store

log = logging.getLogger(__name__)

Hear = Callable[[Mapping[str, Mapping[str, Any]]], None]

_OVER_S: Final = 5.0  # how long a time the load is told of
_LEAST_S: Final = 0.5  # between two looks at it


class Busy:
    """How busy this process is: its CPU time of the last seconds, in tenths of a core."""

    def __init__(
        self,
        now_s: Callable[[], float] = time.monotonic,
        used_s: Callable[[], float] = time.process_time,
    ) -> None:
        self._now_s = now_s
        self._used_s = used_s
        self._at = (now_s(), used_s())
        self._share = 0.0

    def tenths(self) -> int:
        """Return it as of now."""
        now_s, used_s = self._now_s(), self._used_s()
        passed_s = now_s - self._at[0]
        if passed_s >= _LEAST_S:
            share = (used_s - self._at[1]) / passed_s
            weight = min(1.0, passed_s / _OVER_S)
            self._share += weight * (share - self._share)
            self._at = (now_s, used_s)
        return round(10 * self._share)


def about_process(more: About = dict) -> About:
    """Return what says what there is to say of this process, with `more` of its own."""
    busy = Busy()
    fixed: Mapping[str, Any] = {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "version": own_version(),
        "codec": codec.VERSION,
        "since_ms": time.time_ns() // 1_000_000,
    }
    return lambda: {**fixed, "busy": busy.tenths(), **more()}


async def keep_saying(
    store: Store, clock: Clock, name: str, about: About, hear: Hear = lambda said: None
) -> None:
    """Hold the lease `node:<name>` and say what there is to say, until cancelled.

    `hear` is given what every process says, this one too, each time it was asked for.
    """
    jobs = Jobs()
    lease = NodeLease(store, clock, jobs, name, secrets.token_hex(8))
    peers = Peers(store, jobs, name, about)
    try:
        while True:
            if await lease.renew():
                await peers.renew()
                hear(peers.all)
            await asyncio.sleep(LEASE_RENEW_S)
    finally:
        await lease.drop()
