"""Chance: a world's own seeded streams. The same seed, stream and count give the same draw."""

import hashlib


def draw(seed: int, stream: str, count: int, sides: int) -> int:
    """Return 1..`sides`: draw number `count` of a stream.

    The first 8 bytes, big-endian, of sha256("<seed>/<stream>/<count>"), modulo `sides`; for
    sides up to 10**9 no value is favoured by more than one in 10**9.
    """
    assert sides >= 1, "a draw needs at least one side"
    raw = hashlib.sha256(f"{seed}/{stream}/{count}".encode()).digest()
    return int.from_bytes(raw[:8], "big") % sides + 1
