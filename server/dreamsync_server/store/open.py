"""From a store's URL to the store."""

from dreamsync_server.clock import SystemClock
from dreamsync_server.errors import OperatorError
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.port import Store
from dreamsync_server.store.redis.address import ALL_SCHEMES, place_of
from dreamsync_server.store.redis.store import RedisStore


def open_store(url: str, *, replicas: int = 0, is_fsynced: bool = False) -> Store:
    """Return the store behind a URL; nothing is connected before it is used.

    `unix:///path/to.sock`, `redis://host:port/db`, `redis+sentinel://host:port,…/service`,
    `redis+cluster://host:port,…` (`valkey` for `redis`; `rediss`, `valkeys` with TLS), or
    `memory://`, which is a new and empty one that dies with the process.
    `replicas`, `is_fsynced`: what confirms a write, see `RedisStore`.

    Raises:
        OperatorError: no store is known by such a URL.
    """
    scheme, separator, _ = url.partition("://")
    if separator and scheme == "memory":
        return MemoryStore(SystemClock())
    if not separator or scheme not in ALL_SCHEMES:
        known = ", ".join(f"{scheme}://" for scheme in (*ALL_SCHEMES, "memory"))
        place = place_of(url)
        raise OperatorError(f"{place!r} is no store: its URL must begin with one of {known}.")
    try:
        return RedisStore(url, replicas=replicas, is_fsynced=is_fsynced)
    except ValueError as error:
        raise OperatorError(f"{place_of(url)!r} is no URL of a store: {error}.") from error
