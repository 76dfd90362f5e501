"""Which server has a key: one server for all, whichever the Sentinels name, or a cluster's map.

Everything above sees only this. A map that has proved old (an error, MOVED, a silent server) is
doubted: it is asked for again beside the calls that go on with it, so that a shard that fails
holds nobody else. redis-py's own `RedisCluster` and `Sentinel` are not used: the one retries what
it wrote, has no WAIT on the connection that wrote and no deadline a shard; the other asks the
Sentinels one after the other and believes the first, which may be cut off with the old primary.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple, Protocol

from redis.asyncio import Redis
from redis.crc import key_slot
from redis.exceptions import RedisError

from dreamsync_server.errors import StoreUnavailableError
from dreamsync_server.limits import (
    STORE_ROUTES_ASKED_MAX,
    STORE_ROUTES_PAUSE_S,
    STORE_ROUTES_S,
    STORE_SERVER_KEPT_S,
)
from dreamsync_server.store.redis.address import Address, parse_address
from dreamsync_server.store.redis.client import Server, check_options, client

log = logging.getLogger(__name__)

SLOTS: Final = 16_384
_Place = tuple[str, int]


class Routes(Protocol):
    """Which server has a key now, and how often that has changed."""

    is_cluster: bool
    can_change: bool
    changes: int
    """How often a server has taken another's place, as far as was noticed."""

    def known(self, key: str) -> Server | None:
        """Return the server that has a key, as far as is known."""
        ...

    async def server_of(self, key: str) -> Server:
        """Return the server that has a key.

        Raises:
            StoreUnavailableError: nobody can say.
        """
        ...

    async def servers(self) -> list[Server]:
        """Return every server that may be written to.

        Raises:
            StoreUnavailableError: nobody can say.
        """
        ...

    def at(self, host: str, port: int) -> Server:
        """Return the server at an address that another server has named."""
        ...

    def moved(self, slot: int, server: Server) -> None:
        """Know that a slot lies at a server."""
        ...

    def doubt(self) -> None:
        """Ask anew soon: an answer showed that what is known may be old."""
        ...

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call a function after every change."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


def open_routes(url: str, timeout_s: float) -> Routes:
    """Return the routes of a store's URL; nothing is connected yet.

    Raises:
        ValueError: it is no URL of a store.
    """
    address = parse_address(url)
    check_options(address.plain or address.of("localhost", 1))
    match address.kind:
        case "one":
            return OneServer(address, timeout_s)
        case "sentinel":
            return BehindSentinels(address, timeout_s)
        case _:
            return InCluster(address, timeout_s)


class OneServer:
    """One server has every key."""

    is_cluster = False
    can_change = False
    changes = 0

    def __init__(self, address: Address, timeout_s: float) -> None:
        url = address.plain
        self._server = Server(address.name, url, timeout_s=timeout_s, must_be_primary=False)

    def known(self, key: str) -> Server | None:
        """Return it."""
        return self._server

    async def server_of(self, key: str) -> Server:
        """Return it."""
        return self._server

    async def servers(self) -> list[Server]:
        """Return it alone."""
        return [self._server]

    def at(self, host: str, port: int) -> Server:
        """Return it: a server in cluster mode may name itself."""
        return self._server

    def moved(self, slot: int, server: Server) -> None:
        """Stay: there is nowhere else."""

    def doubt(self) -> None:
        """Stay: there is nowhere else."""

    def watch(self, watcher: Callable[[], None]) -> None:
        """Never call it: nothing changes."""

    async def close(self) -> None:
        """Close every connection."""
        await self._server.close()


