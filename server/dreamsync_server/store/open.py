"""From a store's URL to the store."""

from dreamsync_server.clock import Clock, SystemClock
from dreamsync_server.errors import OperatorError
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.port import Store
from dreamsync_server.store.redis.store import RedisStore

SCHEMES = ("unix", "redis", "rediss", "valkey", "valkeys")


def open_store(url: str, *, replicas: int = 0, clock: Clock | None = None) -> Store:
    """Return the store behind a URL; nothing is connected before it is used.

    `unix:///path/to.sock`, `redis://host:port/db`, `valkey://…` (`rediss`, `valkeys` with TLS),
    or `memory://`, which is a new and empty one that dies with the process; `clock` is for that.

    Raises:
        OperatorError: no store is known by such a URL.
    """
    scheme, separator, _ = url.partition("://")
    if separator and scheme == "memory":
        return MemoryStore(clock or SystemClock())
    if not separator or scheme not in SCHEMES:
        known = ", ".join(f"{scheme}://" for scheme in (*SCHEMES, "memory"))
        raise OperatorError(f"{url!r} is no store: its URL must begin with one of {known}.")
    return RedisStore(url, replicas=replicas)
