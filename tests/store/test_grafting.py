"""A world that begins with another's log: whole, checked, and made in one step."""

from dataclasses import replace

import pytest
from support.packs import night_for_two, starter

from dreamsync_server.clock import ManualClock
from dreamsync_server.errors import StoreError, WorldFaultError
from dreamsync_server.limits import RECAP_COMMITS_MAX
from dreamsync_server.store.grafting import Graft, card_from
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.port import WorldCard
from dreamsync_server.store.reading import load_state
from dreamsync_server.world.branching import origin_of
from dreamsync_server.world.model import Pack
from dreamsync_server.world.sessions import session_of

CARD = WorldCard("w_2", "starter", starter().hash, 7, True, 1, origin="w_1")


async def no_other(pack_hash: str) -> Pack:
    raise AssertionError(pack_hash)


def graft(store: MemoryStore, tail: int = 0) -> Graft:
    return Graft(store, CARD, starter(), no_other, tail)


async def test_a_branch_has_the_log_of_its_origin_and_nobody_in_it() -> None:
    store, play = MemoryStore(ManualClock()), night_for_two()
    play.act("a", "whisper", who="ben", words="psst")
    commits = play.commits
    new = graft(store)
    await new.add(commits[:2])
    await new.add(commits[2:])
    assert await new.publish(5_000)
    assert list(await store.read("w_2", 0, len(commits))) == list(commits)
    state = await load_state(store, "w_2", starter())
    assert state.position == (5_000, len(commits) + 1)
    assert origin_of(state.facts) == ("w_1", len(commits))
    assert session_of(state.facts, "a") is None
    assert (state.facts["ada.held"], state.facts["ada.player"]) == ("nobody", "")
    assert state.facts["ada.scene"] == play.state.facts["ada.scene"]
    assert not state.is_running()
    assert state.world_ms == play.state.world_ms


def test_what_led_into_the_origin_does_not_lead_into_a_branch() -> None:
    origin = replace(
        CARD, world="w_1", title="10b", creator="c", invite_hash="i", code_hash="k", desk_hash="d",
        shares_ending=True, class_id="w_0", class_worlds="w_1 w_9", origin="",
    )  # fmt: skip
    plain = replace(CARD, created_ms=99, title="10b")
    assert card_from(origin, "w_2", "", 99) == plain
    assert card_from(origin, "w_2", "Mine", 99) == replace(plain, title="Mine")


async def test_an_archive_is_closed_from_its_first_moment() -> None:
    store = MemoryStore(ManualClock())
    new = graft(store)
    await new.add(night_for_two().commits)
    await new.publish(5_000, is_closed=True)
    state = await load_state(store, "w_2", starter())
    assert state.facts["@closed"] is True


async def test_a_log_whose_digest_does_not_come_out_leaves_nothing() -> None:
    store, commits = MemoryStore(ManualClock()), [*night_for_two().commits]
    commits[2] = replace(commits[2], digest=commits[2].digest ^ 1)
    new = graft(store)
    with pytest.raises(WorldFaultError, match="digest"):
        await new.add(commits)
    await new.discard()
    assert await store.card("w_2") is None
    with pytest.raises(StoreError):
        await store.create_world(CARD, commits[-1].position)


async def test_nothing_is_made_of_no_log_at_all() -> None:
    with pytest.raises(WorldFaultError, match="no commit to begin with"):
        await graft(MemoryStore(ManualClock())).publish(1)


async def test_the_snapshot_leaves_enough_behind_it_to_tell_what_a_role_knows() -> None:
    store, play = MemoryStore(ManualClock()), night_for_two()
    for _ in range(RECAP_COMMITS_MAX):
        play.act("a", "hum_to_ada")
    new = graft(store, len(play.commits))
    await new.add(play.commits)
    await new.publish(5_000)
    snapshot = await store.load_snapshot("w_2")
    assert snapshot is not None
    assert snapshot.position.seq == len(play.commits) - RECAP_COMMITS_MAX
