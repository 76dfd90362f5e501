"""What a fact may hold, how a drifting one reads at a time, and how a fact is hashed."""

import hashlib
import json
from collections.abc import Iterable
from typing import Final, NamedTuple

from dreamsync_server.limits import DRIFT_UNIT

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_quoted = json.encoder.encode_basestring
DIGEST_MASK: Final = 2**64 - 1


class Drift(NamedTuple):
    """An int that moves with world time: `fine + rate * (now - since_ms)`, clamped to its range.

    `fine` is in units of 1/3,600,000 of a whole unit (`limits.DRIFT_UNIT`), so that `rate` is
    whole units an hour and nothing is lost when the rate changes. All products stay exact in a
    JavaScript double: |range| <= 10**9.
    """

    fine: int
    rate: int
    since_ms: int
    low: int
    high: int

    def fine_at(self, world_ms: int) -> int:
        """Return the fine value at `world_ms`; before `since_ms` it stands still."""
        return drift_fine(self.fine, self.rate, self.low, self.high, world_ms - self.since_ms)

    def at(self, world_ms: int) -> int:
        """Return the whole value at `world_ms`: the last whole one it came through.

        A rising fact rounds down, a falling one up, so that either keeps its start for a whole
        step; one that stands still rounds down.
        """
        fine = self.fine_at(world_ms)
        return -(-fine // DRIFT_UNIT) if self.rate < 0 else fine // DRIFT_UNIT


class TextRef(NamedTuple):
    """Text that a person wrote, by reference; `digest` is sha256(salt + text) in 16 hex digits.

    The text and its salt lie beside the log and can be erased; this stays and still checks.
    """

    ref: str
    digest: str


Scalar = bool | int | str
Value = bool | int | str | tuple[Scalar, ...] | Drift | TextRef
"""bool, int, choice or engine text, a list as a tuple, a drifting int, text of a person."""


def drift_fine(fine: int, rate: int, low: int, high: int, elapsed_ms: int) -> int:
    """Return a drifting value in fine units after `elapsed_ms`, held within [low, high].

    The elapsed time is first cut to what reaches the end of the range, so that the product
    stays below 2**53.
    """
    if rate == 0 or elapsed_ms <= 0:
        return fine
    end = (high if rate > 0 else low) * DRIFT_UNIT
    elapsed_end_ms = -(-abs(end - fine) // abs(rate))
    if elapsed_ms >= elapsed_end_ms:
        return end
    return fine + rate * elapsed_ms


def hash_fact(name: str, value: Value) -> int:
    """Return 64 bits of one fact, the same in Python and JavaScript.

    The first 8 bytes, big-endian, of sha256 over the compact JSON `[name,value]` in UTF-8; a
    drift is hashed as `[fine,rate,since_ms]`, a text of a person as `[ref,digest]`, a list as
    itself.
    """
    plain = value[:3] if type(value) is Drift else value
    raw = f"[{_quoted(name)},{_json(plain)}]"
    return int.from_bytes(hashlib.sha256(raw.encode()).digest()[:8], "big")


def add_hashes(total: int, added: Iterable[int], removed: Iterable[int] = ()) -> int:
    """Return a digest with some facts' hashes added and others taken out, modulo 2**64."""
    return (total + sum(added) - sum(removed)) & DIGEST_MASK


def digest_hex(total: int) -> str:
    """Return a digest as the 16 lower-case hex digits used on the wire."""
    return f"{total:016x}"


def hash_text(salt: str, text: str) -> str:
    """Return the digest kept in the log for a text that a person wrote."""
    return hashlib.sha256((salt + text).encode()).hexdigest()[:16]


def _json(value: object) -> str:
    """Return compact JSON as `_encode` does, at a third of its price for what facts hold."""
    kind = type(value)
    if kind is str:
        return _quoted(value)  # type: ignore[arg-type]
    if kind is int:
        return str(value)
    if kind is bool:
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{','.join([_json(item) for item in value])}]"
    return _encode(value)