class _Asked:
    """Routes that others are asked for: one look at a time, beside whoever uses the last one."""

    is_cluster = False
    can_change = True

    def __init__(self, address: Address, timeout_s: float) -> None:
        self.changes = 0
        self._address = address
        self._timeout_s = timeout_s
        self._servers: dict[_Place, Server] = {}
        self._left_s: dict[_Place, float] = {}  # servers without a key, and since when
        self._watchers: list[Callable[[], None]] = []
        self._looking: asyncio.Task[None] | None = None
        self._looked_s = -STORE_ROUTES_PAUSE_S

    async def _ask(self) -> bool:
        """Ask for the map and take it; return whether anybody could say."""
        raise NotImplementedError

    def at(self, host: str, port: int) -> Server:
        """Return the server at an address."""
        place = (host, port)
        server = self._servers.get(place)
        if server is None:
            url, name = self._address.of(host, port), f"{host}:{port}"
            must = not self.is_cluster
            server = Server(name, url, timeout_s=self._timeout_s, must_be_primary=must)
            self._servers[place] = server
        return server

    def doubt(self) -> None:
        """Ask anew beside what goes on; at most one look at a time, and not without a pause."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call a function after every change."""
        self._watchers.append(watcher)

    async def close(self) -> None:
        """Close every connection."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking], timeout=self._timeout_s)
        for server in self._servers.values():
            await server.close()

    async def _looked(self) -> None:
        """Wait until somebody was asked.

        Raises:
            StoreUnavailableError: nobody can say.
        """
        self.doubt()
        assert self._looking is not None
        # Shielded: others may wait for the same look.
        await asyncio.wait([self._looking], timeout=self._timeout_s)

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._looked_s + STORE_ROUTES_PAUSE_S - loop.time()))
        if not await self._ask():
            log.warning("nobody says where the store's keys are")
        self._looked_s = loop.time()

    def _changed(self) -> None:
        self.changes += 1
        for watcher in self._watchers:
            watcher()

    async def _let_go(self, used: Iterable[Server]) -> None:
        """Close servers that have had no key for a while."""
        now_s = asyncio.get_running_loop().time()
        in_use = set(used)
        for place, server in tuple(self._servers.items()):
            if server in in_use:
                self._left_s.pop(place, None)
            elif now_s - self._left_s.setdefault(place, now_s) > STORE_SERVER_KEPT_S:
                del self._servers[place], self._left_s[place]
                await server.close()


class BehindSentinels(_Asked):
    """The primary that most of the Sentinels' newest configuration names has every key."""

    def __init__(self, address: Address, timeout_s: float) -> None:
        super().__init__(address, timeout_s)
        self._primary: Server | None = None
        self._sentinels = [
            client(address.of_sentinel(*place), retries=0, timeout_s=STORE_ROUTES_S, connections=1)
            for place in address.hosts
        ]

    def known(self, key: str) -> Server | None:
        """Return the primary."""
        return self._primary

    async def server_of(self, key: str) -> Server:
        """Return the primary."""
        if self._primary is None:
            await self._looked()
        if self._primary is None:
            raise StoreUnavailableError(f"no Sentinel names {self._address.service!r}")
        return self._primary

    async def servers(self) -> list[Server]:
        """Return the primary."""
        return [await self.server_of("")]

    def moved(self, slot: int, server: Server) -> None:
        """Stay: Sentinels decide."""

    async def close(self) -> None:
        """Close every connection."""
        await super().close()
        for sentinel in self._sentinels:
            await sentinel.aclose()

    async def _ask(self) -> bool:
        told = await _all_in_time(self._master(sentinel) for sentinel in self._sentinels)
        if not told:
            return False
        newest = max(told, key=lambda one: int(one["config-epoch"]))
        primary = self.at(newest["ip"], int(newest["port"]))
        if primary is not self._primary:
            level = logging.INFO if self._primary is None else logging.WARNING
            log.log(level, "the store's primary is %s", primary.name)
            self._primary = primary
            self._changed()
        await self._let_go([primary])
        return True

    async def _master(self, sentinel: "Redis") -> Mapping[str, str] | None:
        """Return what a Sentinel says of the service; all it says is pairs of words."""
        asked: Any = sentinel  # whose commands are not typed
        told = await asked.execute_command("SENTINEL", "MASTER", self._address.service)
        if isinstance(told, dict):
            return {str(name): str(value) for name, value in told.items()}
        words = [word.decode() for word in told]
        return dict(zip(words[::2], words[1::2], strict=True))


