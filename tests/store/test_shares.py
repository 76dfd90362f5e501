"""Shares of the directory: together they are all of it, alike in size, each in its buckets."""

import pytest

from dreamsync_server.limits import DIRECTORY_BUCKETS
from dreamsync_server.store.keys import bucket_of
from dreamsync_server.store.shares import WHOLE, Share, share_of

WORLDS = [f"w{i}" for i in range(3000)]


@pytest.mark.parametrize("parts", [1, 2, 3, 7, 16, 50, 200])
def test_every_world_is_in_one_share_and_shares_are_alike_in_size(parts: int) -> None:
    shares = [Share(part, parts) for part in range(parts)]
    found = [share.of(WORLDS) for share in shares]
    assert sorted(world for some in found for world in some) == sorted(WORLDS)
    even = len(WORLDS) / parts
    assert all(abs(len(some) - even) < 6 * even**0.5 for some in found)


@pytest.mark.parametrize("parts", [1, 2, 3, 7, 16, 50, 200])
def test_a_share_lies_in_its_buckets_and_those_are_few(parts: int) -> None:
    for share in (Share(part, parts) for part in range(parts)):
        assert {bucket_of(world) for world in share.of(WORLDS)} <= set(share.buckets)
        assert len(share.buckets) <= DIRECTORY_BUCKETS / parts + 2
        assert set(share.buckets) <= set(range(DIRECTORY_BUCKETS))


def test_processes_share_by_the_order_of_their_names_whatever_each_has_heard_first() -> None:
    assert share_of("b", ["c", "a"]) == Share(1, 3)
    assert share_of("c", ["a", "b", "c"]) == Share(2, 3)
    assert share_of("a", []) == WHOLE


def test_turned_often_enough_a_share_was_every_one() -> None:
    turned = [Share(1, 3).turned(by) for by in range(4)]
    assert turned == [Share(1, 3), Share(2, 3), Share(0, 3), Share(1, 3)]
