"""Reading a world: snapshot and log give the state, and it goes on from there."""

from support.packs import night_for_two, starter

from dreamsync_server.clock import ManualClock
from dreamsync_server.store.memory import MemoryStore
from dreamsync_server.store.port import Batch, WorldCard
from dreamsync_server.store.reading import catch_up, load_state, snapshot_of, state_of
from dreamsync_server.world.state import State


async def stored(play, *, snapshot_at: int = 0):
    """A memory store that holds a playthrough's log, with a snapshot at a seq if one is named."""
    store = MemoryStore(ManualClock(1))
    await store.create_world(WorldCard("w", "starter", "h" * 64, 7, False, 1))
    owner = await store.acquire("w", "n", "nonce", None)
    assert owner is not None
    commits = play.commits
    answers = await store.append([Batch(owner, "b1", commits)])
    assert [a.code for a in answers] == ["ok"]
    if snapshot_at:
        await catch_up(store, "w", state := State(starter()), snapshot_at)
        held = owner._replace(tail=len(commits))
        assert await store.save_snapshot(held, snapshot_of(state), snapshot_at)
    return store


def played():
    play = night_for_two()
    for words in ("one", "two", "three"):
        play.act("a", "talk", words=words)
    play.act("b", "snuff_lamp")
    return play


async def test_the_log_alone_gives_the_state() -> None:
    play = played()
    state = await load_state(await stored(play), "w", starter())
    assert (state.digest, state.position) == (play.state.digest, play.state.position)


async def test_a_snapshot_and_the_log_behind_it_give_the_same() -> None:
    play = played()
    state = await load_state(await stored(play, snapshot_at=4), "w", starter())
    assert (state.digest, state.position) == (play.state.digest, play.state.position)


async def test_a_state_is_read_as_it_was_and_then_caught_up() -> None:
    play = played()
    store = await stored(play)
    await catch_up(store, "w", state := State(starter()), 3)
    assert state.position.seq == 3
    commits = await catch_up(store, "w", state)
    assert [c.position.seq for c in commits] == [4, 5, 6, 7]
    assert await catch_up(store, "w", state) == []


def test_a_snapshot_gives_its_state_back() -> None:
    play = played()
    again = state_of(starter(), snapshot_of(play.state))
    assert dict(again.facts) == dict(play.facts)
