"""What every store promises about logs: ownership, append, read, snapshots and texts."""

import asyncio

from store import builders
from store.bench import Bench, seqs, snapshot

from dreamsync_server.limits import COMMIT_BYTES_MAX
from dreamsync_server.store.port import Appended, Batch, Held, Ownership
from dreamsync_server.world.commit import Position


class LogContract:
    """Ownership, append, read, snapshots and texts."""

    async def test_a_world_that_was_never_made_is_held_by_nobody_and_cannot_be_taken(
        self, bench: Bench
    ) -> None:
        nowhere = bench.name()

        assert await bench.store.held(nowhere) is None
        assert await bench.store.acquire(nowhere, "node1", "n1", None) is None
        assert await bench.store.tail(nowhere) is None
        assert await bench.store.read(nowhere, 0) in ((), [])

    async def test_a_new_world_is_held_by_nobody_until_it_is_taken(self, bench: Bench) -> None:
        world = await bench.world()
        before = await bench.store.held(world)

        owner = await bench.store.acquire(world, "node1", "n1", None)

        assert before == Held(0, "", "", 0)
        assert owner is not None
        assert owner == Ownership(world, owner.epoch, "n1", 0)
        assert await bench.other.held(world) == Held(owner.epoch, "n1", "node1", 0)
        assert await bench.store.tail(world) is None

    async def test_of_two_who_saw_the_same_one_takes_the_world(self, bench: Bench) -> None:
        owner = await bench.owned()
        held = await bench.store.held(owner.world)

        taken = await asyncio.gather(
            bench.store.acquire(owner.world, "a", "na", held),
            bench.other.acquire(owner.world, "b", "nb", held),
        )

        assert [each is None for each in taken].count(True) == 1

    async def test_a_world_that_is_held_is_not_taken_by_one_who_thinks_it_free(
        self, bench: Bench
    ) -> None:
        owner = await bench.owned()

        assert await bench.other.acquire(owner.world, "node2", "n2", None) is None

    async def test_epochs_rise_and_stand_above_the_clock_of_the_store(self, bench: Bench) -> None:
        first = await bench.owned()
        second = await bench.taken(first)
        third = await bench.taken(second, "n3")

        assert first.epoch < second.epoch < third.epoch
        assert first.epoch >= 1_000_000

    async def test_a_released_world_is_anybodys_at_once_and_the_old_owner_is_fenced(
        self, bench: Bench
    ) -> None:
        owner = await bench.grown(await bench.owned(), 2)
        await bench.store.release(owner)

        assert await bench.store.held(owner.world) == Held(owner.epoch, "", "", 2)
        (answer,) = await bench.store.append([builders.batch(owner)])
        assert answer == Appended("fenced", 2)
        taken = await bench.other.acquire(owner.world, "node2", "n2", None)
        assert taken is not None
        assert taken.tail == 2

    async def test_releasing_what_another_owns_does_nothing(self, bench: Bench) -> None:
        owner = await bench.owned()
        taken = await bench.taken(owner)

        await bench.store.release(owner)

        assert await bench.store.held(owner.world) == Held(taken.epoch, "n2", "node2", 0)

    async def test_appended_commits_are_read_back_whole_and_in_order(self, bench: Bench) -> None:
        owner = await bench.owned()
        batch = builders.batch(owner, 3)

        answers = await bench.store.append([batch])

        assert list(answers) == [Appended("ok", 3)]
        assert list(await bench.other.read(owner.world, 0)) == list(batch.commits)
        assert await bench.other.tail(owner.world) == Position(owner.epoch, 3)

    async def test_batches_of_several_worlds_are_answered_in_their_order(
        self, bench: Bench
    ) -> None:
        good, fenced, behind = [await bench.owned() for _ in range(3)]
        await bench.taken(fenced)
        await bench.grown(behind, 1)
        long = await bench.owned()

        answers = await bench.store.append(
            [
                builders.batch(fenced),
                builders.batch(long, filling="x" * COMMIT_BYTES_MAX),
                builders.batch(good, 2),
                builders.batch(behind, name="another"),
            ]
        )

        assert list(answers) == [
            Appended("fenced", 0),
            Appended("refused", -1),
            Appended("ok", 2),
            Appended("tail", 1),
        ]
        assert await bench.store.read(long.world, 0) in ((), [])

    async def test_nothing_to_append_is_no_call(self, bench: Bench) -> None:
        assert list(await bench.store.append([])) == []

    async def test_a_batch_sent_again_is_there_once(self, bench: Bench) -> None:
        owner = await bench.owned()
        batch = builders.batch(owner, 2)

        first = await bench.store.append([batch])
        again = await bench.other.append([batch])

        assert list(first) == list(again) == [Appended("ok", 2)]
        assert seqs(await bench.store.read(owner.world, 0)) == [1, 2]

    async def test_a_batch_sent_again_after_the_next_one_is_not_appended(
        self, bench: Bench
    ) -> None:
        owner = await bench.owned()
        batch = builders.batch(owner, 2)
        await bench.store.append([batch])
        await bench.grown(owner._replace(tail=2), 1)

        (answer,) = await bench.store.append([batch])

        assert answer == Appended("tail", 3)

    async def test_a_frozen_owner_that_wakes_is_fenced_and_writes_nothing(
        self, bench: Bench
    ) -> None:
        owner = await bench.grown(await bench.owned(), 1)
        taken = await bench.taken(owner)

        (answer,) = await bench.store.append([builders.batch(owner)])

        assert answer == Appended("fenced", 1)
        assert taken.tail == 1
        await bench.grown(taken, 1)
        read = await bench.store.read(owner.world, 0)
        assert [c.position for c in read] == [(owner.epoch, 1), (taken.epoch, 2)]

    async def test_a_resend_by_a_fenced_owner_is_fenced_even_if_it_had_landed(
        self, bench: Bench
    ) -> None:
        owner = await bench.owned()
        batch = builders.batch(owner)
        await bench.store.append([batch])
        await bench.taken(owner)

        (answer,) = await bench.store.append([batch])

        assert answer == Appended("fenced", 1)

    async def test_a_wrong_nonce_is_fenced(self, bench: Bench) -> None:
        owner = await bench.owned()

        (answer,) = await bench.store.append([builders.batch(owner._replace(nonce="other"))])

        assert answer == Appended("fenced", 0)

    async def test_reading_keeps_to_its_bounds(self, bench: Bench) -> None:
        owner = await bench.grown(await bench.owned(), 10)
        read = bench.store.read

        assert seqs(await read(owner.world, 0, limit=3)) == [1, 2, 3]
        assert seqs(await read(owner.world, 4, up_to=6)) == [5, 6]
        assert seqs(await read(owner.world, 8, up_to=99)) == [9, 10]
        assert seqs(await read(owner.world, 10)) == []
        assert seqs(await read(owner.world, 12)) == []
        assert seqs(await read(owner.world, 7, up_to=3)) == []

    async def test_reading_crosses_epochs(self, bench: Bench) -> None:
        owner = await bench.owned()
        for nonce in ("n2", "n3", "n4"):
            owner = await bench.taken(await bench.grown(owner, 2), nonce)

        for after in range(6):
            assert seqs(await bench.store.read(owner.world, after)) == list(range(after + 1, 7))

    async def test_free_texts_come_with_their_commits_until_they_are_erased(
        self, bench: Bench
    ) -> None:
        owner = await bench.owned()
        mine = {"t1": ("s_mia", "salt1", "now?"), "t2": ("s_mia", "salt2", "go!")}
        yours = {"t3": ("s_leo", "salt3", "wait")}
        commits = [
            builders.commit(owner.epoch, 1, texts=mine),
            builders.commit(owner.epoch, 2, texts=yours),
            builders.commit(owner.epoch, 3),
        ]
        await bench.store.append([Batch(owner, "b", commits)])

        assert list(await bench.other.read(owner.world, 0)) == commits
        assert await bench.store.texts(owner.world, ["t3", "t1", "none"]) == {
            "t3": yours["t3"],
            "t1": mine["t1"],
        }
        assert await bench.store.erase_texts(owner.world, "s_mia") == 2
        assert await bench.store.erase_texts(owner.world, "s_mia") == 0

        read = await bench.other.read(owner.world, 0)
        assert [c.texts for c in read] == [{}, yours, {}]
        assert [c.digest for c in read] == [c.digest for c in commits]
        assert await bench.store.texts(owner.world, ["t1", "t2"]) == {}

    async def test_sealed_commits_are_read_as_if_they_were_live(self, bench: Bench) -> None:
        owner = await bench.grown(await bench.owned(), 120)
        whole = list(await bench.store.read(owner.world, 0))

        assert await bench.store.save_snapshot(owner, snapshot(owner, 120), keep_after=70)

        assert list(await bench.other.read(owner.world, 0)) == whole
        for after in (0, 30, 69, 70, 71, 119):
            read = await bench.other.read(owner.world, after)
            assert seqs(read) == list(range(after + 1, 121))
        assert seqs(await bench.store.read(owner.world, 60, up_to=80)) == list(range(61, 81))
        assert seqs(await bench.store.read(owner.world, 65, limit=10)) == list(range(66, 76))

    async def test_sealing_goes_on_over_snapshots_and_epochs(self, bench: Bench) -> None:
        owner = await bench.owned()
        for nonce in ("n2", "n3", "n4"):
            owner = await bench.grown(owner, 20)
            assert await bench.store.save_snapshot(owner, snapshot(owner, owner.tail), owner.tail)
            assert await bench.store.tail(owner.world) == Position(owner.epoch, owner.tail)
            owner = await bench.taken(owner, nonce)
        owner = await bench.grown(owner, 3)

        assert seqs(await bench.store.read(owner.world, 0)) == list(range(1, 64))
        assert seqs(await bench.store.read(owner.world, 15, limit=30)) == list(range(16, 46))

    async def test_free_texts_are_read_from_sealed_commits(self, bench: Bench) -> None:
        owner = await bench.owned()
        commit = builders.commit(owner.epoch, 1, texts={"t1": ("s_mia", "salt", "now?")})
        await bench.store.append([Batch(owner, "b", [commit])])
        owner = owner._replace(tail=1)
        await bench.store.save_snapshot(owner, snapshot(owner, 1), keep_after=1)

        assert list(await bench.store.read(owner.world, 0)) == [commit]

    async def test_a_long_log_is_sealed_in_pieces(self, bench: Bench) -> None:
        filling = "".join(chr(33 + i % 90) for i in range(30_000))
        owner = await bench.grown(await bench.owned(), 90, filling=filling)  # 2.7 MB

        assert await bench.store.save_snapshot(owner, snapshot(owner, 90), keep_after=85)

        assert seqs(await bench.other.read(owner.world, 0)) == list(range(1, 91))

    async def test_the_two_newest_snapshots_are_kept(self, bench: Bench) -> None:
        owner = await bench.grown(await bench.owned(), 6)
        assert await bench.store.load_snapshot(owner.world) is None

        for seq in (2, 4, 6):
            assert await bench.store.save_snapshot(owner, snapshot(owner, seq), keep_after=0)

        load = bench.other.load_snapshot
        assert await load(owner.world) == snapshot(owner, 6)
        assert await load(owner.world, at_most=5) == snapshot(owner, 4)
        assert await load(owner.world, at_most=4) == snapshot(owner, 4)
        assert await load(owner.world, at_most=3) is None

    async def test_a_snapshot_ahead_of_the_log_or_by_a_fenced_owner_is_not_kept(
        self, bench: Bench
    ) -> None:
        owner = await bench.grown(await bench.owned(), 2)
        ahead = await bench.store.save_snapshot(owner, snapshot(owner, 3), keep_after=0)
        await bench.taken(owner)
        fenced = await bench.store.save_snapshot(owner, snapshot(owner, 2), keep_after=2)

        assert (ahead, fenced) == (False, False)
        assert await bench.store.load_snapshot(owner.world) is None
