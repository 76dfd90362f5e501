"""A world goes on with its next owner: same state, same timers, time that never runs back."""

from dataclasses import replace

import pytest
from host.bench import Bench, kinds, replayed, tea
from support.packs import night_for_two

from dreamsync_server.errors import StoreUnavailableError
from dreamsync_server.host import takeover
from dreamsync_server.host.owner import RefusedError
from dreamsync_server.host.takeover import resumed_ms
from dreamsync_server.limits import (
    LEASE_S,
    TAKEOVER_GRACE_MS,
)


async def test_an_owner_that_was_replaced_shows_nothing_and_hands_back_what_it_was_given(
    bench: Bench,
) -> None:
    a = await bench.night()
    b = await bench.node("b")
    shown = len(a.seen)

    async def gate(method: str, side: str) -> None:
        if method == "append" and side == "before":
            bench.store.gate = None
            await bench.crash(a)
            assert await b.node.ensure("w1") == "here"

    bench.store.gate = gate
    a.direct.submit("w1", tea("s_ada", 1))
    await a.node.step()
    assert len(a.seen) == shown
    assert a.gone == [("w1", "fenced")]
    with pytest.raises(RefusedError) as refused:
        a.direct.submit("w1", tea("s_ada", 2))
    assert refused.value.code == "not_here"

    await b.node.step()
    assert kinds(b.commits()) == ["begin", "act"]
    assert b.outcomes()[-1][:3] == ("s_ada", 1, "ok")
    await replayed(bench)


async def test_a_commit_that_was_stored_but_never_shown_is_answered_by_the_next_owner(
    bench: Bench,
) -> None:
    a = await bench.night()
    bench.store.fail_next("append", "after")
    await a.do(tea("s_ada", 1))  # stored, the answer lost, and then the node dies
    await bench.crash(a)
    b = await bench.node("b")
    await b.node.step()
    await b.do(tea("s_ada", 1))  # the client sends again what was not acked
    assert b.outcomes()[-1] == ("s_ada", 1, "ok", ())
    oks = [c for c in await bench.log() if c.cause.kind == "act" and c.changes]
    facts = (await replayed(bench)).facts
    assert facts["did.make_tea"] == 1, oks


async def test_a_commit_that_was_never_stored_is_decided_by_the_next_owner(bench: Bench) -> None:
    a = await bench.night()
    bench.store.fail_next("append", "before")
    await a.do(tea("s_ada", 1))
    await bench.crash(a)
    b = await bench.node("b")
    await b.node.step()
    await b.do(tea("s_ada", 1))
    assert b.outcomes()[-1] == ("s_ada", 1, "ok", ())
    assert (await replayed(bench)).facts["did.make_tea"] == 1


async def test_another_node_takes_over_when_the_lease_has_run_out(bench: Bench) -> None:
    a = await bench.night()
    b = await bench.node("b")
    await bench.pass_time(1_000, a, b)
    assert b.node.worlds == []
    await bench.pass_time(int(LEASE_S * 1000) + 1_000, b)
    assert b.node.worlds == ["w1"]
    assert kinds(b.commits()) == ["begin"]
    first, last = (await bench.log())[0], b.commits()[-1]
    assert last.position.epoch > first.position.epoch
    assert last.position.seq == len(await bench.log())


async def test_timers_fire_in_order_at_their_own_time_across_a_takeover(bench: Bench) -> None:
    a = await bench.night()
    await bench.pass_time(590_000, a)
    await a.do(tea("s_ada", 1))
    before_ms = a.commits()[-1].world_ms
    await bench.crash(a)
    bench.clock.advance(20_000)  # `house.hush` reaches 10 at 600 s, while nobody owns the world
    b = await bench.node("b")
    await b.node.step()
    begin, due = b.commits()
    assert (begin.cause.kind, due.cause.kind) == ("begin", "due")
    assert dict(due.cause.arguments) == {"timer": "law:falling_asleep"}
    assert before_ms <= begin.world_ms <= due.world_ms == 600_000
    assert b.owner().state.facts["chapter"] == "dream"
    await b.do(tea("s_ada", 2))
    assert b.commits()[-1].world_ms == before_ms + 20_000
    times = [commit.world_ms for commit in await bench.log()]
    walls = [commit.at_ms for commit in await bench.log()]
    assert times == sorted(times)
    assert walls == sorted(walls)