class _Map(NamedTuple):
    """What one server of a cluster says: how new that is, and (first, last, place) of slots."""

    epoch: int
    ranges: list[tuple[int, int, _Place]]


class InCluster(_Asked):
    """Each slot has a server; the newest map that some of them tell counts."""

    is_cluster = True

    def __init__(self, address: Address, timeout_s: float) -> None:
        super().__init__(address, timeout_s)
        self._slots: list[Server | None] = [None] * SLOTS
        self._turn = 0

    def known(self, key: str) -> Server | None:
        """Return the server that has a key's slot."""
        return self._slots[key_slot(key.encode())]

    async def server_of(self, key: str) -> Server:
        """Return the server that has a key's slot."""
        server = self.known(key)
        if server is None:
            await self._looked()
            server = self.known(key)
        if server is None:
            raise StoreUnavailableError("no server of the cluster has this key")
        return server

    async def servers(self) -> list[Server]:
        """Return every server that has slots."""
        found = [server for server in dict.fromkeys(self._slots) if server is not None]
        if not found:
            await self.server_of("")
            return await self.servers()
        return found

    def moved(self, slot: int, server: Server) -> None:
        """Know that a slot lies at a server, and that others may have moved with it."""
        if self._slots[slot] is not server:
            self._slots[slot] = server
            self._changed()
        self.doubt()

    async def _ask(self) -> bool:
        told = await _all_in_time(self._map(*place) for place in self._to_ask())
        if not told:
            return False
        slots: list[Server | None] = [None] * SLOTS
        for first, last, place in max(told, key=lambda one: one.epoch).ranges:
            slots[first : last + 1] = [self.at(*place)] * (last + 1 - first)
        if slots != self._slots:
            self._slots = slots
            self._changed()
            names = [server.name for server in dict.fromkeys(slots) if server is not None]
            log.info("the cluster's slots lie at %s", ", ".join(names))
        await self._let_go(server for server in dict.fromkeys(slots) if server is not None)
        return True

    def _to_ask(self) -> list[_Place]:
        """Return whom to ask: a few of all that are known, others each time."""
        places = list(dict.fromkeys([*self._servers, *self._address.hosts]))
        self._turn += 1
        at = self._turn % len(places)
        return [*places[at:], *places[:at]][:STORE_ROUTES_ASKED_MAX]

    async def _map(self, host: str, port: int) -> _Map | None:
        until_s = asyncio.get_running_loop().time() + STORE_ROUTES_S
        asked = (("CLUSTER", "INFO"), ("CLUSTER", "SLOTS"))
        info, slots = await self.at(host, port).reader.call(asked, until_s)
        for answer in (info, slots):
            if isinstance(answer, RedisError):
                raise answer
        words = dict(line.split(b":", 1) for line in info.split(b"\r\n") if b":" in line)
        ranges = []
        for first, last, primary, *_ in slots:
            name = (primary[0] or b"").decode()
            ranges.append((first, last, (name or host, primary[1])))
        if not ranges:
            return None
        return _Map(int(words[b"cluster_current_epoch"]), ranges)


async def _all_in_time(asking: Iterable[Any]) -> list[Any]:
    """Return what those answered who answered in time, with anything at all."""
    tasks = [asyncio.ensure_future(_in_time(one)) for one in asking]
    try:
        answers = await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
    return [answer for answer in answers if answer is not None]


async def _in_time(one: Any) -> Any:
    try:
        async with asyncio.timeout(STORE_ROUTES_S):
            return await one
    except (RedisError, OSError, TimeoutError) as error:
        log.debug("one who was asked for the store's keys does not say: %s", error)
        return None
