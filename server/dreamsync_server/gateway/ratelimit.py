"""Token buckets: how often something may happen. Pure; the time is handed in."""

from collections import OrderedDict

from dreamsync_server.limits import MESSAGES_BURST, MESSAGES_DROPPED_MAX, MESSAGES_PER_S


class TokenBucket:
    """Lets `per_s` things a second happen, and `burst` of them at once."""

    __slots__ = ("_at_s", "_burst", "_level", "_per_s")

    def __init__(self, per_s: float, burst: float, now_s: float) -> None:
        assert per_s > 0, "a bucket that never fills lets nothing through for ever"
        assert burst >= 1, "a bucket that holds no token lets nothing through at all"
        self._per_s = per_s
        self._burst = float(burst)
        self._level = float(burst)
        self._at_s = now_s

    def take(self, now_s: float) -> bool:
        """Take a token; False where there is none."""
        self._fill(now_s)
        if self._level < 1:
            return False
        self._level -= 1
        return True

    def wait_ms(self, now_s: float) -> int:
        """Return milliseconds until there is a token; 0 if there is one."""
        self._fill(now_s)
        missing = 1 - self._level
        return 0 if missing <= 0 else int(missing / self._per_s * 1000) + 1

    def _fill(self, now_s: float) -> None:
        if now_s > self._at_s:
            self._level = min(self._burst, self._level + (now_s - self._at_s) * self._per_s)
            self._at_s = now_s


class MessageMeter:
    """Meters the messages of one session, and tells a flood from a burst."""

    __slots__ = ("_bucket", "_refused")

    def __init__(self, now_s: float) -> None:
        self._bucket = TokenBucket(MESSAGES_PER_S, MESSAGES_BURST, now_s)
        self._refused = 0

    def take(self, now_s: float) -> bool:
        """Count one message; False where it is to be refused."""
        if self._bucket.take(now_s):
            self._refused = 0
            return True
        self._refused += 1
        return False

    def is_flood(self) -> bool:
        """Return whether so many were refused in a row that the client is to be cut."""
        return self._refused > MESSAGES_DROPPED_MAX

    def wait_ms(self, now_s: float) -> int:
        """Return milliseconds until the next message is let through."""
        return self._bucket.wait_ms(now_s)


class KeyedBuckets:
    """One bucket a key, such as an address; the longest unused are forgotten beyond `keys_max`."""

    __slots__ = ("_buckets", "_burst", "_keys_max", "_per_s")

    def __init__(self, per_s: float, burst: float, keys_max: int = 10_000) -> None:
        self._per_s = per_s
        self._burst = burst
        self._keys_max = keys_max
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def take(self, key: str, now_s: float) -> bool:
        """Take one token of `key`."""
        return self._bucket(key, now_s).take(now_s)

    def wait_ms(self, key: str, now_s: float) -> int:
        """Return milliseconds until `key` has a token."""
        bucket = self._buckets.get(key)
        return 0 if bucket is None else bucket.wait_ms(now_s)

    def _bucket(self, key: str, now_s: float) -> TokenBucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = TokenBucket(self._per_s, self._burst, now_s)
            if len(self._buckets) > self._keys_max:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        return bucket
