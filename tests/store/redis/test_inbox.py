"""Inboxes on a real server: entries of a newer version, and proposals whose answer is lost."""

import msgpack
import pytest
from store import builders
from support.proxy import Proxy

from dreamsync_server.errors import StoreUnavailableError
from dreamsync_server.store import keys
from dreamsync_server.store.port import Ownership
from dreamsync_server.store.redis.store import RedisStore


async def test_entries_of_a_newer_version_are_left_out_and_do_not_stop_the_rest(
    store: RedisStore, owner: Ownership
) -> None:
    key = keys.of_world(owner.world).inbox
    await store.propose(owner.world, builders.proposal(1))
    for _ in range(5):
        await store._link.write("XADD", key, "*", "p", msgpack.packb([2, "act"]))
    await store.propose(owner.world, builders.proposal(2))
    await store._link.write("XADD", key, "*", "p", b"")

    first = await store.inbox(owner.world, "", limit=1)
    second = await store.inbox(owner.world, first[0].cursor, limit=2)
    third = await store.inbox(owner.world, second[0].cursor, limit=2)

    assert [entry.proposal.n for entry in first] == [1]
    assert [entry.proposal.n for entry in second] == [2]
    assert list(third) == []


async def test_a_proposal_whose_answer_is_lost_is_there_once(
    through: RedisStore, proxy: Proxy, owner: Ownership
) -> None:
    is_lost = proxy.lose_reply(b"whisper_to")

    with pytest.raises(StoreUnavailableError):
        await through.propose(owner.world, builders.proposal(1))

    assert is_lost.is_set()
    assert [entry.proposal.n for entry in await through.inbox(owner.world, "")] == [1]
