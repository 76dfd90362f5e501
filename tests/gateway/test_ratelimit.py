"""Token buckets: so many at once, so many a second, and what comes back with time."""

from dreamsync_server.gateway.ratelimit import KeyedBuckets, MessageMeter, TokenBucket
from dreamsync_server.limits import MESSAGES_BURST, MESSAGES_DROPPED_MAX, MESSAGES_PER_S


def test_a_bucket_lets_its_burst_through_and_then_its_rate() -> None:
    bucket = TokenBucket(10, 3, 0.0)
    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(0.1), bucket.take(0.1)] == [True, False]


def test_a_bucket_says_how_long_to_wait_and_then_lets_through() -> None:
    bucket = TokenBucket(2, 1, 0.0)
    assert bucket.take(0.0)
    wait_ms = bucket.wait_ms(0.0)
    assert wait_ms == 501
    assert bucket.take(wait_ms / 1000)


def test_a_bucket_fills_to_its_burst_and_no_more() -> None:
    bucket = TokenBucket(10, 2, 0.0)
    bucket.take(0.0)
    assert [bucket.take(100.0) for _ in range(3)] == [True, True, False]


def test_time_that_steps_back_fills_nothing() -> None:
    bucket = TokenBucket(10, 1, 5.0)
    assert bucket.take(5.0)
    assert not bucket.take(1.0)


def test_a_meter_tells_a_flood_from_a_burst() -> None:
    meter = MessageMeter(0.0)
    assert all(meter.take(0.0) for _ in range(MESSAGES_BURST))
    assert not meter.take(0.0)
    assert meter.wait_ms(0.0) == 1000 // MESSAGES_PER_S + 1
    assert not meter.is_flood()
    for _ in range(MESSAGES_DROPPED_MAX):
        meter.take(0.0)
    assert meter.is_flood()


def test_one_message_that_is_let_through_ends_the_count_towards_a_flood() -> None:
    meter = MessageMeter(0.0)
    for _ in range(MESSAGES_BURST + MESSAGES_DROPPED_MAX):
        meter.take(0.0)
    assert meter.take(1.0)
    for _ in range(MESSAGES_BURST):
        meter.take(1.0)
    assert not meter.is_flood()


def test_each_key_has_a_bucket_of_its_own_and_the_longest_unused_are_forgotten() -> None:
    buckets = KeyedBuckets(1, 1, keys_max=2)
    assert [buckets.take(key, 0.0) for key in ("a", "a", "b")] == [True, False, True]
    assert buckets.wait_ms("a", 0.0) == 1001
    assert buckets.wait_ms("unknown", 0.0) == 0
    assert not buckets.take("a", 0.0)  # it was used: b is now the longest unused
    buckets.take("c", 0.0)
    assert (buckets.wait_ms("a", 0.0), buckets.wait_ms("b", 0.0)) == (1001, 0)
