"""Links into worlds: how they are written and read. Nothing else in the server spells one.

    http://host:port/w#<world>            a public world
    http://host:port/w#<world>.<invite>   a private one

All that is secret stands behind the `#`, which a browser never sends. `#<world>?i=<invite>` is read
too, and so are a bare world id, and an address alone, which leads to a server and no world yet.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from dreamsync_server.errors import OperatorError

PATH: Final = "/w"
SERVER: Final = "ws://127.0.0.1:8765"
_SOCKET_SCHEMES: Final = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
_PAGE_SCHEMES: Final = {"ws": "http", "wss": "https", "http": "http", "https": "https"}
_PLACE: Final = re.compile(r"([A-Za-z0-9_-]{1,40})(?:(?:\.|\?i=)([A-Za-z0-9_-]{1,128}))?\Z")


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads. `server` is the socket's address; `world` and `invite` may be ""."""

    server: str
    world: str = ""
    invite: str = ""

    def __str__(self) -> str:
        place = f"{self.world}.{self.invite}" if self.invite else self.world
        return f"{page_address(self.server)}{PATH}#{place}" if place else page_address(self.server)


def parse_link(text: str, server: str = SERVER) -> Link:
    """Return where a link, an address or a bare world id leads; `server` is for the last.

    Raises:
        OperatorError: it is none of them.
    """
    text = text.strip()
    address, hash_sign, place = text.partition("#")
    if not hash_sign and "://" not in text and ":" not in text:
        address, place = server, text
    link = Link(socket_address(address or server))
    if not place:
        return link
    found = _PLACE.match(place)
    if found is None:
        raise OperatorError(
            f"{text!r} is no link to a world: one looks like http://127.0.0.1:8765/w#WORLD,"
            " and the shell needs it in quotes"
        )
    return Link(link.server, found[1], found[2] or "")


def socket_address(address: str) -> str:
    """Return the address of the socket of a server: ws://host:port.

    Raises:
        OperatorError: it is no address.
    """
    scheme, place = _split(address)
    return f"{_SOCKET_SCHEMES[scheme]}://{place}"


def page_address(address: str) -> str:
    """Return the address of a server's pages: http://host:port."""
    scheme, place = _split(address)
    return f"{_PAGE_SCHEMES[scheme]}://{place}"


def _split(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address if "://" in address else f"ws://{address}")
        is_address = parts.scheme in _SOCKET_SCHEMES and parts.hostname and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise OperatorError(f"{address!r} is no address of a server, such as {SERVER}")
    return parts.scheme, parts.netloc
