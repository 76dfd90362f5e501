"""What every store promises about worlds, packs, leases and its health."""

import asyncio
from dataclasses import replace

from store import builders
from store.bench import DEADLINE_S, Bench, heard, snapshot

from dreamsync_server.limits import DIRECTORY_BUCKETS, SHARED_ENDINGS_MAX
from dreamsync_server.store import keys
from dreamsync_server.store.listening import Listening
from dreamsync_server.store.port import Appended, Batch, Held, Note


class DirectoryContract:
    """Worlds, packs, leases and health."""

    async def test_a_world_is_listed_with_its_card_in_the_order_of_creation(
        self, bench: Bench
    ) -> None:
        late, early = (builders.card(bench.name(), created_ms=ms) for ms in (20, 10))
        for card in (late, early):
            assert await bench.store.create_world(card)

        assert await bench.other.card(late.world) == late
        mine = [c for c in await bench.other.worlds() if c.world in (late.world, early.world)]
        assert mine == [early, late]

    async def test_an_id_is_taken_once_and_its_card_stays(self, bench: Bench) -> None:
        first = builders.card(bench.name(), created_ms=1, code_hash=bench.name())
        assert await bench.store.create_world(first)

        other_code = bench.name()
        again = builders.card(first.world, created_ms=2, code_hash=other_code)
        assert await bench.other.create_world(again) is False

        assert await bench.store.card(first.world) == first
        assert await bench.store.world_by_code(other_code) is None
        assert await bench.store.world_by_code(first.code_hash) == first.world

    async def test_a_card_sent_again_is_no_other_world(self, bench: Bench) -> None:
        card = builders.card(bench.name(), code_hash=bench.name())

        assert await bench.store.create_world(card)
        assert await bench.other.create_world(card)
        assert [c for c in await bench.store.worlds() if c.world == card.world] == [card]

    async def test_a_code_leads_to_one_world(self, bench: Bench) -> None:
        code = bench.name()
        first = builders.card(bench.name(), code_hash=code)
        assert await bench.store.create_world(first)

        assert await bench.store.create_world(builders.card(bench.name(), code_hash=code)) is False
        assert await bench.other.world_by_code(code) == first.world
        assert await bench.other.world_by_code(bench.name()) is None

    async def test_a_deleted_world_leaves_nothing_behind(self, bench: Bench) -> None:
        code = bench.name()
        card = builders.card(bench.name(), code_hash=code)
        world = card.world
        assert await bench.store.create_world(card)
        owner = await bench.store.acquire(world, "node1", "n1", None)
        assert owner is not None
        texts = {"t1": ("s_mia", "salt", "now?")}
        commit = builders.commit(owner.epoch, 1, texts=texts)
        await bench.store.append([Batch(owner, "b", [commit])])
        owner = owner._replace(tail=1)
        await bench.store.save_snapshot(owner, snapshot(owner, 1), keep_after=1)
        await bench.store.propose(world, builders.proposal())
        await bench.store.set_status(world, {"awake": True})

        await bench.other.delete_world(world)
        await bench.other.delete_world(world)

        store = bench.store
        await store.set_status(world, {"awake": True})
        (answer,) = await store.append([builders.batch(owner)])
        assert answer == Appended("fenced", -1)
        assert await store.held(world) is None
        assert await store.card(world) is None
        assert await store.tail(world) is None
        assert await store.world_by_code(code) is None
        assert await store.load_snapshot(world) is None
        assert await store.status(world) == {}
        assert not await store.read(world, 0)
        assert not await store.inbox(world, "")
        assert not await store.texts(world, ["t1"])
        assert world not in [c.world for c in await store.worlds()]
        assert world not in await store.listed([keys.bucket_of(world)])
        assert world not in await store.awake([keys.bucket_of(world)])
        assert await store.create_world(card)
        assert await store.held(world) == Held(0, "", "", 0)

    async def test_hints_are_replaced_whole(self, bench: Bench) -> None:
        world = await bench.world()
        assert await bench.store.status(world) == {}

        await bench.store.set_status(world, {"awake": True, "players": 3})
        await bench.store.set_status(world, {"chapter": "evening"})

        assert await bench.other.status(world) == {"chapter": "evening"}

    async def test_worlds_are_listed_by_bucket_and_those_awake_apart(self, bench: Bench) -> None:
        store, other = bench.store, bench.other
        world, sleeping = await bench.world(), await bench.world()
        here, all_buckets = [keys.bucket_of(world)], range(DIRECTORY_BUCKETS)
        elsewhere = [bucket for bucket in all_buckets if bucket not in here]
        await store.set_status(world, {"awake": True})
        await store.set_status(sleeping, {"awake": False})

        assert world in await other.listed(here)
        assert world not in await other.listed(elsewhere)
        assert {world, sleeping} <= set(await other.listed(all_buckets))
        assert world in await other.awake(here)
        assert world not in await other.awake(elsewhere)
        assert sleeping not in await other.awake(all_buckets)
        assert list(await other.awake([])) == []

        await store.note_awake(sleeping, True)
        await store.set_status(world, {"awake": False})
        awake = await other.awake(all_buckets)
        assert sleeping in awake
        assert world not in awake

    async def test_an_address_is_known_to_have_opened_so_many_worlds_that_are_there(
        self, bench: Bench
    ) -> None:
        store, creator = bench.store, bench.name()
        cards = [replace(builders.card(bench.name()), creator=creator) for _ in range(3)]
        for card in cards:
            await store.create_world(card)
            await store.create_world(card)
        assert await store.create_world(replace(cards[0], title="another")) is False
        assert await bench.other.opened_by(creator) == 3
        assert await bench.other.opened_by(bench.name()) == 0

        await store.delete_world(cards[0].world)
        assert await bench.other.opened_by(creator) == 2

    async def test_a_pack_is_kept_by_its_hash_and_written_once(self, bench: Bench) -> None:
        pack_hash = bench.name()
        files = {"pack.yaml": "id: expo\n", "text/en.yaml": "title: “Expo”\n"}

        await bench.store.put_pack(pack_hash, files)
        await bench.store.put_pack(pack_hash, {"pack.yaml": "id: other\n"})

        assert await bench.other.get_pack(pack_hash) == files
        assert await bench.other.get_pack(bench.name()) is None

    async def test_a_lease_is_one_holders_until_it_is_dropped(self, bench: Bench) -> None:
        holder = f"node:{bench.name()}"

        assert await bench.store.lease(holder, "a", 30.0)
        assert await bench.store.lease(holder, "a", 30.0)
        assert await bench.other.lease(holder, "b", 30.0) is False
        assert await bench.other.lease_holder(holder) == "a"

        await bench.other.drop_lease(holder, "b")
        assert await bench.other.lease_holder(holder) == "a"
        await bench.store.drop_lease(holder, "a")
        assert await bench.other.lease_holder(holder) is None
        assert await bench.other.lease(holder, "b", 30.0)
        await bench.store.drop_lease(holder)
        assert await bench.other.lease_holder(holder) is None

    async def test_a_lease_ends_by_itself_and_not_before(self, bench: Bench) -> None:
        short, long = f"node:{bench.name()}", f"node:{bench.name()}"
        await bench.store.lease(short, "a", 0.05)
        await bench.store.lease(long, "a", 60.0)

        async with asyncio.timeout(DEADLINE_S):
            while await bench.other.lease_holder(short) is not None:
                await bench.pass_time(20)

        assert await bench.other.lease(short, "b", 30.0)
        assert await bench.other.lease_holder(long) == "a"

    async def test_a_store_that_runs_answers(self, bench: Bench) -> None:
        assert await bench.store.ping() is True
        assert 0.0 <= await bench.store.memory_share() <= 1.0

    async def test_a_process_says_of_itself_as_long_as_its_lease_is_live(
        self, bench: Bench
    ) -> None:
        living, dead = bench.name(), bench.name()
        for node in (living, dead):
            await bench.store.lease(f"node:{node}", "token", 60.0)
            await bench.store.put_node(node, {"worlds": 1})
        await bench.store.put_node(living, {"worlds": 2, "state": "serving"})
        await bench.store.drop_lease(f"node:{dead}")

        found = await bench.other.nodes()

        assert found[living] == {"worlds": 2, "state": "serving"}
        assert dead not in found

    async def test_what_is_said_on_a_topic_is_heard_by_who_listens(self, bench: Bench) -> None:
        world = bench.name()
        topic, other = keys.of_poses(world), keys.of_node(bench.name())
        topics = Listening([topic])
        notes = bench.store.hear(topics)
        first, second = Note(topic, b"\x00\xff here"), Note(other, b"there")

        await heard(notes, lambda: bench.other.tell([second, first]), first)
        topics.add(other)
        await heard(notes, lambda: bench.other.tell([second]), second)

    async def test_shared_endings_are_kept_by_pack_each_once_the_last_first(
        self, bench: Bench
    ) -> None:
        pack, other = bench.name(), bench.name()
        for ending in ("calm", "storm", "calm"):
            await bench.store.share_ending(pack, ending)
        assert await bench.other.shared_endings(pack) == ("calm", "storm")
        assert await bench.other.shared_endings(other) == ()

    async def test_of_shared_endings_the_last_are_kept(self, bench: Bench) -> None:
        pack = bench.name()
        for number in range(SHARED_ENDINGS_MAX + 2):
            await bench.store.share_ending(pack, f"e{number}")
        kept = await bench.other.shared_endings(pack)
        assert kept == tuple(f"e{n}" for n in range(SHARED_ENDINGS_MAX + 1, 1, -1))
