"""A store that lost the end of a log gets it back from the owner; what nobody has is told."""

import copy
from typing import Any

import pytest
from host.bench import Bench, Watched, join, tea

from dreamsync_server.host import owner as owner_module
from dreamsync_server.limits import BATCH_COMMITS_MAX, SETTLE_S


@pytest.fixture
def bench() -> Bench:
    return Bench()


def cut(bench: Bench, watched: Watched, commits: int) -> int:
    """Let the store lose the last commits of `w1`, as a failover does; return its tail."""
    world: Any = bench.store._worlds["w1"]
    del world.log[-commits:]
    last = watched.commits()[len(world.log) - 1].position
    world.last, world.batch = last, ""
    return len(world.log)


async def log_of(bench: Bench) -> list[Any]:
    return list(await bench.store.read("w1", 0))


async def test_the_next_act_puts_back_what_was_lost_and_nobody_notices(bench: Bench) -> None:
    watched = await bench.night()
    await watched.do(tea("s_ada", 1))
    before = copy.copy(watched.commits())
    cut(bench, watched, 3)

    await watched.do(tea("s_ben", 1))

    assert watched.commits()[: len(before)] == before
    assert await log_of(bench) == watched.commits()
    assert len(watched.commits()) == len(before) + 1
    assert watched.outcomes()[-1].code == "ok"
    assert watched.gone == []


async def test_more_than_fits_one_batch_is_put_back(bench: Bench) -> None:
    watched = await bench.night()
    for start in range(0, 2 * BATCH_COMMITS_MAX, 40):
        await watched.do(*(join(f"s{start + i}") for i in range(40)))
    cut(bench, watched, BATCH_COMMITS_MAX + 10)

    await watched.do(tea("s_ada", 1))

    assert await log_of(bench) == watched.commits()


async def test_an_idle_world_gets_it_back_when_the_store_has_another_server(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = await bench.night()
    cut(bench, watched, 2)
    monkeypatch.setattr(bench.store, "changes", lambda: 1)

    await watched.node.step()
    await watched.node.step()

    assert await log_of(bench) == watched.commits()
    await watched.do(tea("s_ada", 1))
    assert watched.outcomes()[-1].code == "ok"


async def test_a_lost_answer_while_it_is_put_back_changes_nothing(bench: Bench) -> None:
    watched = await bench.night()
    cut(bench, watched, 2)
    bench.store.fail_next("append", "after", 3)

    await watched.do(tea("s_ada", 1))
    for _ in range(8):
        bench.clock.advance(200)
        await watched.node.step()

    assert await log_of(bench) == watched.commits()
    assert watched.outcomes()[-1].code == "ok"


async def test_what_is_not_known_any_more_is_lost_and_said(
    bench: Bench, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = await bench.night()
    told: list[bool] = []
    watched.node._held.on_lost = lambda world, is_known: told.append(is_known)
    monkeypatch.setattr(watched.owner(), "_kept", owner_module.Kept())
    tail = cut(bench, watched, 2)

    await watched.do(tea("s_ada", 1))
    assert told == [False]
    assert watched.gone == [("w1", "fenced")]
    assert f"those behind {tail} are lost for good" in caplog.text

    assert await watched.node.ensure("w1") == "here"
    commits = await log_of(bench)
    assert commits[tail].cause.kind == "begin"
    assert commits[tail].position.epoch > commits[tail - 1].position.epoch


async def test_after_an_outage_nobody_counts_as_dead_for_a_while(bench: Bench) -> None:
    watched = await bench.night()
    other = await bench.node("b")
    bench.store._leases.clear()
    other.node._held.settled_s = bench.clock.mono_s() + SETTLE_S

    with pytest.raises(Exception, match="who lives is not known yet"):
        await other.node.ensure("w1")
    bench.clock.advance(int(1000 * SETTLE_S))
    await watched.node.renew()
    await other.node.renew()

    assert await other.node.ensure("w1") == "elsewhere"
