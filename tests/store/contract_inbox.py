"""What every store promises about inboxes and doorbells."""

import asyncio

from store import builders
from store.bench import Bench, heard

from dreamsync_server.limits import INBOX_LENGTH_MAX
from dreamsync_server.store.listening import Listening
from dreamsync_server.store.port import Bell


class InboxContract:
    """Proposals on their way, and doorbells."""

    async def test_proposals_come_out_in_order_and_whole(self, bench: Bench) -> None:
        world = await bench.world()
        proposals = [builders.proposal(n) for n in (1, 2, 3)]
        for proposal in proposals:
            assert await bench.other.propose(world, proposal)

        entries = await bench.store.inbox(world, "")

        assert [entry.proposal for entry in entries] == proposals
        rest = await bench.store.inbox(world, entries[0].cursor, limit=1)
        assert list(rest) == [entries[1]]
        assert await bench.store.inbox(world, entries[2].cursor) in ((), [])

    async def test_trimming_drops_what_a_cursor_covers_and_cursors_stay_good(
        self, bench: Bench
    ) -> None:
        world = await bench.world()
        for n in (1, 2, 3):
            await bench.store.propose(world, builders.proposal(n))
        entries = await bench.store.inbox(world, "")

        await bench.store.trim_inbox(world, entries[1].cursor)
        await bench.store.trim_inbox(world, entries[0].cursor)

        assert list(await bench.store.inbox(world, "")) == [entries[2]]
        await bench.store.trim_inbox(world, entries[2].cursor)
        await bench.store.propose(world, builders.proposal(4))
        (last,) = await bench.store.inbox(world, entries[2].cursor)
        assert last.proposal.n == 4

    async def test_a_full_inbox_takes_no_more_until_it_is_trimmed(self, bench: Bench) -> None:
        world = await bench.world()
        for start in range(0, INBOX_LENGTH_MAX, 100):
            some = [bench.store.propose(world, builders.proposal(start + i)) for i in range(100)]
            assert all(await asyncio.gather(*some))

        assert await bench.store.propose(world, builders.proposal()) is False

        (first,) = await bench.store.inbox(world, "", limit=1)
        await bench.store.trim_inbox(world, first.cursor)
        assert await bench.store.propose(world, builders.proposal()) is True

    async def test_a_world_that_is_gone_takes_no_proposals(self, bench: Bench) -> None:
        assert await bench.store.propose(bench.name(), builders.proposal()) is False

    async def test_a_doorbell_is_heard_by_another_client(self, bench: Bench) -> None:
        world = await bench.world()
        bells = bench.store.listen(Listening([world]))
        log_bell = Bell("log", world, 7, 3)

        await heard(bells, lambda: bench.other.ring([log_bell]), log_bell)
        await heard(
            bells,
            lambda: bench.other.propose(world, builders.proposal()),
            Bell("inbox", world, 0, 0),
        )

    async def test_a_listener_may_take_up_and_drop_worlds_while_it_listens(
        self, bench: Bench
    ) -> None:
        first, second = await bench.world(), await bench.world()
        following = Listening([first])
        bells = bench.store.listen(following)
        one, two = Bell("log", first, 1, 1), Bell("log", second, 1, 1)

        await heard(bells, lambda: bench.other.ring([two, one]), one)
        following.add(second)
        await heard(bells, lambda: bench.other.ring([two]), two)
        following.discard(first)
        newer = two._replace(tail=2)
        await bench.other.ring([one])
        await heard(bells, lambda: bench.other.ring([one, newer]), newer)

    async def test_every_listener_hears(self, bench: Bench) -> None:
        world = await bench.world()
        bell = Bell("log", world, 1, 1)
        first, second = (bench.store.listen(Listening([world])) for _ in range(2))

        await heard(first, lambda: bench.store.ring([bell]), bell)
        await heard(second, lambda: bench.store.ring([bell]), bell)
        await heard(first, lambda: bench.store.ring([bell]), bell)
