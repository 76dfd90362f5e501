"""Whether a store that somebody else runs keeps what a Dreamsync server promises."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from redis.exceptions import AuthenticationError, RedisError, ResponseError

from dreamsync_server.errors import OperatorError, StoreError
from dreamsync_server.limits import STORE_TIMEOUT_S
from dreamsync_server.store.binary import check_version
from dreamsync_server.store.profiles import (
    FSYNCED,
    RELAXED,
    REPLICATED,
    SOLO,
    Profile,
    profile_named,
)
from dreamsync_server.store.redis.address import parse_address, place_of
from dreamsync_server.store.redis.client import Server, client
from dreamsync_server.store.redis.routes import open_routes

_SECTIONS: Final = ("server", "persistence", "memory", "replication", "cluster")
_SETTINGS: Final = (
    "appendfsync", "no-appendfsync-on-rewrite", "min-replicas-to-write", "min-replicas-max-lag",
    "maxmemory-policy",
)  # fmt: skip
_MEANT: Final = {
    "one": "",
    "sentinel": " (are they Sentinels, and do they watch a service of this name?)",
    "cluster": " (is it a cluster? One server is named redis://…)",
}
_WAITAOF_SINCE: Final = (7, 2)  # of Redis; every Valkey has it


@dataclass(frozen=True, slots=True)
class StoreProfile:
    """What a store is, and what it keeps. `replicas` is how many must have a commit."""

    name: str  # Valkey 9.1.2
    profile: Profile
    replicas: int
    is_known: bool = True  # whether it tells its settings; a hosted one may not

    @property
    def survives(self) -> str:
        """What it survives, in one line."""
        doubt = "" if self.is_known else f", as far as {self.name} tells"
        more = f", {self.replicas} replicas" if self.replicas > 1 else ""
        return f"{self.profile.survives}{doubt} ({self.profile.name}{more}, {self.name})"


@dataclass(frozen=True, slots=True)
class _Told:
    """What one server says of itself; `settings` are left out where it does not tell them."""

    place: str
    info: dict[str, Any]
    settings: dict[str, str]


async def check_store(url: str, profile: str = "", replicas: int = 0) -> StoreProfile:
    """Ask a running store what it is, writing nothing; every primary, where there are several.

    `profile` is what is asked for; "" takes what suits it. `replicas` beyond those of the profile.

    Raises:
        OperatorError: it is not reachable, too old, a replica, or keeps not what is asked for. The
            message names the setting and the command that mends it.
    """
    place = place_of(url)
    asked = profile_named(profile) if profile else None
    try:
        kind = parse_address(url).kind
        routes = open_routes(url, STORE_TIMEOUT_S)
    except ValueError as error:
        raise OperatorError(f"{place!r} is no URL of a store: {error}.") from error
    try:
        async with asyncio.timeout(2 * STORE_TIMEOUT_S):
            told = [await _asked(server) for server in await routes.servers()]
    except AuthenticationError as error:
        why = str(error).rstrip(".")
        raise OperatorError(f"The store at {place} does not let us in: {why}.") from error
    except (RedisError, StoreError, OSError, TimeoutError) as error:
        why = str(error).rstrip(".") or "no answer in time"
        meant = _MEANT[kind] if isinstance(error, StoreError) else ""
        raise OperatorError(f"The store at {place} cannot be reached: {why}{meant}.") from error
    finally:
        await routes.close()
    wanted = asked or _suiting(kind, told, replicas)
    count = max(replicas, wanted.replicas) if wanted.replicas else 0
    if replicas and not wanted.replicas:
        raise OperatorError(
            f"The profile {wanted.name} asks no replicas: leave --replicas away, or take"
            " --profile replicated."
        )
    names = [_judged(one, kind, wanted, count) for one in told]
    return StoreProfile(names[0], wanted, count, all(one.settings for one in told))


async def _asked(server: Server) -> _Told:
    redis: Any = client(server.url, retries=1, timeout_s=STORE_TIMEOUT_S)
    info: dict[str, Any] = {}
    try:
        for section in _SECTIONS:
            info |= await redis.info(section)
        try:
            settings = {str(name): str(value) for name, value in (await _config(redis)).items()}
        except ResponseError:
            settings = {}  # a hosted store may not tell
    finally:
        await redis.aclose()
    return _Told(server.name, info, settings)


async def _config(redis: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await redis.config_get(*_SETTINGS)
    return answer


def _suiting(kind: str, told: list[_Told], replicas: int) -> Profile:
    """Return the profile of a store for which none was asked."""
    if replicas or kind != "one":
        return REPLICATED
    fsyncs = {one.settings.get("appendfsync", "always") for one in told}
    return SOLO if fsyncs == {"always"} else RELAXED


def _judged(told: _Told, kind: str, profile: Profile, replicas: int) -> str:
    """Return the name and version of a server that may be used.

    Raises:
        OperatorError: it may not.
    """
    info, settings, place = told.info, told.settings, told.place
    version = str(info.get("valkey_version") or info.get("redis_version") or "0")
    is_valkey = "valkey_version" in info
    name = check_version("valkey" if is_valkey else "redis", version, place)
    if info.get("role", "master") != "master":
        raise OperatorError(f"The store at {place} is a replica: name its primary.")
    if kind != "cluster" and int(info.get("cluster_enabled", 0)):
        raise OperatorError(
            f"The store at {place} is a node of a cluster: name it redis+cluster://…"
        )
    if not info.get("aof_enabled"):
        raise OperatorError(
            f"The store at {place} keeps no append-only file, so that a crash of it would lose"
            f" worlds: {_mended('appendonly', 'yes')}."
        )
    policy = str(info.get("maxmemory_policy", "noeviction"))
    if policy != "noeviction":
        raise OperatorError(
            f"The store at {place} may drop data when its memory is full ({policy}):"
            f" {_mended('maxmemory-policy', 'noeviction')}."
        )
    fsync = settings.get("appendfsync", "always")
    if profile.needs_fsync and fsync != "always":
        raise OperatorError(
            f"The store at {place} syncs its disk too seldom (appendfsync {fsync}) for the profile"
            f" {profile.name}: {_mended('appendfsync', 'always')}, or take --profile relaxed."
        )
    if profile.needs_fsync and settings.get("no-appendfsync-on-rewrite") == "yes":
        raise OperatorError(
            f"The store at {place} does not sync its disk while it rewrites its file"
            f" (no-appendfsync-on-rewrite yes), against the profile {profile.name}:"
            f" {_mended('no-appendfsync-on-rewrite', 'no')}."
        )
    if profile is FSYNCED and not is_valkey and _numbers(version) < _WAITAOF_SINCE:
        raise OperatorError(
            f"The store at {place} is {name}, which has no WAITAOF: take Valkey, Redis 7.2 or"
            " newer, or --profile replicated."
        )
    if replicas:
        _judge_replicas(told, profile, replicas)
    else:
        _judge_writable(told)
    return name


def _judge_writable(told: _Told) -> None:
    """Refuse a server that takes no writes because it lacks the replicas that it asks for itself.

    Raises:
        OperatorError: it does.
    """
    least = int(told.settings.get("min-replicas-to-write", 0))
    count = int(told.info.get("connected_slaves", 0))
    if count < least and told.settings.get("min-replicas-max-lag") != "0":
        raise OperatorError(
            f"The store at {told.place} takes no writes: it asks for {least} replicas"
            f" (min-replicas-to-write) and has {count}: start one, or"
            f" {_mended('min-replicas-to-write', '0')}."
        )


def _judge_replicas(told: _Told, profile: Profile, replicas: int) -> None:
    """Refuse a primary that goes on without its replicas, or has too few.

    Raises:
        OperatorError: it does, or has.
    """
    if told.settings.get("min-replicas-max-lag") == "0":
        raise OperatorError(
            f"The store at {told.place} would go on without its replicas (min-replicas-max-lag 0"
            f" turns min-replicas-to-write off), against the profile {profile.name}:"
            f" {_mended('min-replicas-max-lag', '2')}."
        )
    least = int(told.settings.get("min-replicas-to-write", replicas))
    if least < replicas:
        raise OperatorError(
            f"The store at {told.place} would go on without its replicas (min-replicas-to-write"
            f" {least}), so that a partition could lose what was seen, against the profile"
            f" {profile.name}: {_mended('min-replicas-to-write', str(replicas))}."
        )
    count = int(told.info.get("connected_slaves", 0))
    if count < replicas:
        raise OperatorError(
            f"The store at {told.place} has {count} replicas, and the profile {profile.name} needs"
            f" {replicas}: start one with `replicaof {' '.join(told.place.rsplit(':', 1))}`, or"
            " take --profile solo."
        )


def _mended(setting: str, value: str) -> str:
    """Return how a setting is put right."""
    return f"set it by `CONFIG SET {setting} {value}` and keep it by `CONFIG REWRITE`"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
