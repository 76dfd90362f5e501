"""One server's connections, and what its errors mean."""

from typing import Any, Final

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AskError,
    ClusterDownError,
    MasterDownError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)

from dreamsync_server.errors import StoreError, StoreUnavailableError
from dreamsync_server.store.redis.wire import Line

# Answers that say "not now": the same call may succeed later. MOVED is a kind of ASK here.
_PASSING: Final = (
    AskError,
    ClusterDownError,
    MasterDownError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    TryAgainError,
)
_PASSING_CODES: Final = ("MISCONF", "NOREPLICAS", "BUSY", "UNKILLABLE", "LOADING")


class Server:
    """A data server by its name (host:port, or a socket), and the lines to it.

    Apart, because what is written is never tried again, reads may be once, and what waits for
    replicas holds up only its own kind.
    """

    def __init__(self, name: str, url: str, *, timeout_s: float, must_be_primary: bool) -> None:
        self.name = name
        self.url = url
        self.must_be_primary = must_be_primary
        self.ringing = 0  # doorbells that are on their way to it, by the turn of the loop
        self.pool = pool(url, timeout_s=timeout_s, must_be_primary=must_be_primary)
        self.writer = Line(self.pool, timeout_s)
        self.confirmer = Line(self.pool, timeout_s)
        self.reader = Line(self.pool, timeout_s, tries=2)

    async def close(self) -> None:
        """Close every connection."""
        for each in (self.writer, self.confirmer, self.reader):
            await each.close()


def pool(
    url: str,
    *,
    retries: int = 0,
    timeout_s: float,
    connections: int = 1,
    must_be_primary: bool = False,
) -> BlockingConnectionPool:
    """Return what makes a server's connections: each connects within `timeout_s`.

    The library's own `socket_timeout` stays off: before Python 3.12 it sends through `wait_for`,
    which now and then swallows a cancellation, so that a cancelled task lives on for ever. RESP2,
    because nothing here needs more and it saves a round trip a connection. `must_be_primary` asks
    each new connection for its role: behind Sentinels one would go on with a server that has
    become a replica.
    """
    more: dict[str, Any] = {"redis_connect_func": _as_primary} if must_be_primary else {}
    return BlockingConnectionPool.from_url(
        redis_url(url),
        max_connections=connections,
        timeout=timeout_s,
        socket_timeout=None,
        socket_connect_timeout=timeout_s,
        retry=Retry(NoBackoff(), retries),
        protocol=2,
        **more,
    )


def client(url: str, *, retries: int, timeout_s: float, connections: int = 4) -> "Redis":
    """Return the library's own client, for what is asked seldom; its calls the caller must bound.

    A pool that is full makes the next caller wait rather than fail.
    """
    made = pool(url, retries=retries, timeout_s=timeout_s, connections=connections)
    return Redis.from_pool(made)


def check_options(url: str) -> None:
    """Look at what stands in a URL's query; nothing is connected.

    Raises:
        ValueError: the library knows nothing of it.
    """
    try:
        made: Any = pool(url, timeout_s=1.0)
        made.make_connection()
    except TypeError as error:
        name = str(error).rpartition(" ")[2]
        raise ValueError(f"its query holds {name}, which says nothing to the client") from error
    except RedisError as error:
        raise ValueError(str(error).rstrip(".")) from error


async def _as_primary(connection: Any) -> None:
    """Greet a server as the library does, and take it only where it is a primary."""
    await connection.on_connect()
    await connection.send_command("ROLE")
    role = await connection.read_response()
    if role[0] not in (b"master", "master"):
        raise ReadOnlyError("it is a replica now")


def redis_url(url: str) -> str:
    """Return a URL as the library knows it: it has no scheme for Valkey."""
    scheme, colon, rest = url.partition(":")
    return {"valkey": "redis", "valkeys": "rediss"}.get(scheme, scheme) + colon + rest


def store_error(error: Exception) -> StoreError:
    """Return what an error of the library means: not now, or a fault of ours."""
    if isinstance(error, StoreError):
        return error
    if not isinstance(error, ResponseError) or isinstance(error, _PASSING):
        return StoreUnavailableError(
            f"the store is not available: {str(error) or 'no answer in time'}"
        )
    if str(error).startswith(_PASSING_CODES):
        return StoreUnavailableError(f"the store is not available: {error}")
    return StoreError(f"the store refused a call: {error}")
