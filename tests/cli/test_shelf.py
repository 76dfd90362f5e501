"""The shelf: packs from folders for new worlds, from the store for those that run."""

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from support.packs import WORLDS, starter

from dreamsync_server.cli import shelf as shelf_module
from dreamsync_server.cli.pack_cache import PackCache
from dreamsync_server.cli.shelf import PackShelf
from dreamsync_server.clock import ManualClock
from dreamsync_server.errors import StoreUnavailableError, WorldFaultError
from dreamsync_server.store.memory import MemoryStore


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(ManualClock())


async def test_a_pack_for_a_new_world_is_kept_in_the_store(store: MemoryStore) -> None:
    pack = await PackShelf(store).newest("starter")
    assert pack is not None
    assert pack.hash == starter().hash
    assert await store.get_pack(pack.hash) is not None


async def test_another_node_without_the_folder_has_it_from_the_store(store: MemoryStore) -> None:
    await PackShelf(store).newest("starter")
    again = await PackShelf(store).load(starter().hash)
    assert again.actions.keys() == starter().actions.keys()


async def test_a_pack_that_nobody_has_is_a_fault_of_that_world(store: MemoryStore) -> None:
    shelf = PackShelf(store)
    assert await shelf.by_hash("0" * 64) is None
    with pytest.raises(WorldFaultError, match="cannot be had"):
        await shelf.load("0" * 64)


async def test_a_pack_of_ones_own_comes_from_the_extra_folder(
    store: MemoryStore, tmp_path: Path
) -> None:
    shutil.copytree(WORLDS / "starter", tmp_path / "mine")
    head = tmp_path / "mine" / "pack.yaml"
    head.write_text(head.read_text().replace("id: starter", "id: mine"))
    shelf = PackShelf(store, tmp_path)
    assert "mine" in shelf.ids()
    assert await shelf.newest("mine") is not None


async def test_a_broken_pack_of_ones_own_is_not_offered_and_the_others_are(
    store: MemoryStore, tmp_path: Path
) -> None:
    shutil.copytree(WORLDS / "starter", tmp_path / "mine")
    (tmp_path / "mine" / "facts.yaml").write_text("facts: [")
    shelf = PackShelf(store, tmp_path)
    assert await shelf.newest("mine") is None
    (tmp_path / "mine" / "facts.yaml").write_text("facts: {}")
    assert await shelf.newest("mine") is None, "it is read once, not each time somebody asks"
    assert await shelf.newest("no_such_pack") is None
    assert await shelf.newest("starter") is not None


async def test_who_goes_away_meanwhile_does_not_stop_the_reading(store: MemoryStore) -> None:
    shelf = PackShelf(store)
    asking = asyncio.create_task(shelf.newest("starter"))
    await asyncio.sleep(0)
    asking.cancel()
    first = await shelf.newest("starter")
    assert first is not None
    assert await shelf.newest("starter") is first
    assert asking.cancelled()


async def test_one_pack_is_one_object_whoever_asks_and_in_whatever_way(store: MemoryStore) -> None:
    await PackShelf(store).newest("starter")
    shelf, pack_hash = PackShelf(store), starter().hash
    asked = (shelf.by_hash(pack_hash), shelf.newest("starter"), shelf.by_hash(pack_hash))
    one, *others = await asyncio.gather(*asked)
    assert one is not None
    assert all(other is one for other in others)
    again = await shelf.read_again("starter")
    assert again is not None
    assert again.pack is one


async def test_who_waits_for_a_pack_of_the_store_may_go_away(store: MemoryStore) -> None:
    await PackShelf(store).newest("starter")
    shelf = PackShelf(store)
    asking = asyncio.create_task(shelf.by_hash(starter().hash))
    await asyncio.sleep(0)
    asking.cancel()
    found = await shelf.by_hash(starter().hash)
    assert asking.cancelled()
    assert found is not None
    assert await shelf.by_hash(starter().hash) is found


async def test_a_store_that_did_not_answer_is_asked_again(store: MemoryStore) -> None:
    shelf = PackShelf(Refusing(ManualClock()))
    with pytest.raises(StoreUnavailableError):
        await shelf.newest("starter")
    assert await shelf.newest("starter") is not None


class Refusing(MemoryStore):
    """A store that does not take the first pack."""

    has_refused = False

    async def put_pack(self, pack_hash: str, files: Mapping[str, str]) -> None:
        if not self.has_refused:
            self.has_refused = True
            raise StoreUnavailableError("not now")
        await super().put_pack(pack_hash, files)


async def test_a_pack_that_was_checked_before_is_not_checked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = PackCache(tmp_path)
    first = await PackShelf(MemoryStore(ManualClock()), kept=kept).newest("starter")
    assert first is not None

    def never(given: object) -> None:
        raise AssertionError("it is kept")

    monkeypatch.setattr(shelf_module, "check_folder", never)
    monkeypatch.setattr(shelf_module, "load", never)
    store = MemoryStore(ManualClock())
    assert await PackShelf(store, kept=kept).newest("starter") == first
    assert await PackShelf(store, kept=kept).by_hash(first.hash) == first
