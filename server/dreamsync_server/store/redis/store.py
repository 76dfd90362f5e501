"""The store's contract on Valkey or Redis, put together from its parts."""

from dreamsync_server.limits import STORE_TIMEOUT_S
from dreamsync_server.store import keys
from dreamsync_server.store.redis.directory import RedisDirectory
from dreamsync_server.store.redis.doorbells import BellPost, RedisDoorbells
from dreamsync_server.store.redis.inbox import RedisInbox
from dreamsync_server.store.redis.link import Link
from dreamsync_server.store.redis.log import RedisLog


class RedisStore(RedisLog, RedisInbox, RedisDoorbells, RedisDirectory):
    """One process's way to Valkey or Redis, of any shape; make one a process, in its event loop.

    `replicas` is how many replicas must have a commit before it counts as confirmed; 0 asks the
    one server alone, whose AOF says what it survives. `is_fsynced` asks in addition that it is on
    their disks, and on the server's own.

    Raises:
        ValueError: the URL is none of a store.
    """

    def __init__(
        self,
        url: str,
        *,
        replicas: int = 0,
        is_fsynced: bool = False,
        timeout_s: float = STORE_TIMEOUT_S,
    ) -> None:
        self._link = Link(url, replicas=replicas, is_fsynced=is_fsynced, timeout_s=timeout_s)
        self._post = BellPost(self._link.routes)
        self._confirmed = {}

    def shard_of(self, world: str) -> str:
        """Return the name of the shard that has a world now, "" where there is but one."""
        routes = self._link.routes
        server = routes.known(keys.of_world(world).own) if routes.is_cluster else None
        return "" if server is None else server.name

    def changes(self) -> int:
        """Return how often one server took another's place, as far as was noticed."""
        return self._link.routes.changes

    async def close(self) -> None:
        """Finish what is being written, then close every connection."""
        await self._post.close()
        await self._link.close()
