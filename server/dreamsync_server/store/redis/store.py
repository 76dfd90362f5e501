"""The store's contract on Valkey or Redis, put together from its parts."""

from dreamsync_server.limits import STORE_TIMEOUT_S
from dreamsync_server.store.redis.directory import RedisDirectory
from dreamsync_server.store.redis.doorbells import BellPost, RedisDoorbells
from dreamsync_server.store.redis.inbox import RedisInbox
from dreamsync_server.store.redis.link import Link
from dreamsync_server.store.redis.log import RedisLog


class RedisStore(RedisLog, RedisInbox, RedisDoorbells, RedisDirectory):
    """One process's way to a Valkey or Redis server; make one a process, in its event loop.

    `replicas` is how many replicas must have a commit before it counts as confirmed; 0 asks the
    one server alone, whose AOF says what it survives.
    """

    def __init__(self, url: str, *, replicas: int = 0, timeout_s: float = STORE_TIMEOUT_S) -> None:
        self._link = Link(url, replicas=replicas, timeout_s=timeout_s)
        self._post = BellPost(url)
        self._confirmed = {}

    async def close(self) -> None:
        """Finish what is being written, then close every connection."""
        await self._post.close()
        await self._link.close()
