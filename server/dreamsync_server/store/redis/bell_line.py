"""One server's doorbells: a connection that is subscribed to the channels wanted of that server.

Sharded channels everywhere, also on a single server, so that there is one way: in a cluster a bell
then stays in the shard of its world, and a node hears only the shards that it asks.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from redis.asyncio.client import PubSub
from redis.crc import key_slot
from redis.exceptions import RedisError

from dreamsync_server.limits import BELL_IDLE_S, STORE_TIMEOUT_S
from dreamsync_server.store.redis.client import Server, client

log = logging.getLogger(__name__)

_KEEP_OPEN: Final = "dreamsync:bells"  # a subscription that is always there
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
        self._bring = bring
        self._doubt = doubt
        self._is_cluster = is_cluster
        self._client = client(
            server.url,
            retries=0,
            timeout_s=STORE_TIMEOUT_S,
            connections=1,
            must_be_primary=server.must_be_primary,
        )
        self._wanted: dict[str, None] = {}
        self._following: dict[str, None] = {}
        self._is_changed = asyncio.Event()
        self._failures = 0  # in a row
        self._task = asyncio.create_task(self._run())

    def want(self, channels: Iterable[str]) -> None:
        """Follow these channels, and no others, from soon on."""
        self._wanted = dict.fromkeys(channels)
        self._is_changed.set()

    async def close(self) -> None:
        """Stop listening and close the connection."""
        self._task.cancel()
        await asyncio.wait([self._task], timeout=STORE_TIMEOUT_S)
        await self._client.aclose()

    async def _run(self) -> None:
        """Keep a subscription up until cancelled."""
        while True:
            pubsub = self._client.pubsub()
            self._following = {}
            try:
                async with asyncio.timeout(STORE_TIMEOUT_S):
                    await pubsub.subscribe(_KEEP_OPEN)
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._follow(pubsub))
                    group.create_task(self._receive(pubsub))
            except* (RedisError, OSError) as errors:
                log.info("the doorbells are lost for now: %s", errors.exceptions[0])
            except* Exception:
                log.exception("the doorbells are lost for now")
            finally:
                with contextlib.suppress(RedisError, OSError):  # it is gone anyway
                    await pubsub.aclose()  # type: ignore[no-untyped-call]
            self._doubt()
            pause_s = _PAUSE_S[min(self._failures, len(_PAUSE_S) - 1)]
            self._failures += 1
            await asyncio.sleep(pause_s)

    async def _follow(self, pubsub: PubSub) -> None:
        """Subscribe to what is wanted, and again after every change."""
        while True:
            self._is_changed.clear()
            wanted = self._wanted
            added = [channel for channel in wanted if channel not in self._following]
            dropped = [channel for channel in self._following if channel not in wanted]
            self._following = wanted
            async with asyncio.timeout(STORE_TIMEOUT_S):
                for some in self._by_slot(added):
                    await pubsub.ssubscribe(*some)
                for some in self._by_slot(dropped):
                    await pubsub.sunsubscribe(*some)
            await self._is_changed.wait()

    def _by_slot(self, channels: Iterable[str]) -> Iterable[list[str]]:
        """Return channels in groups that one command may name."""
        groups: dict[int, list[str]] = {}
        for channel in channels:
            slot = key_slot(channel.encode()) if self._is_cluster else 0
            groups.setdefault(slot, []).append(channel)
        return groups.values()

    async def _receive(self, pubsub: PubSub) -> None:
        """Bring what comes.

        Raises:
            TimeoutError: nothing came, and then no answer to the question whether it lives.
        """
        is_asked = False
        while True:
            async with asyncio.timeout(BELL_IDLE_S + STORE_TIMEOUT_S):
                message = await pubsub.get_message(timeout=BELL_IDLE_S)
            if message is not None:
                is_asked = False
                self._failures = 0
                self._take(message)
            elif is_asked:
                raise TimeoutError("the store is silent")
            else:
                is_asked = True
                async with asyncio.timeout(STORE_TIMEOUT_S):
                    await pubsub.ping()

    def _take(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "smessage":
            self._bring(message["channel"], message["data"])
        elif message["type"] == "sunsubscribe" and message["channel"].decode() in self._following:
            raise _MovedAwayError("a channel's slot has moved")