async def test_a_timer_is_decided_before_a_proposal_that_waits(bench: Bench) -> None:
    a = await bench.night()
    await bench.pass_time(599_000, a)
    a.direct.submit("w1", tea("s_ada", 1))
    bench.clock.advance(1_500)
    await a.node.step()
    due, act = a.commits()[-2:]
    assert (due.cause.kind, due.world_ms) == ("due", 600_000)
    assert (act.cause.kind, act.world_ms) == ("act", 600_500)
    assert act.at_ms - due.at_ms == 500, "a late timer carries the time when it was due"


async def test_a_long_outage_counts_in_world_time_up_to_the_grace(bench: Bench) -> None:
    a = await bench.night()
    await a.do(tea("s_ada", 1))
    before_ms = a.commits()[-1].world_ms
    await bench.crash(a)
    bench.clock.advance(3_600_000)
    b = await bench.node("b")
    await b.node.step()
    assert b.commits()[-1].world_ms == before_ms + TAKEOVER_GRACE_MS


async def test_the_time_of_a_quiet_world_does_not_run_backwards_at_a_takeover(
    bench: Bench,
) -> None:
    a = await bench.night()
    await bench.pass_time(300_000, a)  # nobody does anything for five minutes
    seen_ms = a.owner().pace.at(bench.clock.mono_s())
    assert a.commits()[-1].world_ms == 0
    await bench.crash(a)
    bench.clock.advance(2_000)
    b = await bench.node("b")
    await b.node.step()
    assert b.commits()[-1].world_ms == seen_ms + 2_000


async def test_time_stands_while_a_world_is_paused(bench: Bench) -> None:
    a = await bench.night()
    pause = replace(tea("s_ada", 1), kind="pause", arguments={"why": "tea is hot"})
    await a.do(pause)
    assert a.outcomes()[-1].code == "ok"
    paused_ms = a.commits()[-1].world_ms
    await bench.pass_time(700_000, a)
    await bench.crash(a)
    b = await bench.node("b")
    await b.node.step()
    await b.do(replace(tea("s_ada", 2), kind="unpause", arguments={}))
    assert kinds(b.commits()) == ["begin", "unpause"]
    assert [commit.world_ms for commit in b.commits()] == [paused_ms, paused_ms]
    await bench.pass_time(1_000, b)
    await b.do(tea("s_ada", 3))
    assert b.commits()[-1].world_ms == paused_ms + 1_000


async def test_a_world_is_not_served_before_its_first_commit_is_confirmed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = await bench.night()
    await bench.crash(a)
    b = await bench.node("b")
    monkeypatch.setattr(takeover, "APPEND_RETRY_S", 0.0)
    bench.store.fail_next("append", "after", times=10_000)
    with pytest.raises(StoreUnavailableError):
        await b.node.ensure("w1")
    assert b.node.worlds == []
    assert b.seen == []

    bench.store.fail_next("append", "after", times=2)
    assert await b.node.ensure("w1") == "here"
    assert kinds(await bench.log())[-2:] == ["begin", "begin"]
    assert kinds(b.commits()) == ["begin"]
    await replayed(bench)


@pytest.mark.parametrize(("hinted_at_ms", "world_ms"), [(60_000, 65_000), (70_000, 30_000)])
def test_a_sign_of_life_that_is_yet_to_come_says_nothing_of_the_time(
    hinted_at_ms: int, world_ms: int
) -> None:
    play = night_for_two()
    hints = {"world_ms": 60_000, "at_ms": hinted_at_ms}
    assert resumed_ms(play.state, hints, now_ms=65_000) == world_ms
