"""An inbox is read in order, decided once and trimmed behind what is confirmed."""

from host.bench import Bench, kinds, tea

from dreamsync_server.host.inbox import Inboxes
from dreamsync_server.host.jobs import Jobs
from dreamsync_server.limits import APPEND_RETRY_S, INBOX_PAGE

RETRY_MS = int(APPEND_RETRY_S * 1000)


async def test_an_inbox_entry_is_decided_once_whoever_owns_the_world(bench: Bench) -> None:
    a = await bench.night()
    for n in (1, 2, 3):
        await bench.store.propose("w1", tea("s_ada", n))
    await a.node.step()
    assert [outcome.n for outcome in a.outcomes()[-3:]] == [1, 2, 3]
    assert a.commits()[-1].cursor == a.owner().consumed != ""
    await bench.store.propose("w1", tea("s_ada", 4))  # waits when the node dies, nothing trimmed
    assert len(await bench.store.inbox("w1", "")) == 4
    await bench.crash(a)
    b = await bench.node("b")
    await b.node.step()
    assert kinds(b.commits()) == ["begin", "act"]
    assert b.outcomes()[-1].n == 4
    assert await bench.store.inbox("w1", b.owner().consumed) == []


async def test_the_inbox_is_trimmed_behind_what_is_confirmed(bench: Bench) -> None:
    a = await bench.night()
    await bench.store.propose("w1", tea("s_ada", 1))
    bench.store.fail_next("append", "before")
    await a.node.step()
    assert len(await bench.store.inbox("w1", "")) == 1, "not confirmed, so not trimmed"
    bench.clock.advance(RETRY_MS)
    await a.node.step()
    await a.node.step()
    assert await bench.store.inbox("w1", "") == []


async def test_more_than_a_page_of_the_inbox_is_decided_in_order(bench: Bench) -> None:
    a = await bench.night()
    for n in range(1, 201):
        assert await bench.store.propose("w1", tea("s_ada", n))
    await a.node.step()
    assert [outcome.n for outcome in a.outcomes()[2:]] == [*range(1, 201)]


async def test_no_more_is_read_while_enough_waits_to_be_decided(bench: Bench) -> None:
    a = await bench.night()
    for n in range(1, 3 * INBOX_PAGE):
        assert await bench.store.propose("w1", tea("s_ada", n))
    owner = a.owner()
    inboxes = Inboxes(bench.store, Jobs(), lambda filled: None)
    await inboxes.read(owner)
    assert (len(owner.entries), owner.has_unread) == (INBOX_PAGE, True)


async def test_what_waited_in_the_inbox_comes_before_what_is_handed_to_a_new_owner(
    bench: Bench,
) -> None:
    a = await bench.night()
    await bench.crash(a)
    await bench.store.propose("w1", tea("s_ada", 1))
    b = await bench.node("b")
    assert await b.node.ensure("w1") == "here"
    b.direct.submit("w1", tea("s_ada", 2))
    assert await b.node._held.lane_of("w1").turn()
    assert [outcome[:3] for outcome in b.outcomes()] == [("s_ada", 1, "ok"), ("s_ada", 2, "ok")]
