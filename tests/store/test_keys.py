"""Key names keep a world's keys in one shard, and are told apart."""

import re

from dreamsync_server.limits import DIRECTORY_BUCKETS
from dreamsync_server.store import keys


def test_all_keys_of_a_world_share_its_hash_tag_and_differ() -> None:
    names = keys.of_world("abc_1")

    assert {re.search(r"{(.*?)}", name)[1] for name in names} == {"w:abc_1"}  # type: ignore[index]
    assert len(set(names)) == len(names)


def test_a_doorbell_leads_back_to_its_world_and_nothing_else_does() -> None:
    names = keys.of_world("abc-1")

    assert keys.world_of_bell(names.bell.encode()) == "abc-1"
    assert keys.world_of_bell(names.own.encode()) is None
    assert keys.world_of_bell(b"bell") is None


def test_worlds_are_spread_over_the_directory() -> None:
    used = {keys.directory_of(f"w{i}") for i in range(1000)}

    assert used == {keys.directory(i) for i in range(DIRECTORY_BUCKETS)}


def test_codes_packs_and_leases_do_not_meet() -> None:
    assert len({keys.code("x"), keys.pack("x"), keys.lease("x"), keys.directory(0)}) == 4
