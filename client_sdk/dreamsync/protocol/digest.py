"""The digest of a view: 64 bits over the facts that a viewer sees, in any order.

It is the sum, modulo 2**64, of one hash a fact, so that a change costs two hashes and no sorting.
A client keeps its own and compares it with what comes with each view.
"""

import hashlib
import json
from typing import Any, Final

from dreamsync.protocol.values import WireDrift, WireText, WireValue

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_MASK: Final = 2**64 - 1


def hash_fact(name: str, value: WireValue) -> int:
    """Return 64 bits of one fact.

    The first 8 bytes, big-endian, of sha256 over the compact JSON `[name,value]` in UTF-8 (as
    JSON.stringify writes it); a drift is hashed as `[fine,rate,since]`, a person's text as
    `[ref,digest]`, a list as itself.
    """
    return int.from_bytes(hashlib.sha256(_encode([name, _plain(value)]).encode()).digest()[:8])


def add(total: int, name: str, value: WireValue) -> int:
    """Return a digest with one fact added."""
    return (total + hash_fact(name, value)) & _MASK


def remove(total: int, name: str, value: WireValue) -> int:
    """Return a digest with one fact, at the value it was added with, taken out."""
    return (total - hash_fact(name, value)) & _MASK


def as_hex(total: int) -> str:
    """Return a digest as the 16 lower-case hex digits that are sent."""
    return f"{total:016x}"


def _plain(value: WireValue) -> Any:
    match value:
        case WireDrift():
            return (value.fine, value.rate, value.since)
        case WireText():
            return (value.ref, value.digest)
        case _:
            return value
