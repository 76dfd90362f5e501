"""Whether a store that somebody else runs keeps what a Dreamsync server promises."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from redis.exceptions import AuthenticationError, RedisError, ResponseError

from dreamsync_server.errors import OperatorError, StoreError
from dreamsync_server.limits import STORE_TIMEOUT_S
from dreamsync_server.store.binary import check_version
from dreamsync_server.store.redis.link import client

_SECTIONS: Final = ("server", "persistence", "memory", "replication")


@dataclass(frozen=True, slots=True)
class StoreProfile:
    """What a store is and survives. `fsync` is `always`, `everysec`, `no`, or "" if unknown."""

    name: str  # Valkey 9.1.2
    fsync: str
    replicas: int


async def check_store(url: str) -> StoreProfile:
    """Ask a running store what it is, writing nothing.

    Raises:
        OperatorError: it is not reachable, too old, a replica, keeps no AOF, or may evict.
    """
    place = url.rpartition("@")[2]  # a URL may hold a password, a message may not
    try:
        redis: Any = client(url, retries=0, timeout_s=STORE_TIMEOUT_S, connections=1)
    except ValueError as error:
        raise OperatorError(f"{place!r} is no URL of a store: {error}.") from error
    try:
        async with asyncio.timeout(STORE_TIMEOUT_S):
            told: dict[str, Any] = {}
            for section in _SECTIONS:
                told |= await redis.info(section)
            fsync = await _fsync(redis)
    except AuthenticationError as error:
        raise OperatorError(f"The store at {place} does not let us in: {error}.") from error
    except (RedisError, StoreError, OSError, TimeoutError) as error:
        raise OperatorError(
            f"The store at {place} cannot be reached: {str(error) or 'no answer in time'}."
        ) from error
    finally:
        await redis.aclose()
    return _judged(told, fsync, place)


async def _fsync(redis: Any) -> str:
    """Return the fsync policy; a hosted store may not tell."""
    try:
        answer = await redis.config_get("appendfsync")
    except ResponseError:
        return ""
    return str(answer.get("appendfsync", ""))


def _judged(told: dict[str, Any], fsync: str, place: str) -> StoreProfile:
    """Return the profile of a store that may be used.

    Raises:
        OperatorError: it may not.
    """
    is_valkey = "valkey_version" in told
    version = str(told.get("valkey_version") or told.get("redis_version") or "0")
    name = check_version("valkey" if is_valkey else "redis", version, place)
    if told.get("role", "master") != "master":
        raise OperatorError(f"The store at {place} is a replica: name its primary.")
    if not told.get("aof_enabled"):
        raise OperatorError(
            f"The store at {place} keeps no append-only file, so that a crash of it would lose"
            " worlds: set `appendonly yes`."
        )
    policy = told.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        raise OperatorError(
            f"The store at {place} may drop data when its memory is full ({policy}): set"
            " `maxmemory-policy noeviction`."
        )
    return StoreProfile(name, fsync, int(told.get("connected_slaves", 0)))
