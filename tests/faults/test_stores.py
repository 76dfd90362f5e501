"""Servers of a store fail over while people play: nothing acked is lost, doubled or leaked."""

from pathlib import Path

import pytest
from support.invariants import Asked
from support.packs import starter

from faults.bots import Cast
from faults.store_campaign import store_campaign
from faults.store_rig import StoreRig
from faults.store_strikes import STRIKES

QUICK = ("slot moved by keys", "primary killed")


async def test_a_slot_moves_and_a_primary_dies_and_players_lose_nothing(tmp_path: Path) -> None:
    report = await store_campaign(tmp_path, "cluster", len(QUICK), seed=5, names=QUICK)

    assert report.faults == []
    assert report.acked > 10
    assert [report.tallies[name].kills for name in QUICK] == [1, 1]
    assert [len(report.tallies[name].gaps_s) for name in QUICK] == [1, 1]


async def test_a_failover_to_a_replica_that_lags_is_made_good_by_the_owner(tmp_path: Path) -> None:
    """The profile `relaxed` waits for no replica; what was shown and lost is put back."""
    async with StoreRig(tmp_path, "sentinel", has_director=False, profile="relaxed") as rig:
        cast = Cast(rig, starter(), 5, quick=2)
        await cast.open(speed=8_000)
        await cast.enter_all(("ada", "ben"))
        (primary,) = rig.stores.primaries()
        replicas = [each for each in rig.stores.servers if each is not primary]
        primary.ask("CONFIG", "SET", "min-replicas-to-write", 0)
        await said(cast, "before")
        await rig.until_level(primary)
        for each in replicas:
            each.kill()
        for number in range(8):
            await said(cast, f"shown {number}")
        primary.kill()
        for each in replicas:
            each.start()
        await rig.until_taken_over(primary)
        await rig.until_whole()
        await cast.settle()
        history = await cast.check()
        told = rig.logs()
        await cast.stack.aclose()

    assert history.faults == []
    assert [client.viewer.resets for client in cast.clients] == [0] * len(cast.clients)
    assert b"putting back" in told


async def said(cast: Cast, words: str) -> None:
    """Let the first player say something, and see that it is shown."""
    client = cast.players[0]
    outcome = await client.player.act("talk", words=words)
    client.record.asked.append(Asked("talk", {"words": words}, outcome))
    assert outcome.ok


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(STRIKES))
async def test_players_lose_nothing_however_often_it_is_struck(tmp_path: Path, kind: str) -> None:
    report = await store_campaign(tmp_path, kind, 4 * len(STRIKES[kind]), seed=6)

    assert report.faults == []
