"""What every store promises about a log that is put away for a world yet to be created."""

import pytest
from store import builders
from store.bench import Bench, seqs, snapshot

from dreamsync_server.errors import StoreError
from dreamsync_server.store.port import Appended, Batch, Held, Ownership
from dreamsync_server.world.commit import Position


class StagingContract:
    """Staging and making a world of what was staged."""

    async def test_a_staged_log_becomes_a_world_that_goes_on(self, bench: Bench) -> None:
        world = bench.name()
        texts = {"t2": ("s_mia", "salt", "now?")}
        commits = [
            builders.commit(5 if seq < 3 else 8, seq, texts=texts if seq == 2 else None)
            for seq in range(1, 6)
        ]
        await bench.store.stage(world, commits[:3], snapshot(Ownership(world, 8, "", 0), 3))
        await bench.store.stage(world, commits[3:])
        assert await bench.other.held(world) is None
        assert await bench.other.card(world) is None

        assert await bench.store.create_world(builders.card(world), Position(8, 5))

        assert await bench.other.held(world) == Held(8, "", "", 5)
        assert await bench.other.tail(world) == Position(8, 5)
        found = await bench.other.read(world, 1)
        assert seqs(found) == [2, 3, 4, 5]
        assert found[0].texts == texts
        kept = await bench.other.load_snapshot(world)
        assert kept is not None
        assert kept.position == Position(8, 3)
        owner = await bench.store.acquire(world, "node1", "n1", await bench.store.held(world))
        assert owner is not None
        assert owner.epoch > 8
        more = builders.commit(owner.epoch, 6)
        (answer,) = await bench.store.append([Batch(owner, "b", [more])])
        assert answer == Appended("ok", 6)
        assert seqs(await bench.other.read(world, 0)) == [1, 2, 3, 4, 5, 6]

    async def test_a_world_is_not_made_of_a_log_that_ends_elsewhere(self, bench: Bench) -> None:
        world = bench.name()
        await bench.store.stage(world, [builders.commit(5, seq) for seq in (1, 2)])
        with pytest.raises(StoreError, match="not whole"):
            await bench.store.create_world(builders.card(world), Position(5, 3))
        assert await bench.store.card(world) is None
        assert world not in [card.world for card in await bench.store.worlds()]
        with pytest.raises(StoreError, match="not whole"):
            await bench.store.create_world(builders.card(bench.name()), Position(5, 3))

    async def test_nothing_is_staged_for_a_world_that_is_there(self, bench: Bench) -> None:
        owner = await bench.grown(await bench.owned(), 2)
        with pytest.raises(StoreError, match="there is a world"):
            await bench.store.stage(owner.world, [builders.commit(owner.epoch, 1)])
        assert seqs(await bench.store.read(owner.world, 0)) == [1, 2]

    async def test_what_was_staged_is_gone_when_it_is_deleted(self, bench: Bench) -> None:
        world = bench.name()
        await bench.store.stage(world, [builders.commit(5, 1)])
        await bench.store.delete_world(world)
        with pytest.raises(StoreError, match="not whole"):
            await bench.store.create_world(builders.card(world), Position(5, 1))

    async def test_the_same_part_may_be_staged_again(self, bench: Bench) -> None:
        world = bench.name()
        for _ in range(2):
            await bench.store.stage(world, [builders.commit(5, seq) for seq in (1, 2)])
        assert await bench.store.create_world(builders.card(world), Position(5, 2))
        assert await bench.other.create_world(builders.card(world), Position(5, 2))
        assert seqs(await bench.store.read(world, 0)) == [1, 2]
