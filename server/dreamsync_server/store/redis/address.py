"""Where a store is: its URL taken apart, for one server, behind Sentinels, or a cluster.

    redis://[[user]:password@]host[:6379][/db]          one server; rediss:// over TLS
    unix:///path/to.sock                                 one server on this machine
    redis+sentinel://host[:26379],host…/service[/db]     whichever the Sentinels call the primary
    redis+cluster://host[:6379],host…                    Valkey Cluster or Redis Cluster

`valkey` and `valkeys` stand for `redis` and `rediss` everywhere. User and password are those of
the data servers; the Sentinels' own stand in the query, `?sentinel_username=…&sentinel_password=…`.
What else stands there goes to the client library (`ssl_ca_certs=…`).
"""

import re
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

Kind = Literal["one", "sentinel", "cluster"]

_PORT_AT_END: Final = re.compile(r":\d+\Z")
SCHEMES: Final = ("unix", "redis", "rediss", "valkey", "valkeys")
_SECURE: Final = {"redis": "redis", "valkey": "redis", "rediss": "rediss", "valkeys": "rediss"}
_KINDS: Final[dict[str, Kind]] = {"sentinel": "sentinel", "cluster": "cluster"}
_PORTS: Final[dict[Kind, int]] = {"one": 6379, "sentinel": 26379, "cluster": 6379}
ALL_SCHEMES: Final = (
    *SCHEMES,
    *(f"{scheme}+{kind}" for scheme in _SECURE for kind in _KINDS),
)


@dataclass(frozen=True, slots=True)
class Address:
    """A URL taken apart. `hosts` are where to ask first; `service` is what Sentinels call it.

    `plain` is the URL of the one server, as the client library reads it; "" for the other kinds.
    """

    kind: Kind
    hosts: tuple[tuple[str, int], ...] = ()
    service: str = ""
    db: int = 0
    is_secure: bool = False
    credentials: str = field(default="", repr=False)  # `user:password@` as it stood in the URL
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    sentinel_credentials: str = field(default="", repr=False)
    plain: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """What the one server is called: host and port, or the path of its socket."""
        place = place_of(self.plain)
        if place.startswith("unix:"):
            return place
        host = place.partition("://")[2].partition("/")[0] or "localhost"
        return host if _PORT_AT_END.search(host) else f"{host}:{_PORTS['one']}"

    def of(self, host: str, port: int) -> str:
        """Return the URL of one data server of it."""
        return self._spelled(host, port, self.credentials, self.db)

    def of_sentinel(self, host: str, port: int) -> str:
        """Return the URL of one Sentinel of it."""
        return self._spelled(host, port, self.sentinel_credentials, 0)

    def _spelled(self, host: str, port: int, credentials: str, db: int) -> str:
        scheme = "rediss" if self.is_secure else "redis"
        shown = f"[{host}]" if ":" in host else host
        query = f"?{urlencode(self.options)}" if self.options else ""
        return f"{scheme}://{credentials}{shown}:{port}/{db}{query}"


def parse_address(url: str) -> Address:
    """Return where a store is.

    Raises:
        ValueError: the URL is of none of the shapes above; the text holds no password.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise ValueError(f"it must begin with one of {', '.join(f'{s}://' for s in ALL_SCHEMES)}")
    if scheme == "unix":
        return Address("one", plain=url)
    base, _, kind_name = scheme.partition("+")
    kind: Kind = "one" if scheme == base else _KINDS.get(kind_name, "one")
    if base not in _SECURE or (kind_name and kind == "one"):
        raise ValueError(f"no store is known by {scheme}://")
    is_secure = _SECURE[base] == "rediss"
    if kind == "one":
        _look_at_database(urlsplit(f"store://{rest.rpartition('@')[2]}").path)
        return Address("one", is_secure=is_secure, plain=f"{_SECURE[base]}://{rest}")
    parts = urlsplit(f"store://{rest}")
    credentials, at_sign, hosts = parts.netloc.rpartition("@")
    names = [name for name in parts.path.split("/") if name]
    options = dict(parse_qsl(parts.query))
    sentinel_user = options.pop("sentinel_username", "")
    sentinel_password = options.pop("sentinel_password", "")
    service = names.pop(0) if kind == "sentinel" and names else ""
    if kind == "sentinel" and not service:
        raise ValueError("after the Sentinels it needs the name of the service, as in …/mymaster")
    db = _number(names.pop(0), "database") if names else 0
    if names or (kind == "cluster" and db):
        raise ValueError("nothing may stand behind the hosts of a cluster but /0")
    return Address(
        kind,
        hosts=tuple(_host(text, _PORTS[kind]) for text in hosts.split(",")),
        service=service,
        db=db,
        is_secure=is_secure,
        credentials=f"{credentials}@" if at_sign else "",
        options=tuple(options.items()),
        sentinel_credentials=_credentials(sentinel_user, sentinel_password),
    )


def place_of(url: str) -> str:
    """Return a URL as it may be shown: without user and password, and without its query."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return url.rpartition("@")[2]
    place = rest.partition("?")[0]
    if "@" in rest and "@" not in place:
        return f"{scheme}://…"  # a question mark in the password, or a sign in the query
    return f"{scheme}://{place.rpartition('@')[2]}"


def _host(text: str, port: int) -> tuple[str, int]:
    """Return a host and its port; `[::1]:7000` is read too."""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        number = rest.removeprefix(":")
    else:
        host, _, number = text.partition(":")
    if not host:
        raise ValueError("a host is missing")
    return host, _number(number, "port") if number else port


def _look_at_database(path: str) -> None:
    if name := path.strip("/"):
        _number(name, "database")


def _number(text: str, what: str) -> int:
    if not text.isdecimal():
        raise ValueError(f"{text!r} is no number of a {what}")
    return int(text)


def _credentials(user: str, password: str) -> str:
    if not user and not password:
        return ""
    return f"{quote(user, safe='')}:{quote(password, safe='')}@"
