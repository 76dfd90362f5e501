"""A gallery: worlds played beside a hall, their commits in the log and handed in."""

from dreamsync_server.cli.bench.gallery import PUPPET, open_gallery
from dreamsync_server.cli.bench.rig import PACK, WORLDS


async def test_what_is_rung_is_in_the_log_and_can_be_fed() -> None:
    async with open_gallery(WORLDS) as gallery:
        (world,) = await gallery.open(PACK, 1)
        store, played = gallery.hall.store, gallery.worlds[world]
        tail = await store.tail(world)
        assert tail is not None
        rung = played.ring(3)
        assert [commit.cause.session for commit in rung] == [PUPPET] * 3
        for commit in rung:
            assert await played.write(commit) >= 0
        after = await store.tail(world)
        assert after is not None
        assert after.seq == tail.seq + 3
        fed = await gallery.feed(0.1, 20)
        assert fed["messages"] == 0  # nobody is there


async def test_nobody_waits_for_the_puppet_to_come_back() -> None:
    async with open_gallery(WORLDS) as gallery:
        (world,) = await gallery.open(PACK, 1)
        room = await gallery.hall.room(gallery.worlds[world].card)
        assert [room.arrivals.strays() for _ in range(2)] == [[], []]
