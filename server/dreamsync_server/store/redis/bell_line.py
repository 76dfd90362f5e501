"""One server's doorbells: a connection that is subscribed to the channels wanted of that server.

Sharded channels everywhere, also on a single server, so that there is one way: in a cluster a bell
then stays in the shard of its world, and a node hears only the shards that it asks.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any, Final

from redis.crc import key_slot
from redis.exceptions import RedisError

from dreamsync_server.limits import BELL_IDLE_S, STORE_TIMEOUT_S
from dreamsync_server.store.redis.client import Server
from dreamsync_server.store.redis.wire import Wire, open_wire

log = logging.getLogger(__name__)

_PAUSE_S: Final = (0.05, 0.1, 0.2, 0.5, 1.0)  # before connecting again


class _MovedAwayError(RedisError):
    """A channel's slot lies elsewhere now."""


class BellLine:
    """A subscription that is kept up until it is closed. `bring` is given (channel, message).

    `doubt` is called where the server no longer has a channel, or does not answer.
    """

    def __init__(
        self,
        server: Server,
        bring: Callable[[bytes, bytes], None],
        doubt: Callable[[], None],
        *,
        is_cluster: bool,
    ) -> None:
        self._server = server
        self._bring = bring
        self._doubt = doubt
        self._is_cluster = is_cluster
        self._wanted: dict[str, None] = {}
        self._following: dict[str, None] = {}
        self._is_changed = asyncio.Event()
        self._heard_s = 0.0
        self._failures = 0  # in a row
        self._error: Exception | None = None
        self._task = asyncio.create_task(self._run())

    def want(self, channels: Iterable[str]) -> None:
        """Follow these channels, and no others, from soon on."""
        self._wanted = dict.fromkeys(channels)
        self._is_changed.set()

    async def close(self) -> None:
        """Stop listening and close the connection."""
        self._task.cancel()
        await asyncio.wait([self._task], timeout=STORE_TIMEOUT_S)

    async def _run(self) -> None:
        """Keep a subscription up until cancelled."""
        while True:
            self._following, self._error = {}, None
            try:
                wire = await open_wire(self._server.pool, STORE_TIMEOUT_S, self._take)
                try:
                    await self._follow(wire)
                finally:
                    wire.close()
            except (RedisError, OSError, TimeoutError) as error:
                log.info("the doorbells are lost for now: %s", error)
            except Exception:
                log.exception("the doorbells are lost for now")
            self._doubt()
            pause_s = _PAUSE_S[min(self._failures, len(_PAUSE_S) - 1)]
            self._failures += 1
            await asyncio.sleep(pause_s)

    async def _follow(self, wire: Wire) -> None:
        """Subscribe to what is wanted, and again after every change, while the server answers.

        Raises:
            RedisError: a channel lies elsewhere now, or the server would not have us.
            TimeoutError: nothing came, and then no answer to the question whether it lives.
        """
        loop = asyncio.get_running_loop()
        self._heard_s = loop.time()
        is_asked = False
        while self._error is None and wire.is_open:
            self._sort(wire)
            wait_s = self._heard_s + BELL_IDLE_S + is_asked * STORE_TIMEOUT_S - loop.time()
            if wait_s <= 0:
                if is_asked:
                    raise TimeoutError("the store is silent")
                is_asked = True
                wire.say((("PING",),))
                continue
            changing = asyncio.ensure_future(self._is_changed.wait())
            try:
                done = (changing, wire.lost)
                await asyncio.wait(done, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
            finally:
                changing.cancel()
            is_asked = is_asked and loop.time() - self._heard_s >= BELL_IDLE_S
        if self._error is not None:
            raise self._error

    def _sort(self, wire: Wire) -> None:
        """Say which channels are wanted from now on, and which no longer."""
        self._is_changed.clear()
        wanted, following = self._wanted, self._following
        if wanted is following:
            return
        self._following = wanted
        added = [channel for channel in wanted if channel not in following]
        dropped = [channel for channel in following if channel not in wanted]
        wire.say([("SSUBSCRIBE", *some) for some in self._by_slot(added)])
        wire.say([("SUNSUBSCRIBE", *some) for some in self._by_slot(dropped)])

    def _by_slot(self, channels: Iterable[str]) -> Iterable[list[str]]:
        """Return channels in groups that one command may name."""
        groups: dict[int, list[str]] = {}
        for channel in channels:
            slot = key_slot(channel.encode()) if self._is_cluster else 0
            groups.setdefault(slot, []).append(channel)
        return groups.values()

    def _take(self, said: Any) -> None:
        """Take what the server says: (kind, channel, message), a pong, or an error."""
        self._heard_s = asyncio.get_running_loop().time()
        if isinstance(said, Exception):
            self._fail(said)
            return
        kind = said[0]
        if kind == b"smessage":
            self._failures = 0
            self._bring(said[1], said[2])
        elif (
            kind == b"sunsubscribe" and said[1] is not None and said[1].decode() in self._following
        ):
            self._fail(_MovedAwayError("a channel's slot has moved"))

    def _fail(self, error: Exception) -> None:
        """Have the line opened anew."""
        self._error = error
        self._is_changed.set()
