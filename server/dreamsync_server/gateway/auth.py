"""Who stands at the other end: its address, its page's origin, an operator's token.

An address counts as local only if it is loopback and nobody forwarded for it: a proxy on this
machine that was not named makes its visitors strangers, never operators.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from websockets.datastructures import Headers

from dreamsync_server.errors import OperatorError

Address = IPv4Address | IPv6Address

UNKNOWN: Final = "unknown"
_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_FORWARDED: Final = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
_HOPS_MAX: Final = 16
_SUBSCRIBER_BITS: Final = 64  # of an IPv6 address. Source: RFC 6177, section 2


class Visitor(NamedTuple):
    """Who sent a request; `is_local`: this machine.

    `address` is what bounds are counted by: of IPv6 the network of 64 bits, since whoever has one
    address there has them all.
    """

    address: str
    is_local: bool


class Trust:
    """What the operator said about strangers: proxies, origins, the operator's own token."""

    def __init__(
        self,
        *,
        proxies: Iterable[str] = (),
        origins: Iterable[str] = (),
        operator_token: str = "",
    ) -> None:
        try:
            self._proxies = tuple(ip_network(text, strict=False) for text in proxies)
        except ValueError as error:
            raise OperatorError(f"a trusted proxy is an address or a network: {error}") from None
        self._origins = frozenset(_configured_origin(text) for text in origins)
        self._token_hash = _hash(operator_token) if operator_token else None

    def is_proxy(self, peer: str) -> bool:
        """Return whether an address is one of the named proxies."""
        address = _parse(peer)
        return address is not None and any(
            address.version == network.version and address in network for network in self._proxies
        )

    def visitor(self, peer: str, headers: Headers) -> Visitor:
        """Return who sent a request that came from `peer` with these headers.

        Of X-Forwarded-For only what named proxies wrote counts: the last address in it that is
        no proxy itself. What else stands there the visitor may have made up.
        """
        forwarded = any(headers.get_all(name) for name in _FORWARDED)
        if not self.is_proxy(peer):
            return Visitor(_shown(peer), is_loopback(peer) and not forwarded and _is_home(headers))
        hops = ",".join(headers.get_all("X-Forwarded-For")).split(",")[-_HOPS_MAX:]
        for hop in reversed(hops):
            address = _parse(hop.strip())
            if address is None:
                break
            if not self.is_proxy(str(address)):
                return Visitor(_counted(address), is_local=False)
        return Visitor(_shown(peer), is_local=False)

    def allows_origin(self, headers: Headers) -> bool:
        """Return whether a page may connect: this host's own, one of the list, or no page at all.

        A browser always says the origin; other programs need not, and could say what they like.
        """
        origins = headers.get_all("Origin")
        if not origins:
            return True
        if len(origins) > 1:
            return False
        origin = normal_origin(origins[0])
        if origin is None:
            return False
        return origin in self._origins or _is_same_host(origin, headers.get_all("Host"))

    def is_operator(self, headers: Headers) -> bool:
        """Return whether a request carries the operator's token, as `Authorization: Bearer`."""
        given = headers.get_all("Authorization")
        if len(given) != 1:
            return False
        scheme, _, token = given[0].partition(" ")
        return scheme.lower() == "bearer" and self.is_operator_token(token.strip())

    def is_operator_token(self, token: str) -> bool:
        """Return whether a token is the operator's; compared in constant time."""
        given = _hash(token)
        return self._token_hash is not None and hmac.compare_digest(given, self._token_hash)


def is_loopback(peer: str) -> bool:
    """Return whether an address is this machine's own; an IPv4 one inside IPv6 counts."""
    address = _parse(peer)
    return address is not None and address.is_loopback


def counted_as(peer: str) -> str:
    """Return what an address is counted as; of what is no address itself."""
    address = _parse(peer)
    return peer if address is None else _counted(address)


def normal_origin(text: str) -> str | None:
    """Return scheme://host:port in lower case with the port spelled out; None for no origin."""
    try:
        parts = urlsplit(text.strip().lower())
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}"


def _configured_origin(text: str) -> str:
    origin = normal_origin(text)
    if origin is None:
        raise OperatorError(f"an allowed origin looks like https://play.example, not {text!r}")
    return origin


def _is_same_host(origin: str, hosts: Sequence[str]) -> bool:
    """Return whether the Host header names the origin's host and port.

    A Host without a port stands for the default port of the origin's own scheme, since TLS may
    end in front of this server.
    """
    if len(hosts) != 1:
        return False
    scheme = origin.partition("://")[0]
    return normal_origin(f"{scheme}://{hosts[0]}") == origin


def _is_home(headers: Headers) -> bool:
    """Return whether the Host is an address or localhost: a name may be a stranger's, rebound."""
    hosts = headers.get_all("Host")
    if len(hosts) != 1:
        return not hosts
    try:
        name = urlsplit(f"//{hosts[0].strip()}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or _parse(name) is not None


def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _shown(peer: str) -> str:
    address = _parse(peer)
    return UNKNOWN if address is None else _counted(address)


def _counted(address: Address) -> str:
    if address.version == 4 or address.is_loopback:
        return str(address)
    return str(ip_network((address.packed, _SUBSCRIBER_BITS), strict=False))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
