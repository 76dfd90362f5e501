"""Snapshots are taken while a world goes on, and a world opens from the newest that is in order."""

from typing import Any

import pytest
from host.bench import Bench, Watched, card, join, kinds, replayed, tea

from dreamsync_server.host import snapshots
from dreamsync_server.limits import LOG_WINDOW_COMMITS, SNAPSHOT_EVERY_COMMITS
from dreamsync_server.store import codec
from dreamsync_server.store.port import Ownership, Snapshot
from dreamsync_server.store.reading import snapshot_of
from dreamsync_server.world.commit import Proposal


async def grown(bench: Bench, commits: int) -> Watched:
    """Return a node whose world `w1` has at least so many commits."""
    watched = await bench.night()
    n = 0
    while watched.owner().state.position.seq < commits:
        for _ in range(60):
            n += 1
            watched.direct.submit("w1", tea("s_ada", n))
        await watched.node.step()
    return watched


def reads(bench: Bench) -> list[int]:
    """Return a list that takes down from where the log is read."""
    found: list[int] = []
    inner = bench.store.read

    async def read(world: str, after: int, up_to: int | None = None, limit: int = 500) -> Any:
        found.append(after)
        return await inner(world, after, up_to, limit)

    bench.store.read = read  # type: ignore[method-assign]
    return found


async def test_the_next_owner_reads_only_the_log_behind_the_newest_snapshot(bench: Bench) -> None:
    a = await grown(bench, SNAPSHOT_EVERY_COMMITS + 5)
    snapshot = await bench.store.load_snapshot("w1")
    assert snapshot is not None
    assert snapshot.epochs == a.owner().state.epochs
    await a.do(tea("s_ben", 1))
    expected = a.owner().state.digest
    await bench.crash(a)
    b = await bench.node("b")
    read = reads(bench)
    await b.node.step()
    assert read
    assert min(read) == snapshot.position.seq
    assert kinds(b.commits()) == ["begin"]
    assert await bench.digest_before(b) == expected
    assert b.owner().snapshot_seq == snapshot.position.seq
    assert b.owner().state.epochs == (await replayed(bench)).epochs


async def test_a_snapshot_is_taken_as_often_as_said_and_keeps_the_window(bench: Bench) -> None:
    saved: list[tuple[int, int]] = []
    inner = bench.store.save_snapshot

    async def save(owner: Ownership, snapshot: Snapshot, keep_after: int) -> bool:
        saved.append((snapshot.position.seq, keep_after))
        return await inner(owner, snapshot, keep_after)

    bench.store.save_snapshot = save  # type: ignore[method-assign]
    await grown(bench, LOG_WINDOW_COMMITS + SNAPSHOT_EVERY_COMMITS + 5)
    seqs = [seq for seq, _ in saved]
    gaps = [late - early for early, late in zip([0, *seqs], seqs, strict=False)]
    assert all(SNAPSHOT_EVERY_COMMITS <= gap < SNAPSHOT_EVERY_COMMITS + 64 for gap in gaps)
    assert all(keep == max(0, seq - LOG_WINDOW_COMMITS) for seq, keep in saved)
    assert saved[-1][1] > 0


async def test_a_snapshot_that_cannot_be_saved_holds_nothing_up(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.store.fail_next("save_snapshot", "before")
    a = await grown(bench, SNAPSHOT_EVERY_COMMITS + 5)
    assert "snapshot of world w1 not saved" in caplog.text
    assert await bench.store.load_snapshot("w1") is None
    assert a.gone == []


async def test_a_damaged_snapshot_is_passed_over_for_an_older_one_or_the_whole_log(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    a = await grown(bench, 2 * SNAPSHOT_EVERY_COMMITS + 100)
    inner = bench.store.load_snapshot
    damaged = 1

    async def load(world: str, at_most: int | None = None) -> Snapshot | None:
        nonlocal damaged
        snapshot = await inner(world, at_most)
        if snapshot is None or damaged == 0:
            return snapshot
        damaged -= 1
        return Snapshot(snapshot.position, snapshot.epochs, snapshot.state[:-40])

    bench.store.load_snapshot = load  # type: ignore[method-assign]
    for count in (1, 2):
        damaged = count
        await bench.crash(a)
        a = await bench.node(f"b{count}")
        await a.node.step()
        assert kinds(a.commits()) == ["begin"]
    assert "of world w1" in caplog.text
    await replayed(bench)


async def test_a_log_that_contradicts_itself_stops_its_world(bench: Bench) -> None:
    a = await bench.night()
    await bench.crash(a)
    bench.store._worlds["w1"].log.pop(1)
    b = await bench.node("b")
    assert await b.node.ensure("w1") == "stopped"
    assert (await bench.store.status("w1"))["fault"]
    held = await bench.store.held("w1")
    assert held is not None
    assert held.node == ""


async def test_a_world_that_is_too_large_for_a_snapshot_stops_and_the_others_go_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = await bench.night()
    await watched.node.open_world(card("w2"))
    await watched.do(join("s_kim", by="desk"), world="w2")
    await watched.do(*(join(f"s_{k}", "guest") for k in range(20)))
    sizes = [len(snapshot_of(watched.owner(world).state).state) for world in ("w1", "w2")]
    monkeypatch.setattr(codec, "SNAPSHOT_BYTES_MAX", (sizes[0] + sizes[1]) // 2)
    monkeypatch.setattr(snapshots, "SNAPSHOT_EVERY_COMMITS", 3)
    for n in range(1, 5):
        watched.direct.submit("w1", tea("s_ada", n))
    await watched.node.step()
    assert watched.node.is_stopped("w1")
    assert "is more than" in str((await bench.store.status("w1"))["fault"])
    for n in range(1, 6):
        hold = Proposal("hold", "desk", "s_kim", n, {"beat": "chime"})
        await watched.do(hold, world="w2")
    assert await bench.store.load_snapshot("w2") is not None
